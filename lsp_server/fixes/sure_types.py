"""Where the text alone says of which type an expression is, so that a checker of types would not deny it."""

import ast
import builtins

from lsp_server.explanation.reachable import nearest
from lsp_server.fixes.place import Place

Function = ast.FunctionDef | ast.AsyncFunctionDef

_ANYTHING = ("Any", "t.Any", "typing.Any", "object")


def is_sure(place: Place, value: ast.expr, wanted: ast.expr | None, around: Function | None) -> bool:
    """Whether *value*, an expression in the function *around*, fits the annotation *wanted*; None: none."""
    if wanted is None or (name := ast.unparse(wanted)) in _ANYTHING or _is_untyped(value, around):
        return True
    match value:
        case ast.Constant():
            return type(value.value).__name__ == name
        case ast.UnaryOp(op=ast.Not()):
            return name == "bool"
        case ast.JoinedStr():
            return name == "str"
        case ast.Name():
            return around is not None and _annotated(around, value.id) == name
        case ast.Call(func=ast.Name(id=called)):
            return _returned(place, called) == name
        case _:
            return False


def _is_untyped(value: ast.expr, around: Function | None) -> bool:
    """Whether it is made from a parameter that nothing is known of: then it fits everything."""
    match value:
        case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.BinOp(left=inner):
            return _is_untyped(inner, around)
        case ast.Call(func=inner):
            return not isinstance(inner, ast.Name) and _is_untyped(inner, around)
        case ast.Name() if around is not None:
            plain = around.args.args[: len(around.args.args) - len(around.args.defaults)]
            own = {it.arg for it in plain if it.annotation is None and it.arg not in ("self", "cls")}
            return value.id in own and not _is_bound_anew(around, value.id)
        case _:
            return False


def _annotated(around: Function, parameter: str) -> str:
    """The annotation of a parameter that is never bound anew; "" for others."""
    arguments = (*around.args.posonlyargs, *around.args.args, *around.args.kwonlyargs)
    found = next((it.annotation for it in arguments if it.arg == parameter), None)
    return "" if found is None or _is_bound_anew(around, parameter) else ast.unparse(found)


def _is_bound_anew(around: Function, name: str) -> bool:
    return any(
        isinstance(it, ast.Name) and it.id == name and not isinstance(it.ctx, ast.Load)
        for it in ast.walk(around)
    )


def _returned(place: Place, called: str) -> str:
    """The type of what a call gives: a class's own, or what the only function of that name declares."""
    if isinstance(getattr(builtins, called, None), type) and not place.snapshot.definitions(called):
        return called
    found = nearest(place.snapshot, place.document, called)
    if len(found) != 1 or found[0].start_line != found[0].name_line:
        return ""  # a decorator may change what a call gives
    if found[0].kind == "class":
        return called
    is_plain = found[0].kind == "function" and not found[0].signature.startswith("async ")
    return found[0].signature.rpartition("->")[2].strip(" :\n") if is_plain else ""
