"""The one place that knows how to ask for a cleaned suggestion; `│` is the cursor."""

from lsp_server.postprocess.pipeline import Cleaned, clean
from lsp_server.text.document import Document

CURSOR = "│"
MAX_LINES = 6


def document_at_cursor(before: str, language: str) -> tuple[Document, int]:
    """The document that *before* shows, and the offset of its cursor."""
    assert before.count(CURSOR) == 1
    offset = before.index(CURSOR)
    return Document(path="file", text=before.replace(CURSOR, ""), language=language), offset


def accepted(document: Document, offset: int, cleaned: Cleaned) -> str:
    """The text after accepting a suggestion, with the cursor behind what was inserted."""
    return document.text[:offset] + cleaned.text + CURSOR + document.text[cleaned.replace_end_offset :]


def check(*, before: str, generated: str, after: str | None, language: str = "python") -> None:
    """Accepting what is left of *generated* gives *after*; None: nothing is left."""
    document, offset = document_at_cursor(before, language)
    cleaned = clean(generated, document, offset, max_lines=MAX_LINES)
    assert accepted(document, offset, cleaned) == (before if after is None else after)
    assert bool(cleaned.dropped_by) == (after is None)


def check_again(*, before: str, generated: str, language: str) -> None:
    """With nothing right of the cursor, cleaning what was left of *generated* changes nothing."""
    document, offset = document_at_cursor(before, language)
    once = clean(generated, document, offset, max_lines=MAX_LINES)
    if document.text[offset:].partition("\n")[0].strip():
        return
    assert clean(once.text, document, offset, max_lines=MAX_LINES).text == once.text
