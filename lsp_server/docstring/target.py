"""Which definition a line belongs to, and whether it has documentation already."""

from lsp_server.docstring.edit import CannotDocument
from lsp_server.index.outline import Definition
from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document

DOCUMENTED_KINDS = ("function", "method", "class", "type")


def definition_at(document: Document, line: int) -> Definition:
    """The innermost function, method, class or type that holds 0-based *line*. Raises CannotDocument."""
    around = [
        it
        for it in outline(document).definitions
        if it.kind in DOCUMENTED_KINDS and it.start_line <= line <= it.end_line
    ]
    if not around:
        raise CannotDocument(
            f"line {line + 1} of {document.path} is in no function or class",
            hint="Choose the line with its name.",
        )
    return max(around, key=lambda it: (it.start_line, -it.end_line))


def is_head(definition: Definition, line: int) -> bool:
    """Whether *line* is among its decorators or in its signature."""
    last = max(definition.name_line, definition.name_line + definition.signature.count("\n"))
    return definition.start_line <= line <= last
