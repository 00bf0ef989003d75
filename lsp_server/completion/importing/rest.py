"""How an import statement goes on at the cursor."""

from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.text.document import Document

IsHidden = Callable[[str], bool]  # by path: nothing may be taken from it


@dataclass(frozen=True, slots=True)
class Rest:
    text: str
    confidence: float  # that a person would have written just this, 0..1
    replaces: int = 0  # characters behind the cursor, such as a bracket that the editor has closed


def without_lines(document: Document, first: int, last: int) -> str:
    """The text with these lines left blank, the last inclusive, so that the others keep their numbers."""
    starts = document.line_starts
    blank = "\n" * (last - first + 1)
    end = starts[last + 1] if last + 1 < document.line_count else len(document.text)
    return f"{document.text[: starts[first]]}{blank}{document.text[end:]}"
