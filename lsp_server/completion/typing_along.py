"""Typing what a suggestion says needs no model: the rest of it is the next suggestion.

Deleting back into it brings it back for the same reason. Nothing is guessed: outside of the typed
run the text must be the same, character for character.
"""

from dataclasses import replace

from lsp_server.completion.completion import Completion
from lsp_server.text.document import Document


class ShownSuggestions:
    """The last suggestion of each of the last few documents, with the text it was made for."""

    def __init__(self, *, documents: int) -> None:
        self._limit = documents
        self._by_path: dict[str, tuple[Document, Completion]] = {}

    def remember(self, document: Document, completion: Completion) -> None:
        self._by_path.pop(completion.path, None)
        self._by_path[completion.path] = (document, completion)
        while len(self._by_path) > self._limit:
            self._by_path.pop(next(iter(self._by_path)))

    def forget(self) -> None:
        self._by_path.clear()

    def rest(self, document: Document, offset: int) -> Completion | None:
        """What is left of the shown suggestion when only its own beginning was typed since, or None."""
        known = self._by_path.get(document.path)
        if known is None:
            return None
        then, shown = known
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
        return replace(
            shown,
            document_version=document.version,
            text=rest,
            offset=offset,
            replace_end_offset=end,
            line=line,
            column=offset - start_of_line,
            replace_end_column=end - start_of_line,
        )


def _end_of_replaced(document: Document, then: Document, shown: Completion, offset: int) -> int | None:
    """Where the characters that *shown* replaces end now; None if the text behind the cursor changed."""
    behind_then = then.text[shown.offset :]
    behind_now = document.text[offset:]
    if behind_now == behind_then:
        return offset + (shown.replace_end_offset - shown.offset)
    return None
