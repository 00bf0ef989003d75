"""What CPython and pyflakes say of a Python text, and where; nothing is run, and no process started."""

import ast
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pyflakes.checker import Checker
from pyflakes.messages import Message

from lsp_server.explanation.kinds import Reading, read_message
from lsp_server.explanation.problem import Problem
from lsp_server.fixes.fix import Change
from lsp_server.text.document import Document

_PLACE = re.compile(r"(line|from line) \d+")


@dataclass(frozen=True, slots=True)
class Finding:
    words: str  # no line is named in them, since a fix moves lines
    start: int  # code points


@dataclass(frozen=True, slots=True)
class Findings:
    syntax_error: str
    found: tuple[Finding, ...]

    @property
    def messages(self) -> Counter[str]:
        return Counter(it.words for it in self.found)


def findings(document: Document) -> Findings:
    """CPython's syntax errors; where there is none, what pyflakes says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(document.text)
            compile(tree, "<fix>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Findings(f"{type(error).__name__}: {getattr(error, 'msg', error)}", ())
    try:
        messages = Checker(tree).messages
    except RecursionError:
        return Findings("", ())
    return Findings("", tuple(Finding(_words(it), _start(it, document)) for it in messages))


def asked_about(problem: Problem, reading: Reading, document: Document, found: Findings) -> Finding | None:
    """The finding that *problem* is, whichever tool told of it; None where pyflakes sees none."""
    first, last = (document.line_of(it) for it in (problem.start, max(problem.start, problem.end)))
    same = [it for it in found.found if it.words == problem.message or _is_same(it, reading)]
    here = [it for it in same if first <= document.line_of(it.start) <= last]
    # Of a statement over several lines one tool names the first line, another the name's.
    chosen = here or (same if len(same) == 1 and reading.kind == "unused" else [])
    return min(chosen, key=lambda it: abs(it.start - problem.start), default=None)


def is_gone(asked: Finding, changes: Sequence[Change], before: Findings, after: Findings) -> bool:
    """Whether that very finding went: not another one of its words, and none has come to where it stood."""
    if after.messages[asked.words] >= before.messages[asked.words]:
        return False
    start, end = _moved(asked.start, changes)
    return not any(it.words == asked.words and start <= it.start <= end for it in after.found)


def _moved(offset: int, changes: Sequence[Change]) -> tuple[int, int]:
    """From where to where *offset* can lie once *changes* are made; a place that was replaced is its text."""
    moved = 0
    for it in sorted(changes):
        if it.start <= offset < it.end:
            return it.start + moved, it.start + moved + len(it.text)
        if it.end <= offset:
            moved += len(it.text) - (it.end - it.start)
    return offset + moved, offset + moved


def _is_same(finding: Finding, reading: Reading) -> bool:
    other = read_message(finding.words)
    return other.kind == reading.kind and _name(other) == _name(reading) != ""


def _name(reading: Reading) -> str:
    """`c` of `a.b as c` and of `a.c`: tools name an import in full or not."""
    return reading.groups.get("name", "").rpartition(" as ")[2].rpartition(".")[2]


def _words(message: Message) -> str:
    return _PLACE.sub(r"\1", message.message % message.message_args)


def _start(message: Message, document: Document) -> int:
    line = min(max(message.lineno - 1, 0), document.line_count - 1)
    text = document.line_text(line).encode("utf-8", "surrogatepass")[: message.col]
    return document.line_starts[line] + len(text.decode("utf-8", "ignore"))
