"""What the text around the cursor says about what is needed there: weighted names.

A name on the cursor's line weighs 1; weights fall with every line above and, a little faster, below.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lsp_server.context.counterpart import counterparts, is_test
from lsp_server.context.everyday_names import KEYWORDS
from lsp_server.context.recent import NOTHING_RECENT, Recent
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Import
from lsp_server.syntax.outlining import IDENTIFIER
from lsp_server.text.document import Document

LINES_ABOVE = 40
LINES_BELOW = 15
VICINITY_ABOVE, VICINITY_BELOW = 250, 100
ALIGNED_ABOVE, ALIGNED_BELOW = 6, 4  # lines that those of other files are laid beside
_BINDINGS_CHARACTERS = 6_000  # how far above the cursor `x = Cart(` is still believed
_WINDOW_CHARACTERS = 40_000  # of text with absurdly long lines
_LINE_CHARACTERS = 400
_LINES_KEPT = 512
_NO_LINE = 1 << 40
BLOCK_LINES = 400  # above the cursor, in which the block around it is sought
_TELLING_CHARACTERS = 6  # a shorter line is a bracket or a keyword

# `x = Cart(`, `x: shop.Cart`, in two searches: few names are behind one of these signs.
_MADE_FROM = re.compile(r"[:=]\s{0,4}(?:&|new\s|await\s)?(?:\w{1,40}\.){0,4}([A-Z]\w{1,60})")
_BOUND_NAME = re.compile(r"\b(\w++)\s{0,4}\Z")
_BOUND_NAME_CHARACTERS = 60
_MEMBER = re.compile(
    r"(?:(?P<receiver>[A-Za-z_$][\w$]{0,60})(?:\([^()]{0,60}\)|\[[^\[\]]{0,30}\])?\??)?"
    r"(?:\.|->|::)\s{0,8}(?P<typed>[\w$]{0,60})$"
)
_EXPECTS_CLASS = re.compile(
    r"(?:\b(?:new|raise|throws?|except|catch|extends|implements|instanceof|as|is|impl|for|import)\s+[(&*{]{0,2}"
    r"|->\s{0,2}[&*]?|\bclass\s+\w{1,60}\s{0,2}\(|\w\??\s{0,2}:\s{1,2}[&*]{0,2}(?:mut\s+)?|[<\[])"
    r"(?:\w{1,40}(?:\.|::)){0,3}[\w$]{0,60}$"
)
_CLASS_LINE = re.compile(
    r"\s*(?:export\s+|public\s+|abstract\s+|final\s+|pub\s+|pub\([^)]*\)\s+|unsafe\s+)*"
    r"(?:class|impl|struct|interface|trait)\b(.*)"
)
_HOLDS_ITEMS = re.compile(r"\s*(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?(?:impl|mod|trait)\b|\s*\w+!\s*\{")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The cursor's surroundings, read once per request."""

    path: str
    folder: str
    weights: Mapping[str, float]  # name near the cursor → weight, keywords left out
    line_names: frozenset[str]  # on the cursor's own line, before it
    before: str  # the last characters before the cursor
    after: str  # and the first after it, from the next that is no white space
    texts_above: tuple[str, ...]  # the nearest lines above that say something, without margins
    lines_above: tuple[frozenset[str], ...]  # the names of the cursor's line, then of lines with text above
    lines_below: tuple[frozenset[str], ...]  # of lines with text below
    last_name: str  # the last one before the cursor on its line
    vicinity: frozenset[str]  # names of a few hundred lines around
    known: Mapping[str, int]  # every name in the document → how often, as last indexed
    visible: tuple[int, int]  # first and last line that the prompt shows of the document itself
    imported: frozenset[str]  # every name that an import statement mentions
    imported_paths: tuple[str, ...]
    bound: Mapping[str, str]  # variable → the capitalised name it was made from or annotated with
    text_above: str  # as far above as what variables were made from is believed
    imports: Sequence[Import]
    bases: tuple[str, ...]  # names in the header of the enclosing class
    is_after_dot: bool
    is_among_items: bool  # in Rust, where an item may begin: a function, a class, a macro around some
    expects_class: bool  # as after `new`, `raise`, `->`, `class X(`
    receiver: str  # what stands before that dot: "cart" in `self.cart.to│`
    called: frozenset[str]  # functions whose arguments are being written on the cursor's line
    typed: str  # of the name at the cursor: "to"
    counterparts: tuple[str, ...]  # the files that test this one, or that it tests
    is_test: bool
    recent: Recent


def place_of(
    snapshot: Snapshot,
    document: Document,
    offset: int,
    recent: Recent = NOTHING_RECENT,
    visible: tuple[int, int] | None = None,
) -> Place:
    """*visible* is what the prompt shows of *document*, from one offset to another; None: all of it."""
    text = document.text
    begin, end = (0, len(text)) if visible is None else visible
    before_text = text[max(0, offset - _WINDOW_CHARACTERS) : offset]
    after_text = text[offset : offset + _WINDOW_CHARACTERS]
    before, after = before_text.split("\n"), after_text.split("\n")
    there = snapshot.known_of(document)
    text_above = text[max(0, offset - _BINDINGS_CHARACTERS) : offset]
    vicinity = frozenset(IDENTIFIER.findall("\n".join([*before[-VICINITY_ABOVE:], *after[:VICINITY_BELOW]])))
    known = dict.fromkeys(vicinity, 1)
    known |= there.identifiers.items()
    member = _MEMBER.search(before[-1][-200:])
    return Place(
        path=document.path,
        folder=document.path.rpartition("/")[0],
        weights=_weights(before, after),
        line_names=frozenset(IDENTIFIER.findall(before[-1])),
        before=before_text[-_LINE_CHARACTERS:],
        after=after_text[:_LINE_CHARACTERS].lstrip(),
        texts_above=_texts_of(before[:-1]),
        lines_above=_names_of(reversed(before), ALIGNED_ABOVE + 1),
        lines_below=_names_of(after[1:], ALIGNED_BELOW),
        last_name=_last_name(before[-1]),
        vicinity=vicinity,
        known=known,
        visible=(_line_of(document, begin), _NO_LINE if end >= len(text) else _line_of(document, end)),
        imported=_imported_names(there.imports),
        imported_paths=tuple(snapshot.modules.resolve_all(there)),
        bound=_bound(text_above),
        text_above=text_above,
        imports=there.imports,
        bases=_enclosing_bases(before),
        is_after_dot=member is not None,
        is_among_items=document.language == "rust" and _is_among_items(before),
        expects_class=_EXPECTS_CLASS.search(before[-1][-200:]) is not None,
        receiver=member["receiver"] or "" if member is not None else "",
        called=_called(before[-1]),
        typed=member["typed"] if member is not None else "",
        counterparts=counterparts(snapshot, document.path),
        is_test=is_test(document.path),
        recent=recent,
    )


def _line_of(document: Document, offset: int) -> int:
    """As `Document.line_of`, which looks for all lines first."""
    text = document.text
    return document.line_of(offset) if "\r" in text else text.count("\n", 0, offset)


def _weights(before: list[str], after: list[str]) -> Mapping[str, float]:
    weights: dict[str, float] = {}

    def add(line: str, weight: float) -> None:
        for name in _telling_names(line):
            weights[name] = max(weights.get(name, 0.0), weight) + 0.1 * weight

    for distance, line in enumerate(reversed(before[-LINES_ABOVE:])):
        add(line, 1.0 if distance == 0 else 0.9 * 0.93**distance)
    for distance, line in enumerate(after[1 : LINES_BELOW + 1]):
        add(line, 0.7 * 0.9**distance)
    return weights


@lru_cache(maxsize=_LINES_KEPT)
def _telling_names(line: str) -> Sequence[str]:
    """Each once; most lines are the same as at the last keystroke."""
    return [it for it in dict.fromkeys(IDENTIFIER.findall(line)) if it not in KEYWORDS]


def _bound(text: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    end = 0  # of the last one
    for it in _MADE_FROM.finditer(text):
        sign = it.start()
        if text[sign - 1 : sign + 1] == ":=":
            sign -= 1
        name = _BOUND_NAME.search(text, max(end, sign - _BOUND_NAME_CHARACTERS - 5), sign)
        if name is not None and len(name[1]) <= _BOUND_NAME_CHARACTERS:
            found[name[1]] = it[1]
            end = it.end()
    return found


def _names_of(lines: Iterable[str], count: int) -> tuple[frozenset[str], ...]:
    """The names of the first line and of the next with any, *count* in all."""
    found = []
    for number, line in enumerate(lines):
        names = frozenset(IDENTIFIER.findall(line[:_LINE_CHARACTERS]))
        if names or not number:
            found.append(names)
        if len(found) == count or number > 4 * count:
            break
    return tuple(found)


def _texts_of(lines: Sequence[str]) -> tuple[str, ...]:
    stripped = [line.strip() for line in lines[-5:]]
    return tuple(line for line in stripped if len(line) > _TELLING_CHARACTERS)[-2:]


def _last_name(line: str) -> str:
    """The last finished name on the cursor's line; the one that touches the cursor is still being typed."""
    names = IDENTIFIER.findall(line[-_LINE_CHARACTERS:])
    if names and line.endswith(names[-1]):
        names.pop()
    return names[-1] if names else ""


def _is_among_items(before: Sequence[str]) -> bool:
    """Whether the cursor's line is empty so far and stands in no function, as far as its margin tells."""
    margin = len(before[-1])
    if not margin or before[-1].strip():
        return not margin
    for line in reversed(before[-BLOCK_LINES:-1]):
        text = line.lstrip()
        if text and len(line) - len(text) < margin:
            return _HOLDS_ITEMS.match(line) is not None
    return False


def _called(line: str) -> frozenset[str]:
    """The names before each bracket of *line* that is still open."""
    open_at: list[int] = []
    for position, character in enumerate(line[-_LINE_CHARACTERS:]):
        if character == "(":
            open_at.append(position)
        elif character == ")" and open_at:
            open_at.pop()
    heads = (IDENTIFIER.findall(line[-_LINE_CHARACTERS:][:it])[-1:] for it in open_at)
    return frozenset(name for head in heads for name in head)


def _imported_names(imports: Sequence[Import]) -> frozenset[str]:
    names: set[str] = set()
    for imported in imports:
        names.update(IDENTIFIER.findall(imported.module))
        names.update((imported.alias,))
        for there, here in imported.names:
            names.update((there, here))
    return frozenset(names - {""} - KEYWORDS)


def _enclosing_bases(before: list[str]) -> tuple[str, ...]:
    for line in reversed(before[-400:]):
        match = _CLASS_LINE.match(line[:400])
        if match is not None:
            return tuple(dict.fromkeys(IDENTIFIER.findall(match[1])))
    return ()
