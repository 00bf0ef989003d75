"""The definitions of many files together, found by name and by owner: counted through, made when asked for.

Immutable. What is asked of hundreds of names at once is asked of arrays.
"""

import re
import sys
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, repeat
from typing import overload

import numpy as np
from numpy.typing import NDArray

from lsp_server.index.file import IndexedFile
from lsp_server.index.numbers import Ints
from lsp_server.syntax.outline import Definition

CLASS_KINDS = ("class", "type")
_AT_ONCE_MAX = 12  # definitions of one name; of more, many who ask want but their number
_MADE_MAX = 24_000  # what was asked for is kept, until there is so much
_MACROS_MAX = 400
_OWNERS_KEPT = 1_000  # whose members' names are
_IN_FILES_KEPT = 1_000  # names that were asked for in one file
_NONE: Ints = np.zeros(0, np.int32)
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


class Defined:
    """Definitions have numbers, in the order of their files. So have names: those of the *vocabulary*, which
    may have more, then one for all that are unknown, then names that are defined and are in no vocabulary."""

    def __init__(self, files: Sequence[IndexedFile], vocabulary: Mapping[str, int]) -> None:
        self._files = [it.definitions for it in files]
        self._is_rust = [it.language == "rust" for it in files]
        self._vocabulary = vocabulary
        self._firsts = list(accumulate(map(len, self._files), initial=0))
        self._first_numbers = np.array(self._firsts[:-1], np.int64)
        self._made: dict[int, Definition] = {}
        self._members: dict[str, Mapping[str, int]] = {}
        self._in_file: dict[tuple[int, str], Sequence[Definition]] = {}
        self._count_through()

    def __len__(self) -> int:
        return self._firsts[-1]

    # By name

    def definitions(self, name: str) -> Sequence[Definition]:
        """Every definition of *name*, in order."""
        return self._found(self._numbers(name))

    def definitions_in(self, file: int, name: str) -> Sequence[Definition]:
        """Those in one file."""
        known = self._in_file.get((file, name))
        if known is None:
            if len(self._in_file) >= _IN_FILES_KEPT:
                self._in_file.clear()
            known = self._in_file[file, name] = self._definitions_in(file, name)
        return known

    def _definitions_in(self, file: int, name: str) -> Sequence[Definition]:
        numbers = self._numbers(name)
        first, behind = self.numbers_in(file)
        if len(numbers) > _AT_ONCE_MAX:
            numbers = numbers[slice(*np.searchsorted(numbers, (first, behind)))]
        return [self.definition(it) for it in numbers.tolist() if first <= it < behind]

    def names(self) -> set[str]:
        has_any = self._by_name.counts > 0
        return {*self._unused, *(name for name, term in self._vocabulary.items() if has_any[term])}

    def terms(self, names: Sequence[str]) -> Ints:
        """The numbers of *names*."""
        if not self._files:
            return np.zeros(len(names), np.int64)
        unknown, term, unused = len(self._vocabulary), self._vocabulary.get, self._unused
        found = np.fromiter(map(term, names, repeat(unknown)), np.int64, len(names))
        for row in np.flatnonzero(found == unknown).tolist() if unused else ():
            found[row] = unused.get(names[row], unknown)
        return found

    def counts(self, terms: Ints) -> Ints:
        """How many definitions each of *terms* has."""
        return self._by_name.counts[terms]

    def likeliest(self, terms: Ints, rank_of_file: NDArray[np.int64]) -> tuple[Ints, Ints]:
        """The number of each term's first definition in files of the highest rank, and that rank.

        A rank of -1 means never, and is that of a name without any.
        """
        chosen, chosen_ranks = np.full(len(terms), -1), np.full(len(terms), -1)
        counts = self.counts(terms)
        has_any = counts > 0
        if has_any.any():
            counts = counts[has_any]
            starts = np.cumsum(counts) - counts
            flat = self._by_name.of_all(terms[has_any], counts, starts)
            size = len(flat)
            # The higher the rank, and then the earlier it stands, the more.
            worth = rank_of_file[self.files_of(flat)] * size + np.arange(size - 1, -1, -1)
            best = np.maximum.reduceat(worth, starts)
            chosen[has_any] = flat[size - 1 - best % size]
            chosen_ranks[has_any] = best // size
        return chosen, chosen_ranks

    # By owner

    def members(self, owner: str) -> Sequence[Definition]:
        """What stands right in the classes, types and modules that are called *owner*."""
        return self._found(self.member_numbers(owner))

    def member_numbers(self, owner: str) -> Ints:
        number = self._owners.get(owner)
        return _NONE if number is None else self._by_owner.of(number)

    def first_members(self, owner: str) -> Mapping[str, int]:
        """The number of the first member of each name."""
        known = self._members.get(owner)
        if known is None:
            found: dict[str, int] = {}
            for it in self.member_numbers(owner).tolist():
                found.setdefault(self.name_of(it), it)
            if len(self._members) >= _OWNERS_KEPT:
                self._members.clear()
            known = self._members[owner] = found
        return known

    # Classes

    @cached_property
    def classes_alike(self) -> Mapping[str, list[str]]:
        """Lower-case name, or its last words → the classes so called: "response" → HttpResponse."""
        found: dict[str, list[str]] = {}
        for name in self.class_names:
            words = words_of(name)
            for count in {1, 2, len(words)} if words else ():
                found.setdefault("".join(words[-count:]).lower(), []).append(name)
        return found

    # By number

    def definition(self, number: int) -> Definition:
        known = self._made.get(number)
        if known is None:
            at = bisect_right(self._firsts, number) - 1
            if len(self._made) >= _MADE_MAX:
                self._made.clear()
            known = self._made[number] = self._files[at].at(number - self._firsts[at])
        return known

    def definitions_of(self, numbers: Iterable[int]) -> list[Definition]:
        """The same as `definition` of each, sooner where most were made before."""
        known, make = self._made.get, self.definition
        return [made if (made := known(it)) is not None else make(it) for it in numbers]

    def files_of(self, numbers: Ints) -> NDArray[np.intp]:
        """The number of the file that each is in."""
        return np.searchsorted(self._first_numbers, numbers, side="right") - 1

    def kinds_of(self, numbers: Ints) -> NDArray[np.uint8]:
        """The kind of each, as a number into `packed.KINDS`."""
        return self._kinds[numbers]

    def name_of(self, number: int) -> str:
        at = bisect_right(self._firsts, number) - 1
        return self._files[at].name_at(number - self._firsts[at])

    def numbers_in(self, file: int) -> tuple[int, int]:
        """The number of the first definition in a file, and the one behind its last."""
        return self._firsts[file], self._firsts[file + 1]

    def _numbers(self, name: str) -> Ints:
        term = self._vocabulary.get(name)
        if term is None:
            term = self._unused.get(name)
        return _NONE if term is None else self._by_name.of(term)

    def _found(self, numbers: Ints) -> Sequence[Definition]:
        if len(numbers) > _AT_ONCE_MAX:
            return ManyDefinitions(self, numbers)
        return [self.definition(it) for it in numbers.tolist()] if len(numbers) else ()

    def _count_through(self) -> None:
        terms: list[int] = []
        owned: list[int] = []
        owners: list[int] = []
        self._owners: dict[str, int] = {}  # the last name of the owner's → its number
        self._unused: dict[str, int] = {}
        classes: set[str] = set()
        self.macros: list[tuple[str, str, int]] = []  # of Rust: (path, name, number)
        term_of, behind = self._vocabulary.get, len(self._vocabulary) + 1
        for file, is_rust in zip(self._files, self._is_rust, strict=True):
            for name, owner, kind in file.heads():
                if owner:
                    last = owner.rpartition(".")[2]
                    owners.append(self._owners.setdefault(sys.intern(last), len(self._owners)))
                    owned.append(len(terms))
                term = term_of(name)
                if term is None:
                    term = self._unused.setdefault(name, behind + len(self._unused))
                if is_rust and kind == "macro" and not owner and len(self.macros) < _MACROS_MAX:
                    self.macros.append((file.path, name, len(terms)))
                terms.append(term)
                if kind in CLASS_KINDS:
                    classes.add(sys.intern(name))
        self.class_names: Collection[str] = classes
        self._by_name = _Grouped(terms, behind + len(self._unused), np.arange(len(terms), dtype=np.int32))
        self._by_owner = _Grouped(owners, len(self._owners), np.array(owned, np.int32))
        self._kinds = np.concatenate([np.zeros(0, np.uint8), *(it.kinds() for it in self._files)])


class _Grouped:
    """The numbers of definitions by what they have in common."""

    def __init__(self, groups: Sequence[int], count: int, numbers: Ints) -> None:
        group_of = np.array(groups, np.int64)
        self._numbers = numbers[np.argsort(group_of, kind="stable")]
        self.counts: Ints = np.bincount(group_of, minlength=count).astype(np.int32)
        # An array gives Python's own numbers, which are quicker than numpy's.
        self._bounds = array("i", [0, *np.cumsum(self.counts).tolist()])

    def of(self, group: int) -> Ints:
        """Ascending."""
        return self._numbers[self._bounds[group] : self._bounds[group + 1]]

    def of_all(self, groups: Ints, counts: Ints, starts: Ints) -> Ints:
        """Those of all *groups*, one after the other: *counts* of each, from *starts* on."""
        at = np.repeat(np.frombuffer(self._bounds, np.int32)[groups] - starts, counts)
        at += np.arange(len(at))
        found: Ints = self._numbers[at]
        return found


class ManyDefinitions(Sequence[Definition]):
    """Those of a name that is everywhere: mostly asked for how many they are. They are made one by one."""

    def __init__(self, of: Defined, numbers: Ints, more: Sequence[Definition] = ()) -> None:
        self._of, self._numbers, self._more = of, numbers, more

    def __len__(self) -> int:
        return len(self._numbers) + len(self._more)

    def __iter__(self) -> Iterator[Definition]:
        yield from map(self._of.definition, self._numbers.tolist())
        yield from self._more

    @overload
    def __getitem__(self, at: int) -> Definition: ...
    @overload
    def __getitem__(self, at: slice) -> list[Definition]: ...
    def __getitem__(self, at: int | slice) -> Definition | list[Definition]:
        if isinstance(at, slice):
            return [self[it] for it in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        count = len(self._numbers)
        return self._of.definition(int(self._numbers[at])) if at < count else self._more[at - count]

    def changed(self, gone: Iterable[int], more: Sequence[Definition]) -> "ManyDefinitions":
        """Without those of the files that are *gone*, and with *more* behind them."""
        numbers = self._numbers
        for first, behind in map(self._of.numbers_in, gone):
            start, end = np.searchsorted(numbers, (first, behind)).tolist()
            if start < end:
                numbers = np.delete(numbers, np.s_[start:end])
        return ManyDefinitions(self._of, numbers, [*self._more, *more])


def words_of(name: str) -> list[str]:
    """`HTTPResponse_head` → HTTP, Response, head."""
    return _WORD.findall(name)
