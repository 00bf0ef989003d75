"""A long piece of code in parts that a model can read one after the other. Pure.

A part ends where a definition or a section begins, the outermost that leaves it at least half full; in text
without such places it ends at any line, and the next one begins a few lines earlier.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from lsp_server.syntax.scopes import Scope, anchor, scopes_in
from lsp_server.text.document import Document

BYTES_PER_TOKEN = 3  # of code, as most vocabularies cut it; a Chinese character has three
OVERLAP_LINES = 4
FULL_ENOUGH = 0.5

_AT_BLANK_LINE, _ANYWHERE = 1_000, 1_001  # deeper than any scope
_COMMENT = ("#", "//", "/*", "*", "--")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Lines count from 0; *last* is inclusive."""

    first: int
    last: int
    text: str
    anchor: str  # path › scopes around all of it, lines
    is_cut: bool  # the one line that it is does not fit


def tokens_in(text: str) -> int:
    """About how many, rather too many."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)


def windows(document: Document, first: int, last: int, *, tokens_max: int) -> list[Window]:
    """All of lines *first* to *last*, each line in at least one window of at most *tokens_max*."""
    lines = [document.line_text(number) for number in range(first, last + 1)]
    sums = [0, *accumulate(len(it.encode("utf-8", "replace")) + 1 for it in lines)]
    bytes_max = tokens_max * BYTES_PER_TOKEN
    scopes = scopes_in(document)
    weak = _weakness(scopes, lines, first)
    found: list[Window] = []
    start = 0
    while start < len(lines):
        end = bisect_right(sums, sums[start] + bytes_max) - 1  # the first line that is not in it
        if end >= len(lines):
            end = len(lines)
        elif end > start:
            least = bisect_right(sums, sums[start] + int(bytes_max * FULL_ENOUGH))
            places = range(max(start + 1, min(least, end)), end + 1)
            end = min(places, key=lambda it: (weak[it], -it))
        found.append(_window(document, scopes, first + start, first + max(end, start + 1) - 1, bytes_max))
        is_torn = start < end < len(lines) and weak[end] == _ANYWHERE
        overlap = min(OVERLAP_LINES, (end - start) // 4) if is_torn else 0
        start = max(end, start + 1) - overlap
    return found


def _window(document: Document, scopes: list[Scope], first: int, last: int, bytes_max: int) -> Window:
    text = "\n".join(document.line_text(number) for number in range(first, last + 1))
    around = [it for it in scopes if it.first <= first and last <= it.last]
    names = around[-1].names if around else ()
    shown = text.encode("utf-8", "replace")[:bytes_max].decode("utf-8", "ignore")
    return Window(
        first=first, last=last, text=shown, anchor=anchor(document.path, names, first, last),
        is_cut=len(shown) < len(text),
    )  # fmt: skip


def _weakness(scopes: list[Scope], lines: list[str], first: int) -> list[int]:
    """How bad it is to cut before each line: the depth of the scope that begins or ended there."""
    weak = [
        _AT_BLANK_LINE if number and not lines[number - 1].strip() else _ANYWHERE
        for number in range(len(lines) + 1)
    ]
    for it in scopes:
        begins = it.first - first
        while 0 < begins < len(lines) and lines[begins - 1].lstrip().startswith(_COMMENT):
            begins -= 1
        for place in (begins, it.last + 1 - first):
            if 0 <= place <= len(lines):
                weak[place] = min(weak[place], len(it.names))
    return weak
