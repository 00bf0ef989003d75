"""What the repository and the standard library prove of a fix where no checker in this process can see it.

Names, signatures and modules only: whoever needs types has to ask a checker of types.
"""

import ast
import importlib.util
import re
import sys
from functools import lru_cache
from pathlib import Path, PurePosixPath

from rapidfuzz.distance import DamerauLevenshtein

from lsp_server.explanation.members import members_of
from lsp_server.fixes.place import Place
from lsp_server.index.outline import Definition
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Import

SLIP = 1  # edits between what was typed and what was meant: more are no slip of the fingers
ALONE = 2  # a second name this near, and nobody knows which one was meant
NAME_MIN = 4  # letters; of a shorter name nearly everything is near
CIRCLE_FILES_MAX = 400
SOURCE_MAX = 2_000_000  # bytes of a module of the standard library


def is_only_slip(wrong: str, right: str, others: set[str]) -> bool:
    """Whether *right* is one slip away from *wrong*, and none of *others* nearly as near."""
    if min(len(wrong), len(right)) < NAME_MIN or DamerauLevenshtein.distance(wrong, right) > SLIP:
        return False
    rest = others - {right, wrong}
    return not any(DamerauLevenshtein.distance(wrong, it, score_cutoff=ALONE) <= ALONE for it in rest)


def is_member(place: Place, wrong: str, right: str) -> bool:
    """Whether the only class that the message can mean has *right*, used as it is used here, and no other."""
    owner = place.reading.groups.get("owner", "").rpartition(".")[2]
    classes = [it for it in place.snapshot.definitions(owner) if it.kind == "class"] if owner else []
    if len(classes) != 1 or place.document.language != "python":
        return False
    members = members_of(place.snapshot, owner)
    found = [it for it in members if it.name == right]
    span = place.span_of(wrong)
    if not found or span is None or not is_only_slip(wrong, right, {it.name for it in members}):
        return False
    is_called = place.document.text[span[1] : span[1] + 40].lstrip().startswith("(")
    return all(is_called == (it.kind == "method" and not _is_property(place.snapshot, it)) for it in found)


def is_exported(place: Place, statement: ast.ImportFrom, name: str) -> bool:
    """Whether a file of the repository that *statement* means defines *name*, or a package holds it."""
    snapshot = place.snapshot
    for path in _resolved(place, statement, name):
        if any(it.name == name and not it.owner for it in snapshot.top_level(path)):
            return True
        folder, _, file = path.rpartition("/")
        if name in (file.removesuffix(".py"), folder.rpartition("/")[2]):
            return True
    return False


def is_own_module(line: str, path: str) -> bool:
    """Whether the import *line* names the file at *path* itself."""
    [statement] = ast.parse(line).body
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if not isinstance(statement, ast.ImportFrom) or not statement.module:
        return False
    if not statement.level:
        return f".{module}".endswith(f".{statement.module}")
    folders = path.split("/")[: -statement.level]
    return module == ".".join([*folders, statement.module])


def closes_circle(place: Place, line: str) -> bool:
    """Whether what the import *line* loads may come back to this document, by imports at the margin."""
    [statement] = ast.parse(line).body
    snapshot, start = place.snapshot, place.document.path
    if not isinstance(statement, ast.ImportFrom):
        return False
    waiting = _resolved(place, statement, statement.names[0].name)
    # The packages around are being loaded when this document is: nothing starts with them anew.
    packages = {f"{it}/__init__.py" for it in PurePosixPath(start).parents}
    seen = {*waiting, *packages}
    while waiting:
        file = snapshot.file(waiting.pop())
        if file is None:
            continue
        for each in file.outline.imports:
            if each.line < len(file.lines) and file.lines[each.line][:1].isspace():
                continue  # inside of a function, or for checkers of types
            found = {*snapshot.modules.resolve(file.path, "python", each)} - seen
            if start in found or len(seen) > CIRCLE_FILES_MAX:
                return True
            seen |= found
            waiting += found
    return False


def _resolved(place: Place, statement: ast.ImportFrom, name: str) -> list[str]:
    module = "." * statement.level + (statement.module or "")
    imported = Import(module=module, line=statement.lineno - 1, names=((name, name),))
    return place.snapshot.modules.resolve(place.document.path, "python", imported)


@lru_cache(maxsize=64)
def standard_names(module: str) -> frozenset[str] | None:
    """What a module of the standard library holds, by its source; None where that does not say it all."""
    if module not in sys.stdlib_module_names:
        return None
    if module in sys.builtin_module_names:
        return frozenset(dir(sys.modules[module])) if module in sys.modules else None
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        return None
    source = Path(spec.origin).read_bytes()
    if len(source) > SOURCE_MAX:
        return None
    tree = ast.parse(source)
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {it.asname or it.name.partition(".")[0] for it in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return frozenset(names)


def holds_all_used(place: Place, module: str, alias: str) -> bool:
    """Whether *module* has every name that this file takes from what it calls *alias*."""
    code = place.code
    known = standard_names(module)
    if code is None or known is None:
        return False
    nodes = list(ast.walk(code.tree))
    used = {
        it.attr
        for it in nodes
        if isinstance(it, ast.Attribute) and isinstance(it.value, ast.Name) and it.value.id == alias
    }
    taken = {
        name.name
        for it in nodes
        if isinstance(it, ast.ImportFrom) and it.lineno - 1 == place.line
        for name in it.names
    }
    return (used | taken) <= known and bool(used | taken)


def _is_property(snapshot: Snapshot, it: Definition) -> bool:
    file = snapshot.file(it.path)
    above = file.lines[it.start_line : it.name_line] if file is not None else []
    return any(re.match(r"\s*@.*property\b", line) for line in above)
