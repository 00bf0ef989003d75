"""Which definitions enclose a place in the text."""

from lsp_server.syntax.outline import Definition
from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document

_ENCLOSING = {"function", "method", "class", "module"}


def scope_at(document: Document, offset: int) -> tuple[Definition, ...]:
    """The chain of definitions around *offset*, outermost first.

    In Python a cursor that is indented below a finished body still belongs to it: that is where the
    next statement goes.
    """
    line = document.line_of(offset)
    around = [it for it in outline(document).definitions if it.kind in _ENCLOSING]
    chain = [it for it in around if it.start_line <= line <= it.end_line]
    if document.language == "python":
        chain = [*chain, *_indented_below(document, around, line, offset - document.line_starts[line])]
    return tuple(sorted(set(chain), key=lambda it: (it.start_line, -it.end_line)))


def _indented_below(document: Document, around: list[Definition], line: int, column: int) -> list[Definition]:
    text = document.line_text(line)
    indent = len(text) - len(text.lstrip()) if text.strip() else min(column, len(text))
    last = line
    while last > 0 and not document.line_text(last - 1).strip():
        last -= 1
    return [
        it
        for it in around
        if it.end_line in (last - 1, line) and it.start_line < line and _indent_of(document, it) < indent
    ]


def _indent_of(document: Document, definition: Definition) -> int:
    text = document.line_text(definition.start_line)
    return len(text) - len(text.lstrip())
