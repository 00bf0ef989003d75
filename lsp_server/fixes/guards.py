"""Fixes for what may be None: the case is answered before the value is asked for something.

What the right answer is, only the author knows: without a checker of types such a fix is never verified.
"""

import ast
import re
from collections.abc import Iterator

from lsp_server.fixes.fix import Candidate, Change
from lsp_server.fixes.place import Place
from lsp_server.fixes.python_code import PythonCode

Function = ast.FunctionDef | ast.AsyncFunctionDef

_CHAIN = re.compile(r"[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)*")
_ASSIGNED = re.compile(r"[\w$.?]+\s*(?:[-+*/%|&^]|\*\*|\?\?|\|\||&&)?=(?![=>])")


def guarded(place: Place) -> Iterator[Candidate]:
    """`x is not None and …` in a condition; before any other statement `if x is None:` and the way out."""
    code = place.code
    if code is None:
        return
    asked = _asked(code, place)
    if asked is None:
        return
    name = ast.unparse(asked.value)
    statement = code.statement_around(asked)
    if statement is None:
        return
    test = _condition(statement, asked)
    if test is not None:
        start = code.start(test)
        change = Change(start, start, f"{name} is not None and ")
        yield Candidate(title=f"test that `{name}` is not None", changes=(change,), weight=0.95)
    elif (at := _line_start(code, statement)) is not None:
        for way_out, weight in _ways_out(code, statement, name):
            indent = code.document.text[at : code.start(statement)]
            line_end = "\r\n" if "\r\n" in code.document.text else "\n"
            text = f"{indent}if {name} is None:{line_end}{indent}{_deeper(indent)}{way_out}{line_end}"
            title = f"{way_out.partition(' ')[0].partition('(')[0]} where `{name}` is None"
            yield Candidate(title=title, changes=(Change(at, at, text),), weight=weight)


def chained(place: Place) -> Iterator[Candidate]:
    """`x?.y` in TypeScript and JavaScript, where nothing is assigned to it."""
    if place.document.language not in ("typescript", "tsx", "javascript"):
        return
    text, start = place.document.text, place.problem.start
    name = place.name or text[start : place.problem.end]
    at = start + len(name)
    if not _CHAIN.fullmatch(name) or text[start : at + 1] != f"{name}." or _ASSIGNED.match(text, at + 1):
        return
    yield Candidate(title=f"ask `{name}` with `?.`", changes=(Change(at, at + 1, "?."),), weight=0.9)


def _asked(code: PythonCode, place: Place) -> ast.Attribute | None:
    """The attribute that the message is about, of a chain of names: asking those twice changes nothing."""
    found = [
        it
        for it in ast.walk(code.tree)
        if isinstance(it, ast.Attribute)
        and (it.end_lineno or it.lineno) - 1 == place.line
        and place.name in ("", it.attr)
        and _is_chain(it.value)
    ]
    return min(found, key=lambda it: abs(code.start(it) - place.problem.start), default=None)


def _is_chain(value: ast.expr) -> bool:
    while isinstance(value, ast.Attribute):
        value = value.value
    return isinstance(value, ast.Name)


def _condition(statement: ast.stmt, asked: ast.Attribute) -> ast.expr | None:
    """The part of the statement's condition that *asked* stands in: all of it, or one side of and/or."""
    test = statement.test if isinstance(statement, ast.If | ast.While | ast.Assert) else None
    if test is None or asked not in ast.walk(test):
        return None
    while isinstance(test, ast.BoolOp):
        test = next(it for it in test.values if asked in ast.walk(it))
    return test


def _line_start(code: PythonCode, statement: ast.stmt) -> int | None:
    """Where a statement can be put before *statement*: nowhere, if it does not begin its line."""
    start = code.document.line_starts[statement.lineno - 1]
    return start if not code.document.text[start : code.start(statement)].strip() else None


def _ways_out(code: PythonCode, statement: ast.stmt, name: str) -> Iterator[tuple[str, float]]:
    function = code.function_around(statement.lineno - 1)
    if code.loop_around(statement) is not None:
        yield "continue", 0.8
    if function is not None and _returns_nothing(function):
        yield "return", 0.9
    yield f'raise ValueError("{name} is None")', 0.85


def _returns_nothing(function: Function) -> bool:
    if function.returns is not None:
        return ast.unparse(function.returns) == "None"
    inside = (it for it in ast.walk(function) if isinstance(it, ast.Return | ast.Yield | ast.YieldFrom))
    return all(isinstance(it, ast.Return) and it.value is None for it in inside)


def _deeper(indent: str) -> str:
    return "\t" if indent.endswith("\t") else "    "
