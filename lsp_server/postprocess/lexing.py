"""Brackets, strings and comments of half-typed code, told by characters alone.

A parser knows better, but hardly ever agrees with a line that is still being typed. This knows only
what an editor's bracket matching knows, and never fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

CLOSER_OF = {"(": ")", "[": "]", "{": "}"}
CLOSERS = frozenset(CLOSER_OF.values())


@dataclass(frozen=True, slots=True)
class Lexical:
    """Where the end of a text stands."""

    stack: tuple[str, ...] = ()  # open brackets, outermost first
    quote: str = ""  # delimiter of the open string, "/*" in a comment of that kind
    is_comment: bool = False  # in a comment that ends with its line

    @property
    def depth(self) -> int:
        return len(self.stack)

    @property
    def is_code(self) -> bool:
        return not self.quote and not self.is_comment


START = Lexical()


@dataclass(frozen=True, slots=True)
class Balance:
    """What a text does to the brackets and strings around it."""

    closes: tuple[tuple[int, str], ...]  # offset and character of each closer of something opened before
    opens: tuple[str, ...]  # what it opens and leaves open
    quote: str  # of the string its end is in
    quote_end: int  # offset of the end of the string its start is in; -1 if there is none
    wrong: int  # offset of the first closer of another kind than what was opened last; -1 if there is none

    @property
    def profile(self) -> tuple[str, tuple[str, ...], str]:
        """Two texts with the same profile do the same to what follows them."""
        return "".join(closer for _, closer in self.closes), self.opens, self.quote


# Events other than brackets and the delimiters of strings.
_LINE_COMMENT = "comment"
_END = "end"


@dataclass(frozen=True, slots=True)
class _Syntax:
    line_comments: tuple[str, ...]
    quotes: tuple[str, ...]  # longer ones first
    multiline_quotes: frozenset[str]
    has_block_comments: bool


_C_QUOTES = ('"', "'")
_PYTHON = _Syntax(("#",), ('"""', "'''", '"', "'"), frozenset(('"""', "'''")), has_block_comments=False)
_SCRIPT = _Syntax(("//",), ('"', "'", "`"), frozenset("`"), has_block_comments=True)
_C = _Syntax(("//",), _C_QUOTES, frozenset(), has_block_comments=True)
_JAVA = _Syntax(("//",), ('"""', *_C_QUOTES), frozenset(('"""',)), has_block_comments=True)
_GO = _Syntax(("//",), ('"', "'", "`"), frozenset("`"), has_block_comments=True)
_RUST = _Syntax(("//",), ('"',), frozenset('"'), has_block_comments=True)
_BASH = _Syntax(("#",), _C_QUOTES, frozenset(_C_QUOTES), has_block_comments=False)
_PLAIN = _Syntax((), (), frozenset(), has_block_comments=False)
_SYNTAX = {
    "python": _PYTHON,
    "javascript": _SCRIPT,
    "jsx": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "go": _GO,
    "rust": _RUST,
    "java": _JAVA,
    "c": _C,
    "cpp": _C,
    "csharp": _C,
    "kotlin": _JAVA,
    "swift": _JAVA,
    "bash": _BASH,
}
BRACE_LANGUAGES = frozenset(name for name, syntax in _SYNTAX.items() if "//" in syntax.line_comments)


def scan(text: str, language: str, start: Lexical = START) -> Lexical:
    """The state behind *text* when it begins in *start*. A closer that fits no opener is passed over."""
    stack, quote, is_comment = list(start.stack), start.quote, start.is_comment
    for _, event in _events(text, language, start):
        if event in CLOSER_OF:
            stack.append(event)
        elif event in CLOSERS:
            _close(stack, event)
        elif event == _LINE_COMMENT:
            is_comment = True
        elif event == _END:
            quote, is_comment = "", False
        else:
            quote = event
    return Lexical(tuple(stack), quote, is_comment)


def closed_by(text: str, language: str, start: Lexical) -> tuple[bool, ...]:
    """For each open bracket of *start*: whether *text*, which follows it, closes it."""
    waiting = list(start.stack)
    closed = [False] * len(waiting)
    inner: list[str] = []
    for _, event in _events(text, language, start):
        if not waiting:
            break
        if event in CLOSER_OF:
            inner.append(event)
        elif event in CLOSERS and not _close(inner, event):
            inner.clear()
            if _close(waiting, event):
                closed[len(waiting)] = True
    return tuple(closed)


def balance(text: str, language: str, start: Lexical) -> Balance:
    """What *text* does to the brackets and strings around it."""
    opens: list[str] = []
    closes: list[tuple[int, str]] = []
    quote, quote_end, wrong = start.quote, -1, -1
    for at, event in _events(text, language, start):
        if event in CLOSER_OF:
            opens.append(event)
        elif event in CLOSERS:
            if opens and CLOSER_OF[opens[-1]] != event and wrong < 0:
                wrong = at
            if not _close(opens, event):
                closes.append((at, event))
        elif event == _END:
            quote, quote_end = "", at if start.quote and quote_end < 0 else quote_end
        elif event != _LINE_COMMENT:
            quote = event
    return Balance(tuple(closes), tuple(opens), quote, quote_end, wrong)


def _events(text: str, language: str, start: Lexical) -> Iterator[tuple[int, str]]:
    """Offset and name of whatever opens or ends something in *text*."""
    syntax = _SYNTAX.get(language, _PLAIN)
    quote, at = start.quote, 0
    is_comment = start.is_comment
    while at < len(text):
        if is_comment:
            at = text.find("\n", at)
            if at < 0:
                return
            is_comment = False
            yield at, _END
        if quote:
            match = _end_of(quote, multiline=quote == "/*" or quote in syntax.multiline_quotes).search(
                text, at
            )
            if match is None:
                return
            at = match.end()
            if match[0] in (quote, "\n", "*/"):
                quote = ""
                yield match.start(), _END
            continue
        match = _code(syntax).search(text, at)
        if match is None:
            return
        mark, at = match[0], match.end()
        if mark in CLOSER_OF or mark in CLOSERS:
            yield match.start(), mark
        elif mark in syntax.line_comments:
            is_comment = True
            yield match.start(), _LINE_COMMENT
        elif mark == "/*" or mark in syntax.quotes:
            quote = mark
            yield match.start(), mark


def _close(stack: list[str], closer: str) -> bool:
    """Pop up to the opener of *closer*; what is popped on the way was never closed."""
    for index in range(len(stack) - 1, -1, -1):
        if CLOSER_OF[stack[index]] == closer:
            del stack[index:]
            return True
    return False


@cache
def _code(syntax: _Syntax) -> re.Pattern[str]:
    """Whatever matters outside of strings. Comments of `#` need a space before, for Bash's `$#`."""
    tokens = [re.escape(quote) for quote in syntax.quotes]
    tokens += [r"(?<![^\s;])#" if mark == "#" and syntax is _BASH else mark for mark in syntax.line_comments]
    if syntax.has_block_comments:
        tokens.insert(0, r"/\*")
    if syntax is _RUST:
        tokens.insert(0, r"'(?:\\.[^']*|[^'\\\n])'")  # a character; a lifetime has no second quote
    return re.compile("|".join([r"\\.", *tokens, r"[()\[\]{}]"]), re.DOTALL)


@cache
def _end_of(quote: str, *, multiline: bool) -> re.Pattern[str]:
    if quote == "/*":
        return re.compile(r"\*/")
    end = re.escape(quote)
    return re.compile(rf"\\.|{end}" if multiline else rf"\\.|{end}|\n", re.DOTALL)
