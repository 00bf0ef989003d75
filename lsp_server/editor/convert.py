"""Between the protocol's positions and our offsets; `uris.py` does the same for URIs and paths.

A position may lie anywhere: past the end of its line it means that end, past the last line the end of
the text, inside a character the start of it.
"""

from lsprotocol import types as lsp

from lsp_server.editor.arguments import Spot
from lsp_server.editor.counting import Encoding, column_of, units_of
from lsp_server.editor.text_store import TextStore
from lsp_server.text.document import Document


def place_of(store: TextStore, spot: Spot, encoding: Encoding) -> tuple[int, int]:
    """(line, column) of *spot*, clamped into the text."""
    line, character = spot
    last = len(store.lines) - 1
    if line > last:
        return last, len(store.lines[last])
    return line, column_of(store.body(line), character, encoding)


def span_of(
    store: TextStore, one: Spot, other: Spot, encoding: Encoding
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The places of both, in order."""
    start = place_of(store, one, encoding)
    end = start if one == other else place_of(store, other, encoding)
    return (start, end) if start <= end else (end, start)


def offset_of(document: Document, position: lsp.Position, encoding: Encoding) -> int:
    if position.line >= document.line_count:
        return len(document.text)
    column = column_of(document.line_text(position.line), position.character, encoding)
    return document.line_starts[position.line] + column


def position_of(document: Document, offset: int, encoding: Encoding) -> lsp.Position:
    line = document.line_of(offset)
    column = offset - document.line_starts[line]
    return lsp.Position(line=line, character=units_of(document.line_text(line), column, encoding))


def range_of(document: Document, start: int, end: int, encoding: Encoding) -> lsp.Range:
    return lsp.Range(start=position_of(document, start, encoding), end=position_of(document, end, encoding))
