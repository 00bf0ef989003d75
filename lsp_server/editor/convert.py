"""Between the protocol's positions and our offsets; `uris.py` does the same for URIs and paths.

A position may lie anywhere: past the end of its line it means that end, past the last line the end of
the text, inside a character the start of it.
"""

from lsprotocol import types as lsp

from lsp_server.editor.counting import Encoding, column_of, units_of
from lsp_server.editor.text_store import TextStore
from lsp_server.text.document import Document


def place_of(store: TextStore, position: lsp.Position, encoding: Encoding) -> tuple[int, int]:
    """(line, column) of *position*, clamped into the text."""
    last = len(store.lines) - 1
    if position.line > last:
        return last, len(store.lines[last])
    return position.line, column_of(store.body(position.line), position.character, encoding)


def span_of(
    store: TextStore, where: lsp.Range, encoding: Encoding
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Both ends of *where*, in order."""
    start, end = place_of(store, where.start, encoding), place_of(store, where.end, encoding)
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
