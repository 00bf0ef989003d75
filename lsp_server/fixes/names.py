"""Fixes for a name, attribute or module that is not there: the one that was meant, or its import."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from lsp_server.explanation.import_line import import_line
from lsp_server.explanation.scope_names import PYTHON_MODULES
from lsp_server.fixes.fix import Candidate, Change
from lsp_server.fixes.place import Place
from lsp_server.fixes.proof import closes_circle, holds_all_used, is_exported, is_member, is_own_module


def renamed(place: Place) -> Iterator[Candidate]:
    """The wrong name replaced by a near miss that exists; of an import, everywhere, if it is used so."""
    for candidate in _renamed_here(place):
        yield candidate
        [change] = candidate.changes
        wrong = place.document.text[change.start : change.end]
        if place.code is not None and place.reading.kind in (
            "cannot_import",
            "unknown_module",
            "unknown_name",
        ):
            others = [span for span in place.code.uses(wrong) if span != (change.start, change.end)]
            if others:
                changes = (change, *(Change(*span, change.text) for span in others))
                # Nobody misspells a name twice the same way: more likely its definition was renamed.
                more = 0.01 if place.reading.kind == "unknown_name" else 0.0
                title = f"{candidate.title} throughout"
                yield replace(candidate, changes=changes, title=title, weight=candidate.weight + more)


def _renamed_here(place: Place) -> Iterator[Candidate]:
    wrong = place.name.rpartition(".")[2] if place.reading.kind != "unknown_module" else place.name
    suggested = place.reading.suggestion
    span = place.span_of(wrong)
    if span is None:
        return
    if suggested and suggested != wrong:
        right = suggested.rpartition(".")[2]
        yield _rename(span, wrong, right, weight=0.97, is_proven=_is_proven(place, wrong, right))
    for it in place.evidence:
        is_module = it.role == "stdlib" and place.reading.kind == "unknown_module"
        is_name = it.role in ("near", "builtin") and it.name.isidentifier()
        if (is_name or is_module) and it.name != wrong:
            proven = _is_proven(place, wrong, it.name)
            yield _rename(span, wrong, it.name, weight=it.weight, is_proven=proven)


def _is_proven(place: Place, wrong: str, right: str) -> bool:
    code = place.code
    if code is None:
        return False
    match place.reading.kind:
        case "unknown_attribute":
            return is_member(place, wrong, right)
        case "cannot_import":
            found = [
                it for it in code.imports() if isinstance(it, ast.ImportFrom) and it.lineno - 1 == place.line
            ]
            return bool(found) and is_exported(place, found[0], right)
        case "unknown_module":
            aliases = [
                each.asname or wrong
                for it in code.imports()
                for each in it.names
                if isinstance(it, ast.Import) and each.name == wrong
            ]
            return holds_all_used(place, right, aliases[0] if aliases else wrong)
        case _:
            return False


def imported(place: Place) -> Iterator[Candidate]:
    """The import that the name lacks: from the repository, from the standard library, or as elsewhere."""
    code, name = place.code, place.name
    if code is None or not name.isidentifier():
        return
    lines: dict[str, float] = {}
    if name in PYTHON_MODULES:
        lines[f"import {name}"] = 0.96
    for line, share in _as_elsewhere(place).items():
        lines[line] = max(lines.get(line, 0.0), 0.85 + 0.14 * share)
    if (module := _module_beside(place)) is not None:
        lines[module] = 0.9
    for it in place.evidence:
        if it.role == "import" and it.path:
            statement = import_line(place.snapshot, place.document, it.name, it.path)
            if statement:
                lines.setdefault(statement, it.weight)
    line_end = "\r\n" if "\r\n" in place.document.text else "\n"
    at = code.import_offset()
    # Behind a last line without an end, the new one starts with it.
    is_bare = at == len(place.document.text) and at > 0 and not place.document.text.endswith(("\n", "\r"))
    for line, weight in lines.items():
        if is_own_module(line, place.document.path):
            continue
        text = line_end + line if is_bare else line + line_end
        yield Candidate(
            title=f"add `{line}`", changes=(Change(at, at, text),), weight=weight,
            is_doubtful=closes_circle(place, line),
        )  # fmt: skip


def _module_beside(place: Place) -> str | None:
    """`from . import name`, where the file's own package has such a module."""
    folder = place.document.path.rpartition("/")[0]
    beside = f"{folder}/" if folder else ""
    has_package = f"{beside}__init__.py" in place.snapshot.paths
    is_there = bool({f"{beside}{place.name}.py", f"{beside}{place.name}/__init__.py"} & place.snapshot.paths)
    return f"from . import {place.name}" if has_package and is_there else None


def _as_elsewhere(place: Place) -> dict[str, float]:
    """How other files of the repository import the name → share of those that do."""
    counts: dict[str, int] = {}
    for path in place.snapshot.files_with(place.name)[:200]:
        file = place.snapshot.file(path)
        if file is None or path == place.document.path or not path.endswith(".py"):
            continue
        for each in file.outline.imports:
            for there, here in each.names:
                is_relative = each.module.startswith(".")
                if here == place.name and (not is_relative or _folder(path) == _folder(place.document.path)):
                    alias = "" if there == here else f" as {here}"
                    line = f"from {each.module} import {there}{alias}"
                    counts[line] = counts.get(line, 0) + 1
            if not each.names and each.alias == place.name and each.module != place.name:
                line = f"import {each.module} as {each.alias}"
                counts[line] = counts.get(line, 0) + 1
    total = sum(counts.values())
    return {line: count / total for line, count in counts.items()}


def through_self(place: Place) -> Iterator[Candidate]:
    """`total` for `self.total`, where the class around has such a member."""
    code, span = place.code, place.span_of(place.name)
    around = code.class_around(place.line) if code is not None else None
    function = code.function_around(place.line) if code is not None else None
    if around is None or function is None or span is None or not function.args.args:
        return
    me = function.args.args[0].arg
    if me not in ("self", "cls") or not _has(place, around.name, place.name):
        return
    title = f"write `{me}.{place.name}`"
    yield Candidate(title=title, changes=(Change(span[0], span[0], f"{me}."),), weight=0.93, is_proven=True)


def with_self_parameter(place: Place) -> Iterator[Candidate]:
    """`self` for a method that lacks it: its body speaks of it, or a call gave one argument too many."""
    code = place.code
    if code is None:
        return
    if place.reading.kind == "unknown_name" and place.name in ("self", "cls"):
        functions = [code.function_around(place.line)]
    else:
        wanted = place.reading.groups.get("function", "").rpartition(".")[2]
        named = [it for it in code.functions() if it.name == wanted]
        functions = [it for it in named if code.class_around(it.lineno - 1) is not None]
    for function in functions:
        if function is None or any(it.arg in ("self", "cls") for it in function.args.args):
            continue
        text = place.document.text
        at = text.find("(", code.start(function)) + 1
        is_empty = text[at:].lstrip().startswith(")")
        me = place.name if place.name in ("self", "cls") else "self"
        change = Change(at, at, me if is_empty else f"{me}, ")
        title = f"give `{function.name}` the parameter `{me}`"
        yield Candidate(
            title=title,
            changes=(change,),
            weight=0.9,
            is_proven=len(functions) == 1 and not function.decorator_list,
        )


def _has(place: Place, owner: str, name: str) -> bool:
    members = place.snapshot.members(owner)
    assigned = re.compile(rf"\bself\.{re.escape(name)}\b\s*(?::[^=\n]+)?=")
    return any(it.name == name for it in members) or bool(assigned.search(place.document.text))


def _rename(span: tuple[int, int], wrong: str, right: str, *, weight: float, is_proven: bool) -> Candidate:
    title = f"change `{wrong}` to `{right}`"
    return Candidate(title=title, changes=(Change(*span, right),), weight=weight, is_proven=is_proven)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
