"""Typing what a suggestion says needs no model: the rest of it is the next suggestion.

Deleting back into it brings it back for the same reason, also when something else was typed and
suggested in between. Nothing is guessed: outside of the typed run the text must be the same, character
for character, but for brackets that the editor closed by itself and the suggestion closes too.
"""

import threading
from dataclasses import replace

from lsp_server.completion.completion import Completion
from lsp_server.model.port import TokenCounts
from lsp_server.text.document import Document

SUGGESTIONS_KEPT = 12  # of one document: enough to delete a wrong word and come back
CLOSERS = ")]}>\"'`"
CLOSERS_MAX = 4


class ShownSuggestions:
    """The last suggestions of each of the last few documents, with the texts they were made for."""

    def __init__(self, *, documents: int) -> None:
        self._limit = documents
        self._lock = threading.Lock()
        self._by_path: dict[str, tuple[tuple[Document, Completion], ...]] = {}

    def remember(self, document: Document, completion: Completion) -> None:
        with self._lock:
            earlier = self._by_path.pop(completion.path, ())
            self._by_path[completion.path] = ((document, completion), *earlier[: SUGGESTIONS_KEPT - 1])
            while len(self._by_path) > self._limit:
                self._by_path.pop(next(iter(self._by_path)))

    def forget(self) -> None:
        with self._lock:
            self._by_path.clear()

    def rest(self, document: Document, offset: int) -> Completion | None:
        """What is left of a suggestion when only its own beginning was typed since, or None."""
        known = self._by_path.get(document.path, ())
        rests = (_rest(document, offset, then, shown) for then, shown in known)
        return next((rest for rest in rests if rest is not None), None)


def accepted(document: Document, shown: Completion) -> tuple[Document, int]:
    """*document* once *shown*, made for it, has been accepted, and where the cursor is then."""
    text = document.text[: shown.offset] + shown.text + document.text[shown.replace_end_offset :]
    return replace(document, text=text, version=None), shown.offset + len(shown.text)


def _rest(document: Document, offset: int, then: Document, shown: Completion) -> Completion | None:
    typed = document.text[shown.offset : offset]
    rest = shown.text[len(typed) :]
    if offset < shown.offset or not rest.strip() or not shown.text.startswith(typed):
        return None
    if document.text[: shown.offset] != then.text[: shown.offset]:
        return None
    end = _end_of_replaced(document, then, shown, offset)
    if end is None:
        return None
    line = document.line_of(offset)
    start_of_line = document.line_starts[line]
    is_first = shown.source == "ahead" and not typed
    source = "ahead" if is_first else "imports" if shown.source == "imports" else "shown"
    return replace(
        shown,
        document_version=document.version,
        text=rest,
        offset=offset,
        replace_end_offset=end,
        tokens=shown.tokens if is_first else TokenCounts(),
        source=source,
        line=line,
        column=offset - start_of_line,
        replace_end_column=end - start_of_line,
    )


def _end_of_replaced(document: Document, then: Document, shown: Completion, offset: int) -> int | None:
    """Where the characters that *shown* replaces end now; None if the text behind the cursor changed."""
    closed = len(document.text) - offset - (len(then.text) - shown.offset)
    if not 0 <= closed <= CLOSERS_MAX or not document.text.endswith(then.text[shown.offset :]):
        return None
    rest = shown.text[offset - shown.offset :].partition("\n")[0]
    if not _closes(rest, document.text[offset : offset + closed]):
        return None
    return offset + closed + (shown.replace_end_offset - shown.offset)


def _closes(rest: str, closed: str) -> bool:
    """Whether *rest*, the end of a line, has the brackets that the editor has *closed*, in their order."""
    if any(character not in CLOSERS for character in closed):
        return False
    left = iter(rest)
    return all(character in left for character in closed)
