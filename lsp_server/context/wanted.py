"""Definitions of other files that the code at the cursor is likely to need, with a reason for each.

Four sources: names near the cursor, members of the classes and modules it touches, names that similar
code uses, and names the file imports. A definition keeps the best of its scores.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from lsp_server.context.everyday_names import EVERYDAY
from lsp_server.context.place import Place
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition

# All weights below are set by hand and held against measured recall of definitions; see `bench`.
ON_THIS_LINE = "used on this line"

KEPT_MAX = 240
DEFINITIONS_MAX = 12  # of one name: more of them say nothing
GUESSED_DEFINITIONS_MAX = 5  # of a name that nobody typed
FEEDBACK_NAMES = 60
RECEIVER = 2.0  # members of what stands right before the cursor's dot
BEGUN = 1.5  # a member whose first letters are typed already
NAME_MIN_CHARACTERS = 3

_Scored = tuple[float, Definition, str, str]  # score, definition, source, owner


@dataclass(frozen=True, slots=True)
class Wanted:
    definition: Definition
    score: float
    source: str  # how it came up, as the reason says it
    owner: str = ""

    @property
    def reason(self) -> str:
        """For a person."""
        if self.owner:
            return f"{_shown(self.definition)} is part of {self.owner}, {self.source}"
        return f"signature of {_shown(self.definition)}, {self.source}"


def wanted_definitions(
    snapshot: Snapshot, place: Place, similar: Mapping[str, float], is_hidden: Callable[[str], bool]
) -> list[Wanted]:
    """Candidates, best first; *similar* is the relevance feedback of similar code."""
    rarity = cache(snapshot.rarity)
    best: dict[tuple[str, int, str], _Scored] = {}
    for source in (
        _named_nearby(snapshot, place, rarity),
        _members(snapshot, place, similar, rarity),
        _in_similar_code(snapshot, similar, rarity),
        _imported(snapshot, place, rarity),
    ):
        for scored in source:
            it = scored[1]
            key = (it.path, it.name_line, it.name)
            if key not in best or best[key][0] < scored[0]:
                best[key] = scored
    ranked = heapq.nsmallest(
        KEPT_MAX,
        (it for it in best.values() if it[1].path != place.path and not is_hidden(it[1].path)),
        key=lambda it: (-it[0], it[1].path, it[1].name_line, it[1].name),
    )
    return [Wanted(definition, score, source, owner) for score, definition, source, owner in ranked]


Rarity = Callable[[str], float]


def _named_nearby(snapshot: Snapshot, place: Place, rarity: Rarity) -> Iterator[_Scored]:
    imported_files = frozenset(place.imported_paths)
    for name, weight in place.weights.items():
        if len(name) < NAME_MIN_CHARACTERS or name in EVERYDAY:
            continue
        definitions = snapshot.definitions(name)
        if not 0 < len(definitions) <= DEFINITIONS_MAX:
            continue
        is_imported = name in place.imported
        score = weight * rarity(name) / len(definitions) ** 0.5
        source = ON_THIS_LINE if name in place.line_names else "used near the cursor"
        for it in definitions:
            near = 1.2 if it.path.rpartition("/")[0] == place.folder else 1.0
            field = 0.7 if it.kind == "field" else 1.0
            # Of several with an imported name, the one in a file that this one imports is meant.
            meant = 1.0 if not is_imported else 1.5 if it.path in imported_files else 0.8
            yield score * near * field * meant, it, source, ""


def _members(
    snapshot: Snapshot, place: Place, similar: Mapping[str, float], rarity: Rarity
) -> Iterator[_Scored]:
    dot = 1.4 if place.is_after_dot else 1.0
    for owner, weight, members in _owners(snapshot, place):
        for it in members:
            name = it.name
            if name.startswith("_"):
                if name.startswith("__"):
                    continue
                likely = 0.3
            else:
                likely = 1.0
            likely *= (
                0.25 + 1.2 * min(1.0, similar.get(name, 0.0)) + (0.25 if name not in place.known else 0.0)
            )
            if place.typed and name.startswith(place.typed):
                likely *= BEGUN
            yield 0.5 * weight * likely * dot * rarity(name), it, "which is used here", owner


def _in_similar_code(snapshot: Snapshot, similar: Mapping[str, float], rarity: Rarity) -> Iterator[_Scored]:
    names = heapq.nsmallest(FEEDBACK_NAMES, similar.items(), key=lambda it: (-it[1], it[0]))
    for name, share in names:
        definitions = snapshot.definitions(name)
        if not 0 < len(definitions) <= GUESSED_DEFINITIONS_MAX or name in EVERYDAY:
            continue
        score = 0.6 * share * rarity(name) / len(definitions) ** 0.5
        for it in definitions:
            yield score, it, "used in similar code", ""


def _imported(snapshot: Snapshot, place: Place, rarity: Rarity) -> Iterator[_Scored]:
    for name in place.imported:
        definitions = snapshot.definitions(name)
        if not 0 < len(definitions) <= GUESSED_DEFINITIONS_MAX or name in EVERYDAY:
            continue
        score = 0.25 * rarity(name) / len(definitions) ** 0.5 + 0.3 * place.weights.get(name, 0.0)
        for it in definitions:
            yield score, it, "imported by this file", ""


def _owners(snapshot: Snapshot, place: Place) -> Iterator[tuple[str, float, list[Definition]]]:
    """(name, weight, members) of the classes and modules that the code at the cursor touches."""
    classes: dict[str, float] = {}
    modules: dict[str, float] = {}

    def touch(owners: dict[str, float], name: str, weight: float) -> None:
        owners[name] = max(owners.get(name, 0.0), weight)

    for name, nearness in place.weights.items():
        weight = nearness * (RECEIVER if name == place.receiver else 1.0)
        if snapshot.is_class(name):
            touch(classes, name, 0.9 * weight)
        elif len(name) > NAME_MIN_CHARACTERS:
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
            touch(classes, name, 1.2 if place.receiver in ("self", "this", "super", "cls") else 0.6)
    for name, weight in classes.items():
        yield name, weight, snapshot.members(name)
    for path, weight in modules.items():
        yield path, weight, snapshot.top_level(path)


def _shown(definition: Definition) -> str:
    brackets = "()" if definition.kind in ("function", "method", "macro") else ""
    owner = definition.owner.rpartition(".")[2]
    return f"{owner}.{definition.name}{brackets}" if owner else definition.name + brackets
