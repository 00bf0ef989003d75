"""Names that are likely to be written at the cursor next, each with what speaks for it.

Candidates are names of similar code, members of the classes and modules the code touches, names that the
file imports, and names of the file itself that other files define. `FEATURES` says what is known of each;
a small model fitted on other repositories turns that into a probability.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lsp_server.context.everyday_names import EVERYDAY, KEYWORDS
from lsp_server.context.learned import Floats
from lsp_server.context.owners import ENCLOSING, Owner
from lsp_server.context.place import Place
from lsp_server.context.reading import ReadWindow, names_of_window
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition

FEATURES = (
    "near", "on_line", "in_file", "is_new", "imported", "only_imported", "rarity", "similar", "similar_best",
    "alike", "alike_all", "follows", "member", "member_of_receiver", "after_dot", "member_after_dot",
    "definitions", "definitions_none", "in_imported_file", "in_folder", "is_function", "is_class", "is_field",
    "is_private", "is_capital", "is_short", "is_everyday", "at_line_start",
)  # fmt: skip
NAME_MIN_CHARACTERS = 3
DEFINITIONS_MAX = 12
CLOSE_OWNER = 0.4  # members of an owner further away are candidates only if something else speaks for them


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    names: Sequence[str]
    features: Floats  # (names, FEATURES)
    is_new: Sequence[bool]  # whether the document does not have it
    definition: Sequence[Definition | None]  # the one most likely meant, of another file
    owner: Sequence[str]  # why it is a candidate as a member, "" if it is none


class _Seen(NamedTuple):
    """What similar code says of one name."""

    share: float  # of all windows' scores, of those that hold it
    best: float  # the score of the best of them, as a share of the best
    alike: float  # how much the likeliest of its lines stands where the cursor stands
    alike_all: float
    follows: float  # as `share`, where it comes right after the last name on the cursor's line


def expected_names(
    snapshot: Snapshot,
    place: Place,
    windows: Sequence[ReadWindow],
    owners: Sequence[Owner],
    is_hidden: Callable[[str], bool],
) -> Expected:
    seen = _in_windows(place, windows)
    member: dict[str, tuple[float, bool, Definition, str]] = {}
    for owner in owners:
        is_close = owner.weight >= CLOSE_OWNER
        for it in owner.members:
            name = it.name
            if is_close or name in seen or name in place.vicinity:
                there = member.get(name)
                if (there is None or there[0] < owner.weight) and not name.startswith("__"):
                    member[name] = (owner.weight, owner.is_receiver, it, owner.name)
    imported_files = frozenset(place.imported_paths)
    candidates = dict.fromkeys((*seen, *member, *place.vicinity, *place.imported))
    names: list[str] = []
    rows: list[tuple[float, ...]] = []
    meant: list[Definition | None] = []
    why: list[str] = []
    nothing = _Seen(0.0, 0.0, 0.0, 0.0, 0.0)
    at_line_start = float(not place.line_names)
    weights, line_names, is_after_dot = place.weights, place.line_names, place.is_after_dot
    known, imported, folder = place.known, place.imported, place.folder
    no_member: tuple[float, bool, Definition | None, str] = (0.0, False, None, "")
    for name in candidates:
        if name in KEYWORDS or not snapshot.is_defined(name):
            continue
        if len(name) < NAME_MIN_CHARACTERS and name not in member:
            continue
        count = known.get(name, 0)
        found = seen.get(name, nothing)
        if found is nothing and not count and name.startswith("_") and place.receiver not in ENCLOSING:
            continue
        definitions = snapshot.definitions(name)
        weight, is_receiver, as_member, owner_name = member.get(name, no_member)
        definition = as_member
        elsewhere = len(definitions)
        if elsewhere <= DEFINITIONS_MAX:
            definition = _meant(definitions, place, as_member, imported_files, is_hidden)
        elif as_member is not None and (as_member.path == place.path or is_hidden(as_member.path)):
            definition = None
        if definition is None and (count or found is nothing):
            continue
        is_imported = name in imported
        kind, path = ("", "") if definition is None else (definition.kind, definition.path)
        names.append(name)
        meant.append(definition)
        why.append(owner_name)
        rows.append(
            (
                weights.get(name, 0.0),
                name in line_names,
                math.log1p(count),
                not count,
                is_imported,
                is_imported and count == 1,
                snapshot.rarity(name),
                found.share,
                found.best,
                found.alike,
                found.alike_all,
                found.follows,
                weight,
                is_receiver,
                is_after_dot,
                weight * is_after_dot,
                math.log1p(elsewhere),
                definition is None,
                path in imported_files,
                path.rpartition("/")[0] == folder,
                kind in ("function", "method", "macro"),
                kind in ("class", "type"),
                kind == "field",
                name.startswith("_"),
                name[0].isupper(),
                len(name) < 5,
                name in EVERYDAY,
                at_line_start,
            )
        )
    features = np.array(rows, np.float32).reshape(-1, len(FEATURES))
    return Expected(names, features, features[:, FEATURES.index("is_new")].astype(bool).tolist(), meant, why)


def _in_windows(place: Place, windows: Sequence[ReadWindow]) -> dict[str, _Seen]:
    if not windows:
        return {}
    total = sum(it.window.score for it in windows[:12]) or 1.0
    best_score = windows[0].window.score
    number_of: dict[str, int] = {}
    follows: dict[str, float] = {}
    numbers: list[int] = []
    alike_parts: list[NDArray[np.float64]] = []
    for it in windows:
        found = names_of_window(it.window.file, it.window.number)
        numbers += [number_of.setdefault(name, len(number_of)) for name in found.names]
        alike_parts.append(found.likeliest(it.carried))
        if place.last_name and place.last_name in found.names:
            share = it.window.score / total
            for _, names in it.lines:
                if place.last_name in names:
                    for before, after in pairwise(names):
                        if before == place.last_name:
                            follows[after] = follows.get(after, 0.0) + share
    count = len(number_of)
    lengths = [len(it) for it in alike_parts]
    shares = np.repeat(np.array([it.window.score / total for it in windows], np.float64), lengths)
    bests = np.repeat(np.array([it.window.score / best_score for it in windows], np.float64), lengths)
    alike = np.concatenate(alike_parts)
    at = np.array(numbers, np.intp)
    best, most_alike = np.zeros(count), np.zeros(count)
    np.maximum.at(best, at, bests)
    np.maximum.at(most_alike, at, alike)
    columns = (
        np.bincount(at, shares, count).tolist(),
        best.tolist(),
        most_alike.tolist(),
        np.bincount(at, alike * shares, count).tolist(),
        [follows.get(name, 0.0) for name in number_of],
    )
    return dict(zip(number_of, map(_Seen._make, zip(*columns, strict=True)), strict=True))


def _meant(
    definitions: Sequence[Definition],
    place: Place,
    as_member: Definition | None,
    imported_files: frozenset[str],
    is_hidden: Callable[[str], bool],
) -> Definition | None:
    """The definition that is most likely meant; None if all are in this file or may not be shown."""
    if len(definitions) == 1:
        it = definitions[0]
        return None if it.path == place.path or is_hidden(it.path) else it
    best, best_rank = None, -1
    for it in definitions:
        if it.path == place.path or is_hidden(it.path):
            continue
        rank = (
            8 * (as_member is not None and it.path == as_member.path and it.name_line == as_member.name_line)
            + 4 * (it.path in imported_files)
            + 2 * (it.path in place.recent.rank)
            + (it.path.rpartition("/")[0] == place.folder)
        )
        if rank > best_rank:
            best, best_rank = it, rank
    return best
