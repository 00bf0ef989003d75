"""Code that is too long to be shown whole: cut along its definitions, with anchors for what is left out.

What stands deepest and is longest goes first, so that the shape of the whole stays: its heads, first lines of
documentation, and what lies between the definitions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.syntax.scopes import anchor, scopes_in
from lsp_server.text.document import Document

LINES_CUT_MIN = 3  # a shorter body costs less than its anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortened:
    text: str
    unread: tuple[str, ...]  # the anchors, as "shop/cart.py › Cart › total, lines 10–42"


def shortened(document: Document, first: int, last: int, *, characters_max: int) -> Shortened:
    """Lines *first* to *last* (0-based, inclusive) in at most *characters_max*, anchors included."""
    lines = [document.line_text(number) for number in range(first, last + 1)]
    size = sum(len(it) + 1 for it in lines)
    left_out: list[tuple[int, int, str]] = []
    for start, end, where in _bodies(document, first, last):
        if size <= characters_max:
            break
        inside = [it for it in left_out if start <= it[0] and it[1] <= end]
        size -= sum(len(document.line_text(it)) + 1 for it in range(start, end + 1)) - len(where) - 8
        for it in inside:
            size += sum(len(document.line_text(n)) + 1 for n in range(it[0], it[1] + 1)) - len(it[2]) - 8
        left_out = [it for it in left_out if it not in inside] + [(start, end, where)]
    text = _without(document, first, last, left_out)
    unread = [where for _, _, where in sorted(left_out)]
    if len(text) > characters_max:
        text, tail = _cut(text, document, first, last, characters_max)
        unread.append(tail)
    return Shortened(text=text, unread=tuple(unread))


def _bodies(document: Document, first: int, last: int) -> list[tuple[int, int, str]]:
    """(first line, last line, anchor) of what can be left out, in the order to do so."""
    found: list[tuple[int, int, int, str]] = []
    for it in scopes_in(document):
        if first <= it.first <= it.last <= last and it.last - it.body + 1 >= LINES_CUT_MIN:
            found.append((len(it.names), it.body, it.last, anchor(document.path, it.names, it.body, it.last)))
    found.sort(key=lambda it: (-it[0], it[1] - it[2]))
    return [(start, end, where) for _, start, end, where in found]


def _without(document: Document, first: int, last: int, left_out: Sequence[tuple[int, int, str]]) -> str:
    skip = {start: (end, where) for start, end, where in left_out}
    rows: list[str] = []
    number = first
    while number <= last:
        if number in skip:
            end, where = skip[number]
            indent = document.line_text(number)
            rows.append(f"{indent[: len(indent) - len(indent.lstrip())]}… {where}")
            number = end + 1
        else:
            rows.append(document.line_text(number))
            number += 1
    return "\n".join(rows)


def _cut(text: str, document: Document, first: int, last: int, characters_max: int) -> tuple[str, str]:
    """The last resort, for text without definitions: its beginning, up to the end of a line."""
    kept = text[: max(0, characters_max - 120)]
    kept = kept[: kept.rfind("\n")] if "\n" in kept else kept
    shown = kept.count("\n") + 1
    where = f"{document.path}, from line {first + shown + 1} to line {last + 1}"
    return f"{kept}\n… {where}", where
