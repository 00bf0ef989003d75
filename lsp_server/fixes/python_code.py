"""Places in Python text by its syntax tree, in offsets."""

import ast
from collections.abc import Iterator

from lsp_server.text.document import Document


class PythonCode:
    """One document's tree. Raises SyntaxError, ValueError or RecursionError where CPython does."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.tree = ast.parse(document.text)

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self._offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        return self._offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def text(self, node: ast.expr | ast.stmt) -> str:
        return self.document.text[self.start(node) : self.end(node)]

    def calls_at(self, line: int) -> Iterator[ast.Call]:
        """Those that begin on 0-based *line* or span it, the innermost first."""
        found = [
            it
            for it in ast.walk(self.tree)
            if isinstance(it, ast.Call) and it.lineno - 1 <= line <= (it.end_lineno or it.lineno) - 1
        ]
        return iter(sorted(found, key=lambda it: (it.lineno - 1 != line, self.end(it) - self.start(it))))

    def uses(self, name: str) -> list[tuple[int, int]]:
        """Where a variable *name* is read or set."""
        return [
            (self.start(it), self.end(it))
            for it in ast.walk(self.tree)
            if isinstance(it, ast.Name) and it.id == name
        ]

    def imports(self) -> Iterator[ast.Import | ast.ImportFrom]:
        return (it for it in ast.walk(self.tree) if isinstance(it, ast.Import | ast.ImportFrom))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (it for it in ast.walk(self.tree) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef))

    def function_around(self, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        found = [
            it
            for it in ast.walk(self.tree)
            if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)
            and it.lineno - 1 <= line <= (it.end_lineno or it.lineno) - 1
        ]
        return max(found, key=lambda it: it.lineno, default=None)

    def class_around(self, line: int) -> ast.ClassDef | None:
        found = [
            it
            for it in ast.walk(self.tree)
            if isinstance(it, ast.ClassDef) and it.lineno - 1 <= line <= (it.end_lineno or it.lineno) - 1
        ]
        return max(found, key=lambda it: it.lineno, default=None)

    def statement_around(self, node: ast.expr) -> ast.stmt | None:
        """The innermost one that holds *node*."""
        found = [it for it in ast.walk(self.tree) if isinstance(it, ast.stmt) and node in ast.walk(it)]
        return found[-1] if found else None

    def loop_around(self, statement: ast.stmt) -> ast.stmt | None:
        """The innermost loop whose body holds *statement*, in the same function."""
        line = statement.lineno - 1
        found = [
            it
            for it in ast.walk(self.tree)
            if isinstance(it, ast.For | ast.AsyncFor | ast.While)
            and any(each.lineno - 1 <= line <= (each.end_lineno or each.lineno) - 1 for each in it.body)
        ]
        loop = max(found, key=lambda it: it.lineno, default=None)
        function = self.function_around(line)
        return None if loop is None or (function is not None and function.lineno > loop.lineno) else loop

    def import_offset(self) -> int:
        """Where another import goes: behind the last of the leading imports, or behind the docstring."""
        last: ast.stmt | None = None
        for node in self.tree.body:
            is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if not is_docstring and not isinstance(node, ast.Import | ast.ImportFrom):
                break
            last = node
        if last is None:
            return 0
        line = min(last.end_lineno or last.lineno, self.document.line_count - 1)
        return self.document.line_starts[line]

    def _offset(self, line: int, column: int) -> int:
        """*line* from 1, *column* in UTF-8 bytes, as `ast` counts."""
        text = self.document.line_text(line - 1).encode("utf-8", "surrogatepass")[:column]
        return self.document.offset_at(line - 1, 0) + len(text.decode("utf-8", "ignore"))
