"""Compare a Python call with the signature of what it calls. Only what both texts say for certain."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from lsp_server.explanation.kinds import Reading
from lsp_server.explanation.reachable import nearest
from lsp_server.index.outline import Definition
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

LINES_MAX = 12  # of one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFit:
    call: str  # as it may be written: "net(gross, rate)"
    definition: Definition
    wanted: tuple[str, ...]
    given: tuple[str, ...]  # parameters that the call fills
    missing: tuple[str, ...]
    unknown: tuple[str, ...]  # names that are no parameter
    surplus: int  # positional arguments without a parameter
    annotations: Mapping[str, ast.expr]  # of the parameters that have one


def call_fit(snapshot: Snapshot, document: Document, line: int, reading: Reading) -> CallFit | None:
    """For the call at 0-based *line*; None where the call or its one definition is not certain."""
    if document.language != "python":
        return None
    statement = _statement(document, line)
    if statement is None:
        return None
    wanted_name = reading.groups.get("function", "")
    for call in (it for it in ast.walk(statement) if isinstance(it, ast.Call)):
        name = ast.unparse(call.func).rpartition(".")[2]
        if wanted_name and name not in wanted_name.split("."):
            continue
        definition = _definition(snapshot, document, name)
        if definition is None:
            continue
        fit = _compared(call, definition, name)
        if fit is not None and (fit.missing or fit.unknown or fit.surplus or wanted_name):
            return fit
    return None


def _statement(document: Document, line: int) -> ast.AST | None:
    text = ""
    for number in range(line, min(line + LINES_MAX, document.line_count)):
        text += document.line_text(number).strip() + "\n"
        for candidate in (text, text.rstrip().rstrip(":") + ": pass\n", text.removeprefix("el") + " pass\n"):
            try:
                return ast.parse(candidate)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
    return None


def _definition(snapshot: Snapshot, document: Document, name: str) -> Definition | None:
    """The only function of that name that is near, or the `__init__` of the only class."""
    found = [it for it in nearest(snapshot, document, name) if it.kind in ("function", "method", "class")]
    if len(found) != 1:
        return None
    [only] = found
    if only.kind != "class":
        return only
    makers = [it for it in snapshot.members(name) if it.name == "__init__" and it.path == only.path]
    return makers[0] if len(makers) == 1 else None


def _compared(call: ast.Call, definition: Definition, name: str) -> CallFit | None:
    if any(isinstance(it, ast.Starred) for it in call.args) or any(it.arg is None for it in call.keywords):
        return None
    try:
        [function] = ast.parse(definition.signature.rstrip(":\n ") + ": pass").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    arguments = function.args
    positional = [it.arg for it in (*arguments.posonlyargs, *arguments.args)]
    optional = set(positional[len(positional) - len(arguments.defaults) :]) if arguments.defaults else set()
    if definition.kind == "method" and positional[:1] and positional[0] in ("self", "cls"):
        positional = positional[1:]
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    optional |= {it.arg for it, default in pairs if default is not None}
    wanted = [*positional, *(it.arg for it in arguments.kwonlyargs)]
    by_name = [it.arg for it in call.keywords if it.arg is not None]
    filled = [*positional[: len(call.args)], *(it for it in by_name if it in wanted)]
    return CallFit(
        call=f"{name}({', '.join(wanted)})",
        definition=definition,
        wanted=tuple(wanted),
        given=tuple(dict.fromkeys(filled)),
        missing=tuple(it for it in wanted if it not in filled and it not in optional),
        unknown=() if arguments.kwarg else tuple(it for it in by_name if it not in wanted),
        surplus=0 if arguments.vararg else max(0, len(call.args) - len(positional)),
        annotations={it.arg: it.annotation for it in _parameters(arguments) if it.annotation is not None},
    )


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
