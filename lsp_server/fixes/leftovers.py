"""Fixes for what is there and should not be, or should be guarded: unused imports, missing keys, None."""

import ast
import re
from collections.abc import Iterator

from lsp_server.explanation.near_names import near_names
from lsp_server.fixes.fix import Candidate, Change
from lsp_server.fixes.place import Place
from lsp_server.fixes.sure_types import is_sure

_KEY = re.compile(r"""\[\s*(?P<quote>['"])(?P<key>[^'"\\]+)(?P=quote)\s*\]""")
_STRING_KEY = re.compile(r"""(?P<quote>['"])(?P<key>[\w.-]+)(?P=quote)\s*(?::|\]\s*=(?!=))""")


def import_dropped(place: Place) -> Iterator[Candidate]:
    """The unused import, without the others of its statement."""
    code = place.code
    if code is None:
        return
    wanted = place.name.rpartition(" as ")[2]
    for node in ast.walk(code.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom) or node.lineno - 1 > place.line:
            continue
        if (node.end_lineno or node.lineno) - 1 < place.line:
            continue
        kept = [it for it in node.names if wanted not in _names_of(node, it)]
        if len(kept) == len(node.names):
            continue
        start, end = code.start(node), code.end(node)
        if kept:
            changed = ast.unparse(
                ast.ImportFrom(module=node.module, names=kept, level=node.level)
                if isinstance(node, ast.ImportFrom)
                else ast.Import(names=kept)
            )
            change = Change(start, end, changed)
        else:
            first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
            whole = code.document.line_starts
            change = (
                Change(whole[first], whole[last + 1], "")
                if last + 1 < code.document.line_count and not code.document.line_text(first)[:1].isspace()
                else Change(start, end, "pass")
            )
        yield Candidate(title=f"drop the import of `{wanted}`", changes=(change,), weight=0.9)
        return


def _names_of(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> set[str]:
    module = f"{node.module}." if isinstance(node, ast.ImportFrom) and node.module else ""
    return {alias.name, alias.asname or alias.name, module + alias.name}


def key_found(place: Place) -> Iterator[Candidate]:
    """A key that this file uses and that looks like the missing one; else `.get`."""
    missing = place.name.strip("'\"")
    text, start = place.document.line_text(place.line), place.document.line_starts[place.line]
    known = {it["key"] for it in _STRING_KEY.finditer(place.document.text)}
    for match in _KEY.finditer(text):
        if match["key"] != missing:
            continue
        at = start + match.start("key")
        for near, likeness in near_names(missing, known):
            change = Change(at, at + len(missing), near)
            yield Candidate(
                title=f"change the key to `{near}`", changes=(change,), weight=likeness,
                is_proven=_holds_key(place, start + match.start(), near),
            )  # fmt: skip
        if not re.match(r"\s*=(?!=)", text[match.end() :]):
            quoted = f"{match['quote']}{missing}{match['quote']}"
            change = Change(start + match.start(), start + match.end(), f".get({quoted})")
            yield Candidate(title=f"ask with `.get({quoted})`", changes=(change,), weight=0.5)


def _holds_key(place: Place, end: int, key: str) -> bool:
    """Whether what stands before *end* is a name bound once, to a mapping that is written out with *key*."""
    name = re.search(r"(?<![\w.])[A-Za-z_]\w*$", place.document.text[:end])
    if name is None or place.code is None:
        return False
    nodes = list(ast.walk(place.code.tree))
    bound = [
        it
        for it in nodes
        if isinstance(it, ast.Name) and it.id == name[0] and not isinstance(it.ctx, ast.Load)
    ]
    values = [
        it.value
        for it in nodes
        if isinstance(it, ast.Assign) and len(it.targets) == 1 and it.targets[0] in bound
    ]
    keys = values[0].keys if len(bound) == 1 and values and isinstance(values[0], ast.Dict) else []
    return any(isinstance(it, ast.Constant) and it.value == key for it in keys)


def returned(place: Place) -> Iterator[Candidate]:
    """`return` before the expression that a function ends with."""
    code = place.code
    function = code.function_around(place.line) if code is not None else None
    if code is None or function is None or not isinstance(last := function.body[-1], ast.Expr):
        return
    if isinstance(last.value, ast.Constant) and isinstance(last.value.value, str):
        return
    is_plain = isinstance(function, ast.FunctionDef) and not any(
        isinstance(it, ast.Yield | ast.YieldFrom) for it in ast.walk(function)
    )
    proven = (
        is_plain and function.returns is not None and is_sure(place, last.value, function.returns, function)
    )
    at = code.start(last)
    title = f"return `{' '.join(code.text(last).split())[:40]}`"
    yield Candidate(title=title, changes=(Change(at, at, "return "),), weight=0.9, is_proven=proven)


def none_compared(place: Place) -> Iterator[Candidate]:
    """`== None` as `is None`."""
    text, start = place.document.line_text(place.line), place.document.line_starts[place.line]
    message = place.problem.message
    for match in re.finditer(r"(==|!=)(?=\s*None\b)", text):
        word = "is" if match.group() == "==" else "is not"
        change = Change(start + match.start(), start + match.end(), word)
        asked = "E711" in (place.problem.code, place.problem.message[:4]) or "omparison to None" in message
        yield Candidate(title=f"compare with `{word} None`", changes=(change,), weight=0.9, is_proven=asked)
