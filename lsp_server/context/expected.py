"""Names that are likely to be written at the cursor next, each with what speaks for it.

Candidates are names of similar code, members of the classes and modules the code touches, names that the
file imports, and names of the file itself that other files define. `FEATURES` says what is known of each;
a small model fitted on other repositories turns that into a probability.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, pairwise
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
    """What similar code says of names."""

    number: Mapping[str, int]  # of each, in `of`

    # Of each: the share of all windows' scores that those holding it have; the score of the best of them, as
    # a share of the best; how much its likeliest line stands where the cursor stands; the same of all.
    of: Sequence[Sequence[float]]
    follows: Mapping[str, float]  # the share of those where it comes right after the last name


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
            if is_close or name in seen.number or name in place.vicinity:
                there = member.get(name)
                if (there is None or there[0] < owner.weight) and not name.startswith("__"):
                    member[name] = (owner.weight, owner.is_receiver, it, owner.name)
    imported_files = frozenset(place.imported_paths)
    candidates = dict.fromkeys((*seen.number, *member, *place.vicinity, *place.imported))
    names: list[str] = []
    rows = array("f")
    meant: list[Definition | None] = []
    why: list[str] = []
    at_line_start = float(not place.line_names)
    weights, line_names, is_after_dot = place.weights, place.line_names, place.is_after_dot
    known, imported, folder = place.known, place.imported, place.folder
    no_member: tuple[float, bool, Definition | None, str] = (0.0, False, None, "")
    for name in snapshot.maybe_defined(candidates):
        if name in KEYWORDS:
            continue
        if len(name) < NAME_MIN_CHARACTERS and name not in member:
            continue
        count = known.get(name, 0)
        found = seen.number.get(name)
        if found is None and not count and name.startswith("_") and place.receiver not in ENCLOSING:
            continue
        definitions = snapshot.definitions(name)
        weight, is_receiver, as_member, owner_name = member.get(name, no_member)
        definition = as_member
        elsewhere = len(definitions)
        if elsewhere <= DEFINITIONS_MAX:
            definition = _meant(definitions, place, as_member, imported_files, is_hidden)
        elif as_member is not None and (as_member.path == place.path or is_hidden(as_member.path)):
            definition = None
        if definition is None and (count or found is None):
            continue
        is_imported = name in imported
        kind, path = ("", "") if definition is None else (definition.kind, definition.path)
        names.append(name)
        meant.append(definition)
        why.append(owner_name)
        rows.extend(
            (
                weights.get(name, 0.0),
                name in line_names,
                math.log1p(count),
                not count,
                is_imported,
                is_imported and count == 1,
                snapshot.rarity(name),
                *((0.0, 0.0, 0.0, 0.0) if found is None else seen.of[found]),
                seen.follows.get(name, 0.0),
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
                *_spelling(name),
                at_line_start,
            )
        )
    features = np.frombuffer(rows, np.float32).reshape(-1, len(FEATURES))
    return Expected(names, features, features[:, FEATURES.index("is_new")].astype(bool).tolist(), meant, why)


@lru_cache(maxsize=8_192)
def _spelling(name: str) -> tuple[bool, bool, bool, bool]:
    return name.startswith("_"), name[0].isupper(), len(name) < 5, name in EVERYDAY


def _in_windows(place: Place, windows: Sequence[ReadWindow]) -> _Seen:
    if not windows:
        return _Seen({}, (), {})
    total = sum(it.window.score for it in windows[:12]) or 1.0
    best_score = windows[0].window.score
    number_of: defaultdict[str, int] = defaultdict(count().__next__)
    follows: dict[str, float] = {}
    numbers: list[int] = []
    carried: list[float] = []
    lines: list[NDArray[np.intp]] = []  # of each window in turn, numbers into `carried`
    starts: list[NDArray[np.intp]] = []  # where in `lines` each name begins
    held = 0
    for it in windows:
        found = names_of_window(it.window.file, it.window.number)
        numbers += [number_of[name] for name in found.names]
        lines.append(found.lines + len(carried))
        starts.append(found.starts + held)
        held += len(found.lines)
        carried += it.carried
        if place.last_name and place.last_name in found.names:
            share = it.window.score / total
            for _, names in it.lines:
                if place.last_name in names:
                    for name, after in pairwise(names):
                        if name == place.last_name:
                            follows[after] = follows.get(after, 0.0) + share
    if not held:
        return _Seen({}, (), {})
    size = len(number_of)
    lengths = [len(it) for it in starts]
    scores = np.array([it.window.score for it in windows], np.float64)
    shares, bests = np.repeat(scores / total, lengths), np.repeat(scores / best_score, lengths)
    alike = np.maximum.reduceat(np.array(carried)[np.concatenate(lines)], np.concatenate(starts))
    at = np.array(numbers, np.intp)
    best, most_alike = np.zeros(size), np.zeros(size)
    np.maximum.at(best, at, bests)
    np.maximum.at(most_alike, at, alike)
    of = np.stack(
        [np.bincount(at, shares, size), best, most_alike, np.bincount(at, alike * shares, size)], axis=1
    )
    return _Seen(dict(number_of), of.tolist(), follows)


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
