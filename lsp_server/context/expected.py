"""Names that are likely to be written at the cursor next, each with what speaks for it.

Candidates are names of similar code, members of the classes and modules the code touches, names that the
file imports, and names of the file itself that other files define. `FEATURES` says what is known of each;
a small model fitted on other repositories turns that into a probability.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsp_server.context.everyday_names import KEYWORDS
from lsp_server.context.learned import Floats
from lsp_server.context.name_words import (
    FORMS,
    NAME_MIN_CHARACTERS,
    SELDOM_MEANT,
    Doubles,
    NameWords,
    name_words,
)
from lsp_server.context.owners import Owner
from lsp_server.context.place import Place
from lsp_server.context.reading import Reading
from lsp_server.context.types import ENCLOSING
from lsp_server.index.names import Named, Names
from lsp_server.index.numbers import Ints
from lsp_server.index.packed import KINDS
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition

FEATURES = (
    "near", "on_line", "in_file", "is_new", "imported", "only_imported", "rarity", "similar", "similar_best",
    "alike", "alike_all", "follows", "member", "member_of_receiver", "after_dot", "member_after_dot",
    "definitions", "definitions_none", "in_imported_file", "in_folder", "is_function", "is_class", "is_field",
    "is_private", "is_capital", "is_short", "is_everyday", "at_line_start",
    "words_near", "words_on_line", "expects_class", "class_expected",
)  # fmt: skip
DEFINITIONS_MAX = 12
_OF_SIMILAR = ("similar", "similar_best", "alike", "alike_all")  # in the order of FEATURES and `_Seen.of`
# By a kind's number; behind the last is that of no definition.
_FUNCTIONS, _CLASSES, _FIELDS = (
    np.array([it in kinds for it in (*KINDS, "")])
    for kinds in (("function", "method", "macro"), ("class", "type"), ("field",))
)
CROWD, CLOSE_CROWD = 400, 0.6  # of so many members each is hardly likelier for being one
WORDS_NEAR = 0.5  # of a name's words, by the weight of the names near that have them, are enough to be one
CLOSE_OWNER = 0.4  # members of an owner further away are candidates only if something else speaks for them


Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    names: Sequence[str]
    features: Floats  # (names, FEATURES)
    is_new: Bools  # whether the document does not have it
    similar: Ints  # its number in the similar code that was read, -1 for none
    meant: "Meant"
    owner: Sequence[str]  # why it is a candidate as a member, "" if it is none


class Meant:
    """Of each name the definition of another file that is most likely meant, made when it is asked for."""

    def __init__(self, names: Names, numbers: Ints) -> None:
        """*numbers* has -1 where there is none."""
        self._names, self._numbers = names, numbers
        self.is_there: Bools = numbers >= 0

    def of(self, rows: Sequence[int]) -> list[Definition]:
        return self._names.definitions_of(self._numbers[rows].tolist())

    def places(self) -> tuple[NDArray[np.intp], list[str]]:
        """Which of the paths each is in, and the paths, the last of which is that of no definition."""
        at = np.full(len(self._numbers), -1)
        at[self.is_there], paths = self._names.places_of(self._numbers[self.is_there])
        return at, [*paths, ""]

    def kinds(self) -> NDArray[np.uint8]:
        """The kind of each, as a number into `KINDS`; behind its end if there is none."""
        kinds = np.full(len(self._numbers), len(KINDS), np.uint8)
        kinds[self.is_there] = self._names.kinds_of(self._numbers[self.is_there])
        return kinds


_Member = tuple[float, bool, int, str]  # weight, of the receiver, which, of whom


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
    seen = _in_windows(place, reading.of_others())
    words = name_words()
    near_words = words.weights(place.weights)
    member = _members(place, owners, seen, words, near_words)
    named, numbers_of = _sought(snapshot, place, seen, member, words)
    counts, numbers = _likeliest(snapshot, place, named, is_hidden)
    times, number = place.known.get, seen.number.get
    count = len(named.names)
    in_file = np.fromiter(map(times, named.names, repeat(0)), np.int64, count)
    similar = np.fromiter(map(number, named.names, repeat(-1)), np.intp, count)
    as_member = {row: known for row, it in enumerate(named.names) if (known := member.get(it)) is not None}
    _mean_members(snapshot, place, as_member, numbers, is_hidden)
    rows = np.flatnonzero((numbers >= 0) | ((in_file == 0) & (similar >= 0)))
    row_of = {row: number for number, row in enumerate(rows.tolist())}
    candidates = _Rows(
        named.of(rows), Meant(snapshot.names, numbers[rows]),
        {row_of[row]: it for row, it in as_member.items() if row in row_of},
        in_file[rows], similar[rows], counts[rows], numbers_of[rows],
    )  # fmt: skip
    owner_of = [""] * len(rows)
    for row, known in candidates.as_member.items():
        owner_of[row] = known[3]
    return Expected(
        candidates.named.names, _features(snapshot, place, seen, candidates, words, near_words),
        candidates.in_file == 0, candidates.similar, candidates.meant, owner_of,
    )  # fmt: skip


def _members(
    place: Place, owners: Sequence[Owner], seen: "_Seen", words: NameWords, near_words: Doubles
) -> dict[str, _Member]:
    """What the owners hold that is worth a thought, each name with its weightiest owner."""
    member: dict[str, _Member] = {}
    is_close = [it.weight >= (CLOSE_OWNER if it.count <= CROWD else CLOSE_CROWD) for it in owners]
    far = set().union(*[it.members for it, close in zip(owners, is_close, strict=True) if not close])
    said = far.intersection(seen.number) | (far & place.vicinity)
    unsaid = list(far - said)
    near = words.known(words.numbers(unsaid), near_words) >= WORDS_NEAR
    said.update(compress(unsaid, near.tolist()))
    for owner, close in zip(owners, is_close, strict=True):
        members = owner.members
        for name in members if close else [it for it in members if it in said]:
            there = member.get(name)
            if (there is None or there[0] < owner.weight) and not name.startswith("__"):
                member[name] = (owner.weight, owner.is_receiver, members[name], owner.name)
    return member


def _sought(
    snapshot: Snapshot, place: Place, seen: "_Seen", member: Mapping[str, _Member], words: NameWords
) -> tuple[Named, Ints]:
    """The names that files may define and that may be meant at the cursor, and their numbers in *words*."""
    further = place.vicinity.difference(seen.number, member)
    names = [*dict.fromkeys((*seen.number, *member, *sorted(further), *sorted(place.imported)))]
    numbers = words.numbers(names)
    named = snapshot.names.numbered(names, words.terms(numbers, snapshot.names.settled))
    rows = np.flatnonzero(named.may_be_defined)
    is_meant = (words.forms(numbers[rows]) & SELDOM_MEANT) == 0
    for at in np.flatnonzero(~is_meant).tolist():
        is_meant[at] = _may_be_meant(place, names[rows[at]], seen, member)
    rows = rows[is_meant]
    return named.of(rows), numbers[rows]


def _may_be_meant(place: Place, name: str, seen: "_Seen", member: Mapping[str, _Member]) -> bool:
    """Whether something speaks for *name*, though such names are seldom meant."""
    as_member = member.get(name)
    if name in KEYWORDS or (len(name) < NAME_MIN_CHARACTERS and as_member is None):
        return False
    is_close = as_member is not None and as_member[0] >= CLOSE_OWNER
    return (
        name[0] != "_"
        or name in seen.number
        or place.known.get(name, 0) > 0
        or place.receiver in ENCLOSING
        or is_close
    )


def _likeliest(
    snapshot: Snapshot, place: Place, named: Named, is_hidden: Callable[[str], bool]
) -> tuple[Ints, Ints]:
    """How many definitions each name has, and the number of that which is most likely meant; -1 if there are
    too many, or all are in this file or may not be shown."""
    ranks = dict.fromkeys(snapshot.modules.in_folder(place.folder), 1)
    for paths, more in ((place.recent.rank, 2), (frozenset(place.imported_paths), 4)):
        for path in paths:
            ranks[path] = ranks.get(path, 0) + more
    ranks[place.path] = -1
    while True:
        counts, found = snapshot.names.likeliest(named, ranks, at_most=DEFINITIONS_MAX)
        _, paths_found = snapshot.names.places_of(found[found >= 0])
        hidden = list(filter(is_hidden, paths_found))
        if not hidden:
            return counts, found
        ranks |= dict.fromkeys(hidden, -1)


def _mean_members(
    snapshot: Snapshot,
    place: Place,
    as_member: Mapping[int, _Member],
    numbers: Ints,
    is_hidden: Callable[[str], bool],
) -> None:
    """What is a member, by row, is meant as that in *numbers*."""
    found = np.array([it for _, _, it, _ in as_member.values()], np.int64)
    at, paths = snapshot.names.places_of(found)
    may_be_shown = np.array([it != place.path and not is_hidden(it) for it in paths], bool)[at]
    numbers[np.array([*as_member], np.intp)[may_be_shown]] = found[may_be_shown]


class _Rows(NamedTuple):
    """What was found of each candidate, in columns."""

    named: Named
    meant: Meant
    as_member: Mapping[int, _Member]  # by row
    in_file: Ints
    similar: Ints  # its number in `_Seen`, -1 for none
    elsewhere: Ints  # definitions
    numbers: Ints  # in `NameWords`


def _features(
    snapshot: Snapshot, place: Place, seen: _Seen, rows: _Rows, words: NameWords, near_words: Doubles
) -> Floats:
    """(names, FEATURES), filled column by column, which is much quicker than row by row."""
    names, count = rows.named.names, len(rows.named.names)
    row_of = {name: row for row, name in enumerate(names)}
    in_file = rows.in_file.astype(np.float32)
    as_member, of_receiver = np.zeros(count, np.float32), np.zeros(count, np.float32)
    for row, (weight, is_receiver, _, _) in rows.as_member.items():
        as_member[row], of_receiver[row] = weight, is_receiver
    is_imported = _column(dict.fromkeys(place.imported, 1.0), row_of)
    at, paths = rows.meant.places()
    imported_files = frozenset(place.imported_paths)
    kind = rows.meant.kinds()
    is_class = _CLASSES[kind]
    numbers = rows.numbers
    forms = words.forms(numbers)
    line_words = words.weights(dict.fromkeys(place.line_names, 1.0))
    found: dict[str, ArrayLike] = {
        "near": _column(place.weights, row_of),
        "on_line": _column(dict.fromkeys(place.line_names, 1.0), row_of),
        "in_file": np.log1p(in_file),
        "is_new": in_file == 0,
        "imported": is_imported,
        "only_imported": is_imported * (in_file == 1),
        "rarity": snapshot.names.rarities(rows.named),
        "follows": _column(seen.follows, row_of),
        "member": as_member,
        "member_of_receiver": of_receiver,
        "after_dot": place.is_after_dot,
        "member_after_dot": as_member * place.is_after_dot,
        "definitions": np.log1p(rows.elsewhere.astype(np.float32)),
        "definitions_none": ~rows.meant.is_there,
        "in_imported_file": np.array([it in imported_files for it in paths], bool)[at],
        "in_folder": np.array([it.rpartition("/")[0] == place.folder for it in paths], bool)[at],
        "is_function": _FUNCTIONS[kind],
        "is_class": is_class,
        "is_field": _FIELDS[kind],
        **{feature: (forms & bit) > 0 for feature, bit in FORMS.items()},
        "at_line_start": not place.line_names,
        "words_near": words.known(numbers, near_words),
        "words_on_line": words.known(numbers, line_words),
        "expects_class": place.expects_class,
        "class_expected": is_class * place.expects_class,
    }
    features = np.empty((len(FEATURES), count), np.float32)
    for number, feature in enumerate(FEATURES):
        if feature in found:
            features[number] = found[feature]
    first, similar = FEATURES.index(_OF_SIMILAR[0]), rows.similar
    features[first : first + len(_OF_SIMILAR)] = np.where(similar >= 0, seen.of[:, similar], 0.0)
    return features.T


def _column(values: Mapping[str, float], row_of: Mapping[str, int]) -> Floats:
    """The value of each name; most have none."""
    column = np.zeros(len(row_of), np.float32)
    for name, value in values.items():
        row = row_of.get(name)
        if row is not None:
            column[row] = value
    return column


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
