"""What is asked of hundreds of names at once: each is looked up once, the rest is done with arrays.

A definition has a number here and need not be made; the number means nothing in another snapshot.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lsp_server.index.defined import Defined
from lsp_server.index.file import IndexedFile, NumberedName
from lsp_server.index.files import Files
from lsp_server.index.numbers import Ints
from lsp_server.syntax.outline import Definition

_OWNERS_KEPT = 1_000  # whose members' names are


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """Names and their numbers in the corpora of one snapshot."""

    names: Sequence[str]
    settled: Ints
    changed: Ints
    may_be_defined: NDArray[np.bool_]  # cheaper than to ask for definitions, and misses none

    def of(self, rows: NDArray[np.intp]) -> "Named":
        """Those with these numbers among all."""
        return Named(
            [self.names[it] for it in rows.tolist()],
            self.settled[rows],
            self.changed[rows],
            self.may_be_defined[rows],
        )


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Names:
    """The same object while the files are the same."""

    _files: Files
    _members: dict[str, tuple[int, Mapping[str, int]]] = field(default_factory=dict)

    @property
    def settled(self) -> Defined:
        """What stays the same while files change: worth remembering what it said."""
        return self._files.settled.defined

    def numbered(self, names: Sequence[str], terms: Ints | None = None) -> Named:
        """*terms* are their numbers among the `settled`, if they are known."""
        settled, changed = self._files.settled.defined, self._files.changed.defined
        terms, others = settled.terms(names) if terms is None else terms, changed.terms(names)
        return Named(names, terms, others, (settled.counts(terms) > 0) | (changed.counts(others) > 0))

    def rarities(self, named: Named) -> NDArray[np.float64]:
        """See `Snapshot.rarity`."""
        files = self._files
        counts = files.settled.file_counts(named.settled) + files.changed.file_counts(named.changed)
        return np.log(1 + files.count / (1 + counts))

    def likeliest(self, named: Named, ranks: Mapping[str, int], *, at_most: int) -> tuple[Ints, Ints]:
        """How many definitions each has, and the number of the first of them in files of the highest rank.

        *ranks* has those of paths, 0 for others. Nothing is taken of a file of rank -1, nor any of more than
        *at_most* definitions: then the number is -1.
        """
        settled, changed, gone = self._files.settled, self._files.changed, self._files.gone
        counts = settled.defined.counts(named.settled) + changed.defined.counts(named.changed)
        if gone:
            rows = {name: row for row, name in enumerate(named.names)}
            for path in gone:
                defined = _names_defined(settled.files[path])
                for name in rows.keys() & defined.keys():
                    counts[rows[name]] -= defined[name]
        (few,) = np.nonzero((counts > 0) & (counts <= at_most))
        first, rank = settled.likeliest(named.settled[few], {**ranks, **dict.fromkeys(gone, -1)})
        found = np.full(len(named.names), -1)
        found[few] = np.where(rank >= 0, first, -1)
        if changed.files:
            other, other_rank = changed.likeliest(named.changed[few], ranks)
            is_other = (other_rank >= 0) & (other_rank > rank)
            found[few[is_other]] = len(settled.defined) + other[is_other]
        return counts, found

    def first_members(self, owner: str) -> tuple[int, Mapping[str, int]]:
        """How many members *owner* has, and the number of the first of each name."""
        known = self._members.get(owner)
        if known is None:
            if len(self._members) >= _OWNERS_KEPT:
                self._members.clear()
            known = self._members[owner] = self._first_members(owner)
        return known

    def _first_members(self, owner: str) -> tuple[int, Mapping[str, int]]:
        settled, changed = self._files.settled.defined, self._files.changed.defined
        numbers, more = settled.member_numbers(owner), changed.member_numbers(owner)
        is_gone = np.zeros(len(self._files.settled.files) + 1, bool)
        is_gone[self._files.gone_numbers()] = True
        is_left = ~is_gone[settled.files_of(numbers)]
        if is_left.all() and not len(more):
            return len(numbers), settled.first_members(owner)
        left, behind = numbers[is_left].tolist(), len(settled)
        first: dict[str, int] = {}
        for it in left:
            first.setdefault(settled.name_of(it), it)
        for it in more.tolist():
            first.setdefault(changed.name_of(it), behind + it)
        return len(left) + len(more), first

    def macros(self) -> list[tuple[str, str, int]]:
        """Rust's, which are in scope without an import: (path, name, number)."""
        settled, changed, gone = self._files.settled.defined, self._files.changed.defined, self._files.gone
        found = [it for it in settled.macros if it[0] not in gone] if gone else settled.macros
        return [*found, *((path, name, len(settled) + number) for path, name, number in changed.macros)]

    def numbers_of(self, names: Iterable[NumberedName]) -> list[int]:
        """Of files that are known."""
        first: dict[str, int] = {}
        found: list[int] = []
        for _, path, number in names:
            start = first.get(path)
            if start is None:
                start = first[path] = self._first_in(path)
            found.append(start + number)
        return found

    def _first_in(self, path: str) -> int:
        settled, changed = self._files.settled, self._files.changed
        if path in changed.files:
            return len(settled.defined) + changed.defined.numbers_in(changed.file_number[path])[0]
        return settled.defined.numbers_in(settled.file_number[path])[0]

    def definitions_in(self, path: str, name: str) -> Sequence[Definition]:
        """Those of *name* in the file at *path*, in order; none of the others is made."""
        files = self._files
        if path in files.changed.files:
            return files.changed.defined.definitions_in(files.changed.file_number[path], name)
        number = None if path in files.gone else files.settled.file_number.get(path)
        return () if number is None else files.settled.defined.definitions_in(number, name)

    def definition(self, number: int) -> Definition:
        settled, changed = self._files.settled.defined, self._files.changed.defined
        if number < len(settled):
            return settled.definition(number)
        return changed.definition(number - len(settled))

    def definitions_of(self, numbers: Sequence[int]) -> list[Definition]:
        settled = self._files.settled.defined
        if max(numbers, default=0) < len(settled):
            return settled.definitions_of(numbers)
        return list(map(self.definition, numbers))

    def places_of(self, numbers: Ints) -> tuple[NDArray[np.intp], list[str]]:
        """Which of the paths each of these definitions is in, and the paths."""
        settled, changed = self._files.settled, self._files.changed
        files, behind = settled.defined.files_of(numbers), len(settled.files)
        if changed.files:
            count = len(settled.defined)
            files = np.where(numbers < count, files, behind + changed.defined.files_of(numbers - count))
        is_there = np.bincount(files, minlength=1) > 0  # quicker than `np.unique`
        paths = np.flatnonzero(is_there).tolist()
        at = (np.cumsum(is_there) - 1)[files]
        if not changed.files:
            return at, settled.paths_of(paths)
        return at, [settled.path_of(it) if it < behind else changed.path_of(it - behind) for it in paths]

    def kinds_of(self, numbers: Ints) -> NDArray[np.uint8]:
        """The kind of each of these definitions, as a number into `packed.KINDS`."""
        settled, changed = self._files.settled.defined, self._files.changed.defined
        if not len(changed):
            return settled.kinds_of(numbers)
        is_settled = numbers < len(settled)
        kinds = np.empty(len(numbers), np.uint8)
        kinds[is_settled] = settled.kinds_of(numbers[is_settled])
        kinds[~is_settled] = changed.kinds_of(numbers[~is_settled] - len(settled))
        return kinds


@lru_cache(maxsize=256)
def _names_defined(file: IndexedFile) -> Mapping[str, int]:
    """How many definitions of each name *file* has."""
    return Counter(name for name, _, _ in file.definitions.heads())
