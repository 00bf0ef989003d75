"""How a Python function can end: with a value, with values one by one, or with an exception.

Only what is certain from the function's own text; nested functions speak for themselves.
"""

import ast
import builtins
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef

EXPRESSION_MAX = 60  # characters; longer ones say less than the code itself
_ITERATORS = {"Iterator", "Iterable", "AsyncIterator", "AsyncIterable", "Generator", "AsyncGenerator"}
_CATCHES_ALL = frozenset({"*"})


def own_nodes(node: Function) -> Iterator[ast.AST]:
    """Everything inside *node* but what is inside of nested functions and classes."""
    waiting: list[ast.AST] = list(reversed(node.body))
    while waiting:
        each = waiting.pop()
        yield each
        if not isinstance(each, Function | ast.ClassDef | ast.Lambda):
            waiting.extend(reversed(list(ast.iter_child_nodes(each))))


def short(expression: ast.expr) -> str:
    """Its source; "" if it is long or needs escapes."""
    text = ast.unparse(expression)
    return text if len(text) <= EXPRESSION_MAX and "\\" not in text and "\n" not in text else ""


def returned_expression(node: Function) -> str:
    """The one expression that is returned on every way out; "" if there is none, or it is long."""
    returns = [it for it in own_nodes(node) if isinstance(it, ast.Return)]
    if any(it.value is None for it in returns) or not _always_leaves(node.body):
        return ""
    values = {short(it.value) for it in returns if it.value is not None}
    return values.pop() if len(values) == 1 else ""


def yielded_type(annotation: ast.expr | None) -> str:
    """`Iterator[int]` → "int"; "" if the annotation does not say."""
    if not isinstance(annotation, ast.Subscript):
        return ""
    name = ast.unparse(annotation.value).rpartition(".")[2]
    if name not in _ITERATORS:
        return ""
    inside = annotation.slice
    if isinstance(inside, ast.Tuple):
        return ast.unparse(inside.elts[0]) if inside.elts else ""
    return ast.unparse(inside)


def raised(node: Function) -> list[tuple[str, str]]:
    """(exception, condition checked just before or "") of each that leaves the function, each name once.

    What is caught and raised again has no name of its own; what the function catches itself stays inside.
    """
    found: dict[str, str] = {}
    waiting: list[tuple[ast.AST, str, frozenset[str]]] = [(it, "", frozenset()) for it in reversed(node.body)]
    while waiting:
        each, condition, caught = waiting.pop()
        if isinstance(each, Function | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(each, ast.Raise) and each.exc is not None:
            name = ast.unparse(each.exc.func if isinstance(each.exc, ast.Call) else each.exc)
            if name.rpartition(".")[2][:1].isupper() and not _is_caught(name, caught):
                found.setdefault(name, condition)
        elif isinstance(each, ast.If):
            waiting += [(it, "", caught) for it in reversed(each.orelse)]
            waiting += [(it, short(each.test), caught) for it in reversed(each.body)]
        elif isinstance(each, ast.Try | ast.TryStar):
            later = [*each.handlers, *each.orelse, *each.finalbody]
            waiting += [(it, "", caught) for it in reversed(later)]
            inside = caught | _caught_by(each.handlers)
            waiting += [(it, "", inside) for it in reversed(each.body)]
        else:
            waiting += [(it, "", caught) for it in reversed(list(ast.iter_child_nodes(each)))]
    return list(found.items())


def _always_leaves(body: list[ast.stmt]) -> bool:
    """Whether nothing falls off the end of *body*; False where that is not certain."""
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and _always_leaves(last.body) and _always_leaves(last.orelse)
    if isinstance(last, ast.Try):
        handled = all(_always_leaves(it.body) for it in last.handlers)
        return handled and _always_leaves([*last.body, *last.orelse])
    return False


def _caught_by(handlers: list[ast.ExceptHandler]) -> frozenset[str]:
    names: set[str] = set()
    for handler in handlers:
        if any(isinstance(it, ast.Raise) and it.exc is None for it in ast.walk(handler)):
            continue  # it goes on from there
        if handler.type is None:
            return _CATCHES_ALL
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names.update(ast.unparse(it).rpartition(".")[2] for it in kinds)
    return frozenset(names)


def _is_caught(name: str, caught: frozenset[str]) -> bool:
    last = name.rpartition(".")[2]
    if caught & {last, "Exception", "BaseException", *_CATCHES_ALL}:
        return True
    kind = getattr(builtins, last, None)
    parents = {it.__name__ for it in kind.__mro__} if isinstance(kind, type) else set()
    return bool(caught & parents)
