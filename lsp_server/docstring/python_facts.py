"""What a Python definition's own code says of it: parameters, what it returns, yields and raises.

Read with CPython's parser from the definition alone, so that broken text elsewhere does not matter.
Nested functions and classes speak for themselves and are left out.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from lsp_server.docstring.edit import CannotDocument
from lsp_server.docstring.outcomes import Function, own_nodes, raised, returned_expression, yielded_type
from lsp_server.index.outline import Definition
from lsp_server.text.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    name: str  # with its stars
    annotation: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    name: str
    is_class: bool
    parameters: tuple[Parameter, ...] = ()
    returns: str = ""  # annotation, or "" if unknown; of a generator, what it yields
    returns_value: bool = False
    yields: bool = False
    returned: str = ""  # the expression, where there is one and it is short
    raises: tuple[tuple[str, str], ...] = ()  # (exception, condition that was checked just before, or "")
    has_docstring: bool = False
    # Its (line, column, end line, end column): lines from the definition's first, columns in UTF-8 bytes.
    docstring_at: tuple[int, int, int, int] = (0, 0, 0, 0)
    is_property: bool = False
    is_overload: bool = False
    body_line: int = 0  # where the first statement begins, counted from the definition's first line
    body_column: int = 0  # in UTF-8 bytes


def python_facts(document: Document, definition: Definition) -> Facts:
    """Raises CannotDocument if the definition does not parse by itself."""
    lines = [document.line_text(line) for line in range(definition.start_line, definition.end_line + 1)]
    # Under a line of our own any margin is right, and columns stay those of the document.
    shift = 1 if lines[0][:1].isspace() else 0
    source = "if 1:\n" * shift + "\n".join(lines)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CannotDocument(
            f"{definition.name} does not parse: {getattr(error, 'msg', error)}",
            hint="Finish the code first; a docstring is only offered where it provably changes nothing else.",
        ) from error
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef) and node.name == definition.name:
            return _facts(node, shift)
    raise CannotDocument(f"{definition.name} is no function or class", hint="Choose the line with its name.")


def _facts(node: Function | ast.ClassDef, shift: int) -> Facts:
    first = node.body[0]
    is_decorated = isinstance(first, Function | ast.ClassDef) and bool(first.decorator_list)
    body_line = (first.decorator_list[0].lineno if is_decorated else first.lineno) - 1 - shift  # type: ignore[attr-defined]
    has_docstring = ast.get_docstring(node, clean=False) is not None
    if isinstance(node, ast.ClassDef):
        return Facts(
            name=node.name,
            is_class=True,
            has_docstring=has_docstring,
            docstring_at=_docstring_span(node, shift),
            body_line=body_line,
            body_column=first.col_offset,
        )
    decorators = {ast.unparse(it).rsplit(".", 1)[-1] for it in node.decorator_list}
    own = list(own_nodes(node))
    yields = any(isinstance(it, ast.Yield | ast.YieldFrom) for it in own)
    annotation = "" if node.returns is None else ast.unparse(node.returns)
    return Facts(
        name=node.name,
        is_class=False,
        parameters=tuple(_parameters(node)),
        returns=yielded_type(node.returns) if yields else annotation,
        returns_value=any(
            isinstance(it, ast.Return) and it.value is not None and not _is_none(it.value) for it in own
        ),
        yields=yields,
        returned=returned_expression(node),
        raises=tuple(raised(node)),
        has_docstring=has_docstring,
        docstring_at=_docstring_span(node, shift),
        is_property=bool(decorators & {"property", "cached_property"}),
        is_overload="overload" in decorators,
        body_line=body_line,
        body_column=first.col_offset,
    )


def _docstring_span(node: ast.AST, shift: int) -> tuple[int, int, int, int]:
    """(line, column, end line, end column) of the docstring of *node*, or zeros: lines from the source's
    first, columns in bytes."""
    body = getattr(node, "body", None)
    first = body[0] if body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return 0, 0, 0, 0
    assert first.end_lineno is not None
    assert first.end_col_offset is not None
    return first.lineno - 1 - shift, first.col_offset, first.end_lineno - 1 - shift, first.end_col_offset


def _parameters(node: Function) -> Iterator[Parameter]:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    for index, (argument, default) in enumerate(zip(positional, defaults, strict=True)):
        if index == 0 and argument.arg in ("self", "cls", "mcs"):
            continue
        yield _parameter(argument, default)
    if arguments.vararg is not None:
        yield _parameter(arguments.vararg, None, stars="*")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(argument, default)
    if arguments.kwarg is not None:
        yield _parameter(arguments.kwarg, None, stars="**")


def _parameter(argument: ast.arg, default: ast.expr | None, stars: str = "") -> Parameter:
    return Parameter(
        name=stars + argument.arg,
        annotation="" if argument.annotation is None else ast.unparse(argument.annotation),
        default="" if default is None else ast.unparse(default),
    )


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
