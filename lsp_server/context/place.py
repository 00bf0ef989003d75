"""What the text around the cursor says about what is needed there: weighted names.

A name on the cursor's line weighs 1; weights fall with every line above and, a little faster, below.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lsp_server.context.everyday_names import KEYWORDS
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Outline
from lsp_server.syntax.outlining import IDENTIFIER
from lsp_server.text.document import Document

LINES_ABOVE = 40
LINES_BELOW = 15
_BINDINGS_CHARACTERS = 6_000  # how far above the cursor `x = Cart(` is still believed
_WINDOW_CHARACTERS = 40_000  # of text with absurdly long lines

_BINDING = re.compile(
    r"\b(\w{1,60})\s{0,4}(?::=|=|:)\s{0,4}(?:&|new\s|await\s)?(?:\w{1,40}\.){0,4}([A-Z]\w{1,60})"
)
_MEMBER = re.compile(
    r"(?:(?P<receiver>[A-Za-z_$][\w$]{0,60})(?:\([^()]{0,60}\)|\[[^\[\]]{0,30}\])?\??)?"
    r"(?:\.|->|::)\s{0,8}(?P<typed>[\w$]{0,60})$"
)
_CLASS_LINE = re.compile(
    r"\s*(?:export\s+|public\s+|abstract\s+|final\s+|pub\s+)*(?:class|impl|struct|interface|trait)\b(.*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The cursor's surroundings, read once per request."""

    path: str
    folder: str
    weights: Mapping[str, float]  # name near the cursor → weight, keywords left out
    line_names: frozenset[str]  # on the cursor's own line, before it
    known: frozenset[str]  # every name in the document
    imported: frozenset[str]  # every name that an import statement mentions
    imported_paths: tuple[str, ...]
    bound: Mapping[str, str]  # variable → the capitalised name it was made from or annotated with
    bases: tuple[str, ...]  # names in the header of the enclosing class
    is_after_dot: bool
    receiver: str  # what stands before that dot: "cart" in `self.cart.to│`
    typed: str  # of the name at the cursor: "to"


def place_of(snapshot: Snapshot, document: Document, offset: int) -> Place:
    text = document.text
    before = text[max(0, offset - _WINDOW_CHARACTERS) : offset].split("\n")
    after = text[offset : offset + _WINDOW_CHARACTERS].split("\n")
    outline = snapshot.outline_of(document)
    member = _MEMBER.search(before[-1][-200:])
    return Place(
        path=document.path,
        folder=document.path.rpartition("/")[0],
        weights=_weights(before, after),
        line_names=frozenset(IDENTIFIER.findall(before[-1])),
        known=frozenset(IDENTIFIER.findall(text)),
        imported=_imported_names(outline),
        imported_paths=tuple(snapshot.modules.resolve_all(outline)),
        bound=dict(_BINDING.findall(text[max(0, offset - _BINDINGS_CHARACTERS) : offset])),
        bases=_enclosing_bases(before),
        is_after_dot=member is not None,
        receiver=member["receiver"] or "" if member is not None else "",
        typed=member["typed"] if member is not None else "",
    )


def _weights(before: list[str], after: list[str]) -> Mapping[str, float]:
    weights: dict[str, float] = {}

    def add(line: str, weight: float) -> None:
        for name in set(IDENTIFIER.findall(line)) - KEYWORDS:
            weights[name] = max(weights.get(name, 0.0), weight) + 0.1 * weight

    for distance, line in enumerate(reversed(before[-LINES_ABOVE:])):
        add(line, 1.0 if distance == 0 else 0.9 * 0.93**distance)
    for distance, line in enumerate(after[1 : LINES_BELOW + 1]):
        add(line, 0.7 * 0.9**distance)
    return weights


def _imported_names(outline: Outline) -> frozenset[str]:
    names: set[str] = set()
    for imported in outline.imports:
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
