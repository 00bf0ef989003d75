"""Definitions of other files that the code at the cursor is likely to need, with a reason for each.

Four sources: names near the cursor, members of the classes and modules it touches, names that similar
code uses, and names the file imports. A definition keeps the best of its scores.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lsp_server.context.everyday_names import EVERYDAY
from lsp_server.context.place import Place
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition

_DEFINITIONS_MAX = 12  # of one name: more of them say nothing
_FEEDBACK_NAMES = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    definition: Definition
    score: float
    reason: str


def wanted_definitions(
    snapshot: Snapshot, place: Place, similar: Mapping[str, float], is_hidden: Callable[[str], bool]
) -> list[Wanted]:
    """Candidates, best first; *similar* is the relevance feedback of similar code."""
    best: dict[tuple[str, int, str], Wanted] = {}
    sources = (
        _named_nearby(snapshot, place),
        _members(snapshot, place, similar),
        _in_similar_code(snapshot, similar),
        _imported(snapshot, place),
    )
    for source in sources:
        for wanted in source:
            it = wanted.definition
            if it.path == place.path:
                continue
            key = (it.path, it.name_line, it.name)
            if key not in best or best[key].score < wanted.score:
                best[key] = wanted
    ranked = sorted(best.values(), key=lambda it: (-it.score, it.definition.path, it.definition.name_line))
    return [it for it in ranked if not is_hidden(it.definition.path)]


def _named_nearby(snapshot: Snapshot, place: Place) -> Iterator[Wanted]:
    for name, weight in place.weights.items():
        if len(name) < 3 or name in EVERYDAY:
            continue
        definitions = snapshot.definitions(name)
        if not 0 < len(definitions) <= _DEFINITIONS_MAX:
            continue
        is_imported = name in place.imported
        score = weight * snapshot.rarity(name) / len(definitions) ** 0.5 * (1.5 if is_imported else 1.0)
        where = "on this line" if name in place.line_names else "near the cursor"
        for it in definitions:
            near = 1.2 if it.path.rpartition("/")[0] == place.folder else 1.0
            kind = 0.7 if it.kind == "field" else 1.0
            yield Wanted(it, score * near * kind, f"signature of {_shown(it)}, used {where}")


def _members(snapshot: Snapshot, place: Place, similar: Mapping[str, float]) -> Iterator[Wanted]:
    for owner, weight, members in _owners(snapshot, place):
        for it in members:
            if it.name.startswith("__"):
                continue
            likely = (
                0.25
                + 1.2 * min(1.0, similar.get(it.name, 0.0))
                + (0.25 if it.name not in place.known else 0.0)
            )
            dot = 1.4 if place.is_after_dot else 1.0
            private = 0.3 if it.name.startswith("_") else 1.0
            score = weight * likely * snapshot.rarity(it.name) * dot * private * 0.5
            yield Wanted(it, score, f"{_shown(it)} is part of {owner}, which is used here")


def _in_similar_code(snapshot: Snapshot, similar: Mapping[str, float]) -> Iterator[Wanted]:
    names = sorted(similar.items(), key=lambda it: (-it[1], it[0]))[:_FEEDBACK_NAMES]
    for name, share in names:
        definitions = snapshot.definitions(name)
        if not 0 < len(definitions) <= 5 or name in EVERYDAY:
            continue
        score = 0.6 * share * snapshot.rarity(name) / len(definitions) ** 0.5
        for it in definitions:
            yield Wanted(it, score, f"signature of {_shown(it)}, used in similar code")


def _imported(snapshot: Snapshot, place: Place) -> Iterator[Wanted]:
    for name in place.imported:
        definitions = snapshot.definitions(name)
        if not 0 < len(definitions) <= 5 or name in EVERYDAY:
            continue
        score = 0.25 * snapshot.rarity(name) / len(definitions) ** 0.5 + 0.3 * place.weights.get(name, 0.0)
        for it in definitions:
            yield Wanted(it, score, f"signature of {_shown(it)}, imported by this file")


def _owners(snapshot: Snapshot, place: Place) -> Iterator[tuple[str, float, list[Definition]]]:
    """(name, weight, members) of the classes and modules that the code at the cursor touches."""
    classes: dict[str, float] = {}
    modules: dict[str, float] = {}

    def touch(owners: dict[str, float], name: str, weight: float) -> None:
        owners[name] = max(owners.get(name, 0.0), weight)

    for name, weight in place.weights.items():
        if snapshot.is_class(name):
            touch(classes, name, 0.9 * weight)
        elif len(name) > 3:
            alike = snapshot.classes_like(name)
            for owner in alike:
                if owner in place.known:
                    touch(classes, owner, 0.8 * weight)
                elif len(alike) <= 2:
                    touch(classes, owner, 0.45 * weight)
        made_from = place.bound.get(name)
        if made_from is not None and weight > 0.3 and snapshot.is_class(made_from):
            touch(classes, made_from, weight)
        is_imported = name in place.imported
        if is_imported or weight > 0.5:
            for path in snapshot.modules_named(name)[:4]:
                if path != place.path:
                    touch(modules, path, (0.8 if is_imported else 0.3) * weight)
    for name in place.bases:
        if snapshot.is_class(name):
            touch(classes, name, 0.6)
    for name, weight in classes.items():
        yield name, weight, snapshot.members(name)
    for path, weight in modules.items():
        yield path, weight, snapshot.top_level(path)


def _shown(definition: Definition) -> str:
    brackets = "()" if definition.kind in ("function", "method", "macro") else ""
    owner = definition.owner.rpartition(".")[2]
    return f"{owner}.{definition.name}{brackets}" if owner else definition.name + brackets
