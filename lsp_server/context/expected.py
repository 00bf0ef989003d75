"""Names that are likely to be written at the cursor next, each with what speaks for it.

Candidates are names of similar code, members of the classes and modules the code touches, names that the
file imports, and names of the file itself that other files define. `FEATURES` says what is known of each;
a small model fitted on other repositories turns that into a probability.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsp_server.context.everyday_names import EVERYDAY, KEYWORDS
from lsp_server.context.learned import Floats
from lsp_server.context.owners import Owner
from lsp_server.context.place import Place
from lsp_server.context.reading import Reading
from lsp_server.context.types import ENCLOSING
from lsp_server.index.corpus import DefinitionAt, words_of
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition

FEATURES = (
    "near", "on_line", "in_file", "is_new", "imported", "only_imported", "rarity", "similar", "similar_best",
    "alike", "alike_all", "follows", "member", "member_of_receiver", "after_dot", "member_after_dot",
    "definitions", "definitions_none", "in_imported_file", "in_folder", "is_function", "is_class", "is_field",
    "is_private", "is_capital", "is_short", "is_everyday", "at_line_start",
    "words_near", "words_on_line", "expects_class", "class_expected",
)  # fmt: skip
NAME_MIN_CHARACTERS = 3
DEFINITIONS_MAX = 12
SHORT = 5  # characters
_OF_SIMILAR = ("similar", "similar_best", "alike", "alike_all")  # in the order of FEATURES and `_Seen.of`
_FUNCTIONS, _CLASSES = ("function", "method", "macro"), ("class", "type")
CROWD, CLOSE_CROWD = 400, 0.6  # of so many members each is hardly likelier for being one
_WORDS_KEPT = 32_768
WORDS_NEAR = 0.5  # of a name's words, by the weight of the names near that have them, are enough to be one
CLOSE_OWNER = 0.4  # members of an owner further away are candidates only if something else speaks for them


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    names: Sequence[str]
    features: Floats  # (names, FEATURES)
    is_new: Sequence[bool]  # whether the document does not have it
    definition: Sequence["Unmade | None"]  # the one most likely meant, of another file
    owner: Sequence[str]  # why it is a candidate as a member, "" if it is none


Unmade = Definition | DefinitionAt
_Member = tuple[float, bool, Definition, str]  # weight, of the receiver, which, of whom


class _Seen(NamedTuple):
    """What similar code says of names."""

    number: Mapping[str, int]  # of each, in `of`

    # (4, names): the share of all windows' scores that those holding it have; the score of the best of them,
    # as a share of the best; how much its likeliest line stands where the cursor stands; the same of all.
    of: NDArray[np.float64]
    follows: Mapping[str, float]  # the share of those where it comes right after the last name


def expected_names(
    snapshot: Snapshot,
    place: Place,
    reading: Reading,
    owners: Sequence[Owner],
    is_hidden: Callable[[str], bool],
) -> Expected:
    seen = _in_windows(place, reading)
    member: dict[str, _Member] = {}
    near_words = _word_weights(place.weights)
    for owner in owners:
        is_close = owner.weight >= (CLOSE_OWNER if len(owner.members) <= CROWD else CLOSE_CROWD)
        for it in owner.members:
            name = it.name
            if (
                is_close
                or name in seen.number
                or name in place.vicinity
                or _words_known_of(name, near_words) >= WORDS_NEAR
            ):
                there = member.get(name)
                if (there is None or there[0] < owner.weight) and not name.startswith("__"):
                    member[name] = (owner.weight, owner.is_receiver, it, owner.name)
    names: list[str] = []
    known, of_similar = place.known, seen.number
    is_owner_enclosing = place.receiver in ENCLOSING
    for name in snapshot.maybe_defined(
        dict.fromkeys((*seen.number, *member, *sorted(place.vicinity), *sorted(place.imported)))
    ):
        if name in KEYWORDS:
            continue
        as_member = member.get(name)
        if len(name) < NAME_MIN_CHARACTERS and as_member is None:
            continue
        is_close = as_member is not None and as_member[0] >= CLOSE_OWNER
        if (
            name[0] == "_"
            and name not in of_similar
            and not known.get(name, 0)
            and not is_owner_enclosing
            and not is_close
        ):
            continue
        names.append(name)
    rows = _Rows()
    for name, count, likeliest in zip(names, *_likeliest(snapshot, place, names, is_hidden), strict=True):
        as_member = member.get(name)
        in_file = known.get(name, 0)
        similar = of_similar.get(name, -1)
        definition: Unmade | None = likeliest
        if as_member is not None and as_member[2].path != place.path and not is_hidden(as_member[2].path):
            definition = as_member[2]
        if definition is None and (in_file or similar < 0):
            continue
        rows.add(name, definition, as_member, in_file, similar, count)
    features = _features(snapshot, place, seen, rows, near_words)
    return Expected(rows.names, features, [not it for it in rows.in_file], rows.definitions, rows.owners)


def _likeliest(
    snapshot: Snapshot, place: Place, names: Sequence[str], is_hidden: Callable[[str], bool]
) -> tuple[Sequence[int], Sequence[DefinitionAt | None]]:
    """How many definitions each of *names* has, and which of them is most likely meant; None if there are too
    many, or all are in this file or may not be shown."""
    ranks = dict.fromkeys(snapshot.modules.in_folder(place.folder), 1)
    for paths, more in ((place.recent.rank, 2), (frozenset(place.imported_paths), 4)):
        for path in paths:
            ranks[path] = ranks.get(path, 0) + more
    ranks[place.path] = -1
    while True:
        counts, found = snapshot.likeliest(names, ranks, at_most=DEFINITIONS_MAX)
        hidden = set(filter(is_hidden, {it.path for it in found if it is not None}))
        if not hidden:
            return counts, found
        ranks |= dict.fromkeys(hidden, -1)


class _Rows:
    """What was found of each candidate, in columns."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.definitions: list[Unmade | None] = []
        self.owners: list[str] = []
        self.weights: list[float] = []  # as a member
        self.of_receiver: list[bool] = []
        self.in_file: list[int] = []
        self.similar: list[int] = []  # its number in `_Seen`, -1 for none
        self.elsewhere: list[int] = []  # definitions

    def add(
        self, name: str, definition: Unmade | None, as_member: _Member | None, in_file: int,
        similar: int, elsewhere: int,
    ) -> None:  # fmt: skip
        weight, is_receiver, owner = (
            (0.0, False, "") if as_member is None else (as_member[0], as_member[1], as_member[3])
        )
        self.names.append(name)
        self.definitions.append(definition)
        self.owners.append(owner)
        self.weights.append(weight)
        self.of_receiver.append(is_receiver)
        self.in_file.append(in_file)
        self.similar.append(similar)
        self.elsewhere.append(elsewhere)


def _features(
    snapshot: Snapshot, place: Place, seen: _Seen, rows: _Rows, near_words: Mapping[str, float]
) -> Floats:
    """(names, FEATURES), filled column by column, which is much quicker than row by row."""
    names = rows.names
    weights, line_names, imported, follows = place.weights, place.line_names, place.imported, seen.follows
    in_file = np.array(rows.in_file, np.float32)
    as_member = np.array(rows.weights, np.float32)
    is_imported = np.array([it in imported for it in names], bool)
    paths = ["" if it is None else it.path for it in rows.definitions]
    kinds = ["" if it is None else it.kind for it in rows.definitions]
    imported_files = frozenset(place.imported_paths)
    folder = {it: it.rpartition("/")[0] == place.folder for it in set(paths)}
    found: dict[str, ArrayLike] = {
        "near": [weights.get(it, 0.0) for it in names],
        "on_line": [it in line_names for it in names],
        "in_file": np.log1p(in_file),
        "is_new": in_file == 0,
        "imported": is_imported,
        "only_imported": is_imported & (in_file == 1),
        "rarity": snapshot.rarities(names),
        "follows": [follows.get(it, 0.0) for it in names] if follows else 0.0,
        "member": as_member,
        "member_of_receiver": rows.of_receiver,
        "after_dot": place.is_after_dot,
        "member_after_dot": as_member * place.is_after_dot,
        "definitions": np.log1p(np.array(rows.elsewhere, np.float32)),
        "definitions_none": [it is None for it in rows.definitions],
        "in_imported_file": [it in imported_files for it in paths],
        "in_folder": [folder[it] for it in paths],
        "is_function": [it in _FUNCTIONS for it in kinds],
        "is_class": [it in _CLASSES for it in kinds],
        "is_field": [it == "field" for it in kinds],
        "is_private": [it[0] == "_" for it in names],
        "is_capital": [it[0].isupper() for it in names],
        "is_short": [len(it) < SHORT for it in names],
        "is_everyday": [it in EVERYDAY for it in names],
        "at_line_start": not line_names,
        "words_near": _words_known(names, near_words),
        "words_on_line": _words_known(names, _word_weights(dict.fromkeys(line_names, 1.0))),
        "expects_class": place.expects_class,
        "class_expected": [place.expects_class and it in _CLASSES for it in kinds],
    }
    features = np.empty((len(FEATURES), len(names)), np.float32)
    for number, feature in enumerate(FEATURES):
        if feature in found:
            features[number] = np.asarray(found[feature], np.float32)
    first, similar = FEATURES.index(_OF_SIMILAR[0]), np.array(rows.similar, np.intp)
    features[first : first + len(_OF_SIMILAR)] = np.where(similar >= 0, seen.of[:, similar], 0.0)
    return features.T


def _word_weights(names: Mapping[str, float]) -> dict[str, float]:
    """Word → the weight of the weightiest name that has it."""
    found: dict[str, float] = {}
    for name, weight in names.items():
        for word in _words(name):
            if weight > found.get(word, 0.0):
                found[word] = weight
    return found


def _words_known(names: Sequence[str], weights: Mapping[str, float]) -> Sequence[float]:
    """For each of *names* the mean weight of its words."""
    return [_words_known_of(it, weights) for it in names] if weights else [0.0] * len(names)


def _words_known_of(name: str, weights: Mapping[str, float]) -> float:
    words = _words(name)
    get = weights.get
    return sum([get(it, 0.0) for it in words]) / len(words)


@lru_cache(maxsize=_WORDS_KEPT)
def _words(name: str) -> tuple[str, ...]:
    return tuple(it.lower() for it in words_of(name)) or (name,)


def _in_windows(place: Place, reading: Reading) -> _Seen:
    windows, size = reading.windows, len(reading.number)
    if not size:
        return _Seen({}, np.zeros((len(_OF_SIMILAR), 1)), {})
    scores = np.array([it.score for it in windows], np.float64)
    shares, bests = scores / (sum([it.score for it in windows[:12]]) or 1.0), scores / windows[0].score
    # Each name of each window, and there the likeliest of the lines that hold it.
    keys = reading.window_of[reading.used_on] * size + reading.used
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    alike = np.maximum.reduceat(reading.carried[reading.used_on[order]], starts)
    of, at = np.divmod(keys[starts], size)
    best, most_alike = np.zeros(size), np.zeros(size)
    np.maximum.at(best, at, bests[of])
    np.maximum.at(most_alike, at, alike)
    share = shares[of]
    seen = np.stack([np.bincount(at, share, size), best, most_alike, np.bincount(at, alike * share, size)])
    return _Seen(reading.number, seen, _following(place.last_name, reading, shares))


def _following(name: str, reading: Reading, shares: NDArray[np.float64]) -> Mapping[str, float]:
    """What comes right after *name* on a line, with the sum of the *shares* of the windows it does so in."""
    follows: dict[str, float] = {}
    if name in reading.number:
        names = list(reading.number)
        (at,) = np.nonzero(reading.used[:-1] == reading.number[name])
        at = at[reading.used_on[at] == reading.used_on[at + 1]]
        windows = reading.window_of[reading.used_on[at]]
        for after, share in zip(reading.used[at + 1].tolist(), shares[windows].tolist(), strict=True):
            follows[names[after]] = follows.get(names[after], 0.0) + share
    return follows
