"""What a Python file uses without having it, and what it imports already."""

import ast
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pyflakes import messages
from pyflakes.checker import Checker

CHARACTERS_MAX = 400_000
MENDED_LINES_MAX = 3  # a text that is being written may be broken elsewhere, too


@dataclass(frozen=True, slots=True)
class Imported:
    """One import statement outside of any definition. Lines count from 0, the last is inclusive."""

    first_line: int
    last_line: int
    module: str  # with its dots; "" for `import a, b`
    names: tuple[tuple[str, str], ...]  # (there, here)
    is_renamed: bool  # says `as`, even where the name is the same


@dataclass(frozen=True, slots=True)
class Reading:
    unbound: frozenset[str]  # used, or listed in __all__, and bound nowhere
    bound: frozenset[str]  # of the file as a whole
    imports: tuple[Imported, ...]
    modules_used: frozenset[str]  # of the unbound, those something is taken from: `json` in `json.loads`


NOTHING = Reading(frozenset(), frozenset(), (), frozenset())


@lru_cache(maxsize=4)  # while a line is written the others stay as they are
def read(text: str) -> Reading:
    """`NOTHING` where the text cannot be read, or a star import may bring anything."""
    if len(text) > CHARACTERS_MAX:
        return NOTHING
    tree = _parsed(text)
    if tree is None:
        return NOTHING
    imports = tuple(_imports(tree))
    try:
        found = Checker(tree).messages
    except RecursionError:
        return NOTHING
    if any(isinstance(it, messages.ImportStarUsed) for it in found):
        return NOTHING
    unbound: set[str] = set()
    for it in found:
        if isinstance(it, messages.UndefinedName | messages.UndefinedExport):
            unbound.add(it.message_args[0])
    taken_from = {
        it.value.id
        for it in ast.walk(tree)
        if isinstance(it, ast.Attribute) and isinstance(it.value, ast.Name) and it.value.id in unbound
    }
    return Reading(frozenset(unbound), frozenset(_bound(tree)), imports, frozenset(taken_from))


def _parsed(text: str) -> ast.Module | None:
    lines = text.split("\n")
    for _ in range(MENDED_LINES_MAX + 1):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse("\n".join(lines))
        except SyntaxError as error:
            at = (error.lineno or 0) - 1
            if not 0 <= at < len(lines) or not lines[at].strip():
                return None
            indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            lines[at] = f"{indent}pass"
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _imports(tree: ast.Module) -> list[Imported]:
    found: list[Imported] = []
    for statement in _outside_definitions(tree.body):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            module = ""
            if isinstance(statement, ast.ImportFrom):
                module = "." * statement.level + (statement.module or "")
            names = tuple((it.name, it.asname or it.name) for it in statement.names)
            found.append(
                Imported(
                    first_line=statement.lineno - 1,
                    last_line=(statement.end_lineno or statement.lineno) - 1,
                    module=module,
                    names=names,
                    is_renamed=any(it.asname for it in statement.names),
                )
            )
    return sorted(found, key=lambda it: it.first_line)


def _outside_definitions(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """With what stands in `if TYPE_CHECKING` or `try`."""
    found: list[ast.stmt] = []
    for it in body:
        found.append(it)
        if isinstance(it, ast.If):
            found += _outside_definitions([*it.body, *it.orelse])
        elif isinstance(it, ast.Try):
            handled = [each for handler in it.handlers for each in handler.body]
            found += _outside_definitions([*it.body, *handled, *it.orelse, *it.finalbody])
    return found


def _bound(tree: ast.Module) -> set[str]:
    bound: set[str] = set()
    for it in _outside_definitions(tree.body):
        if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(it.name)
        elif isinstance(it, ast.Import | ast.ImportFrom):
            bound.update((each.asname or each.name).partition(".")[0] for each in it.names)
        elif isinstance(it, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = it.targets if isinstance(it, ast.Assign) else [it.target]
            inside = [each for target in targets for each in ast.walk(target)]
            bound.update(each.id for each in inside if isinstance(each, ast.Name))
    return bound
