"""Many indexed files together: definitions by name, and BM25 over their windows.

Immutable. Built in one go, mostly inside numpy: the workers counted the identifiers already.
"""

import itertools
import math
import re
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from lsp_server.index.file import IndexedFile
from lsp_server.index.layout import WHOLE_FOLDER
from lsp_server.index.numbers import Ints
from lsp_server.index.packed import PackedDefinitions
from lsp_server.syntax.outline import Definition

# BM25, from the literature; b is lower than usual because windows have about the same length.
K1 = 1.2
B = 0.5

CLASS_KINDS = ("class", "type")
_AT_ONCE_MAX = 12  # definitions of one name; of more, many who ask want but their number
_MACROS_MAX = 400
_MADE_MAX = 24_000  # what was asked for is kept, until there is so much
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

Floats = NDArray[np.float32]


class Corpus:
    def __init__(self, files: Iterable[IndexedFile]) -> None:
        self.files: Mapping[str, IndexedFile] = {
            file.path: file for file in sorted(files, key=lambda it: it.path)
        }
        self._made: dict[int, Definition] = {}
        self.first_window: dict[str, int] = {}  # path → the number of its first window
        self._build_postings()

    def definitions(self, name: str) -> Sequence[Definition]:
        """Every definition of *name*, by path and line."""
        return self._found(self._numbers.by_name.get(name))

    @property
    def defined(self) -> Mapping[str, object]:
        """Has the names that are defined."""
        return self._numbers.by_name

    def members(self, owner: str) -> Sequence[Definition]:
        """What stands right in the classes, types and modules that are called *owner*."""
        return self._found(self._numbers.by_owner.get(owner))

    def is_class(self, name: str) -> bool:
        return name in self.class_names

    @property
    def class_names(self) -> Collection[str]:
        return self._numbers.classes

    def macros(self) -> Sequence[Definition]:
        """Rust's, which are in scope without an import."""
        return [self.definition(it) for it in self._numbers.macros[:_MACROS_MAX]]

    @cached_property
    def classes_alike(self) -> Mapping[str, list[str]]:
        """Lower-case name, or its last words → the classes so called: "response" → HttpResponse."""
        found: dict[str, list[str]] = {}
        for name in self.class_names:
            words = words_of(name)
            for count in {1, 2, len(words)} if words else ():
                found.setdefault("".join(words[-count:]).lower(), []).append(name)
        return found

    @cached_property
    def by_stem(self) -> Mapping[str, list[str]]:
        """Module name → paths; a package's own file counts under the package's name too."""
        found: dict[str, list[str]] = {}
        for path in self.files:
            parts = path.rpartition(".")[0].split("/")
            found.setdefault(parts[-1], []).append(path)
            if parts[-1] in WHOLE_FOLDER and len(parts) > 1:
                found.setdefault(parts[-2], []).append(path)
        return found

    def file_count(self, name: str) -> int:
        """In how many files *name* occurs."""
        term = self.vocabulary.get(name)
        return 0 if term is None else int(self._file_counts[term])

    def file_counts(self, names: Sequence[str]) -> Ints:
        """In how many files each of *names* occurs."""
        unknown = len(self.vocabulary)
        number = self.vocabulary.get
        return self._file_counts[[number(it, unknown) for it in names]]

    def window_count(self, name: str) -> int:
        """In how many windows *name* occurs."""
        term = self.vocabulary.get(name)
        return 0 if term is None else self._pointers[term + 1] - self._pointers[term]

    def windows_with(self, name: str) -> Ints:
        """The numbers of the windows that hold *name*, ascending."""
        term = self.vocabulary.get(name)
        if term is None:
            return np.zeros(0, np.int32)
        return self._rows[self._pointers[term] : self._pointers[term + 1]]

    def scores(self, weights: Mapping[str, float]) -> Floats:
        """The score of every window for a query: identifier → weight × idf."""
        result = np.zeros(len(self.windows), np.float32)
        for name, weight in weights.items():
            term = self.vocabulary.get(name)
            if term is not None:
                first, last = self._pointers[term], self._pointers[term + 1]
                result[self._rows[first:last]] += np.float32(weight) * self._impacts[first:last]
        return result

    def place(self, window: int) -> tuple[str, int]:
        """(path, number in that file) of a window."""
        path = self._paths[self._window_file[window]]
        return path, window - self.first_window[path]

    @cached_property
    def _numbers(self) -> "_Numbers":
        numbers = _Numbers({}, {}, set(), [])
        number = 0
        for file in self.files.values():
            for name, owner, kind in file.definitions.heads():
                _add(numbers.by_name, name, number)
                if owner:
                    _add(numbers.by_owner, owner.rpartition(".")[2], number)
                if kind in CLASS_KINDS:
                    numbers.classes.add(name)
                elif kind == "macro" and not owner and file.language == "rust":
                    numbers.macros.append(number)
                number += 1
        return numbers

    @cached_property
    def _first_definitions(self) -> tuple[list[int], list[PackedDefinitions]]:
        """The number of each file's first definition, and the files' definitions."""
        all_of_them = [it.definitions for it in self.files.values()]
        return list(accumulate(map(len, all_of_them), initial=0)), all_of_them

    def _found(self, numbers: int | list[int] | None) -> Sequence[Definition]:
        if numbers is None:
            return ()
        if isinstance(numbers, int):
            return (self.definition(numbers),)
        if len(numbers) > _AT_ONCE_MAX:
            return ManyDefinitions(self, numbers)
        return [self.definition(it) for it in numbers]

    def definition(self, number: int) -> Definition:
        known = self._made.get(number)
        if known is None:
            firsts, files = self._first_definitions
            at = bisect_right(firsts, number) - 1
            if len(self._made) >= _MADE_MAX:
                self._made.clear()
            known = self._made[number] = files[at].at(number - firsts[at])
        return known

    def counts(self, names: Sequence[str]) -> list[int]:
        """How many definitions each of *names* has."""
        found = map(self._numbers.by_name.get, names)
        return [0 if it is None else 1 if isinstance(it, int) else len(it) for it in found]

    def likeliest(
        self, names: Sequence[str], ranks: Mapping[str, int]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The number of each name's first definition in files of the highest rank, and that rank.

        *ranks* has those of paths, 0 for others; -1 means never, and is the rank of a name without any.
        """
        numbers: list[int] = []
        lengths: list[int] = []
        for it in map(self._numbers.by_name.get, names):
            if isinstance(it, int):
                numbers.append(it)
                lengths.append(1)
            elif it is None:
                lengths.append(0)
            else:
                numbers += it
                lengths.append(len(it))
        chosen, chosen_ranks = np.full(len(names), -1), np.full(len(names), -1)
        if numbers:
            rank_of_file = np.zeros(len(self._paths), np.int64)
            for path, rank in ranks.items():
                if (file := self._file_number.get(path)) is not None:
                    rank_of_file[file] = rank
            flat, size = np.array(numbers), len(numbers)
            files = np.searchsorted(self._first_numbers, flat, side="right") - 1
            # The higher the rank, and then the earlier it stands, the more.
            worth = rank_of_file[files] * size + np.arange(size - 1, -1, -1)
            counts = np.array(lengths, np.int64)
            has_any = counts > 0
            starts = (np.cumsum(counts) - counts)[has_any]
            best = np.maximum.reduceat(worth, starts)
            chosen[has_any] = flat[size - 1 - best % size]
            chosen_ranks[has_any] = best // size
        return chosen, chosen_ranks

    def unmade(self, number: int) -> "DefinitionAt":
        firsts, files = self._first_definitions
        at = bisect_right(firsts, number) - 1
        definitions = files[at]
        return DefinitionAt(self, number, definitions.path, definitions.kind_at(number - firsts[at]))

    @cached_property
    def _first_numbers(self) -> NDArray[np.int64]:
        return np.array(self._first_definitions[0][:-1], np.int64)

    @cached_property
    def _file_number(self) -> Mapping[str, int]:
        return {path: number for number, path in enumerate(self._paths)}

    def numbers_in(self, path: str) -> tuple[int, int]:
        """The number of the first definition in the file at *path*, and the one behind its last."""
        firsts, _ = self._first_definitions
        at = bisect_left(self._paths, path)
        if at == len(self._paths) or self._paths[at] != path:
            return 0, 0
        return firsts[at], firsts[at + 1]

    def _build_postings(self) -> None:
        rows, terms, counts, windows, lengths, window_file = [], [], [], [], [], []
        vocabulary: defaultdict[str, int] = defaultdict(itertools.count().__next__)
        seen: list[Ints] = []
        total = 0
        for number, file in enumerate(self.files.values()):
            numbers = np.fromiter(
                map(vocabulary.__getitem__, file.identifiers.names), np.int32, len(file.identifiers.names)
            )
            seen.append(numbers)
            self.first_window[file.path] = total
            rows.append(np.add(file.posting_window, total, dtype=np.int32))
            terms.append(numbers[file.posting_term])
            counts.append(file.posting_count)
            windows.append(file.windows)
            lengths.append(file.window_lengths)
            window_file.append(np.full(len(file.windows), number, np.int32))
            total += len(file.windows)
        self.vocabulary = dict(vocabulary)
        self._paths = list(self.files)
        self.windows: Ints = np.concatenate([np.zeros((0, 2), np.int32), *windows])
        self._window_file = _joined(window_file)
        all_terms, all_rows, lengths_all = _joined(terms), _joined(rows), _joined(lengths).astype(np.float32)
        order = _order(all_terms)
        self._rows = all_rows[order].astype(np.int32)
        tf = _joined(counts).astype(np.float32)
        average = max(1e-6, float(lengths_all.mean())) if total else 1.0
        norm = K1 * (1 - B + B * lengths_all[all_rows] / average) if total else tf
        self._impacts: Floats = (tf / (tf + norm))[order].astype(np.float32)
        per_term = np.bincount(all_terms, minlength=len(vocabulary))
        # An array gives Python's own numbers, which are quicker than numpy's, and takes a ninth of a list.
        self._pointers = array("i", [0, *np.cumsum(per_term).tolist()])
        # And one more, for all that is unknown.
        self._file_counts = np.bincount(_joined(seen), minlength=len(vocabulary) + 1)


class DefinitionAt(NamedTuple):
    """A definition that need not be made before it is shown."""

    corpus: Corpus
    number: int
    path: str
    kind: str

    def made(self) -> Definition:
        return self.corpus.definition(self.number)


class ManyDefinitions(Sequence[Definition]):
    """Those of a name that is everywhere: mostly asked for how many they are. They are made one by one."""

    def __init__(self, corpus: Corpus, numbers: Sequence[int], more: Sequence[Definition] = ()) -> None:
        self._corpus, self._numbers, self._more = corpus, numbers, more

    def __len__(self) -> int:
        return len(self._numbers) + len(self._more)

    def __iter__(self) -> Iterator[Definition]:
        yield from map(self._corpus.definition, self._numbers)
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
        return self._corpus.definition(self._numbers[at]) if at < count else self._more[at - count]

    def changed(self, gone: Iterable[str], more: Sequence[Definition]) -> "ManyDefinitions":
        """Without those of the files that are *gone*, and with *more* behind them."""
        numbers = list(self._numbers)
        for first, last in map(self._corpus.numbers_in, gone):
            del numbers[bisect_left(numbers, first) : bisect_left(numbers, last)]
        return ManyDefinitions(self._corpus, numbers, [*self._more, *more])


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Definitions, counted over all files in order: one number, or several."""

    by_name: dict[str, int | list[int]]
    by_owner: dict[str, int | list[int]]  # the last name of the owner's
    classes: set[str]
    macros: list[int]  # of Rust, in scope without an import


def _add(numbers: dict[str, int | list[int]], key: str, number: int) -> None:
    known = numbers.get(key)
    if known is None:
        numbers[sys.intern(key)] = number
    elif isinstance(known, int):
        numbers[key] = [known, number]
    else:
        known.append(number)


def _order(terms: Ints) -> Ints:
    """What sorts *terms* and leaves equal ones in order. numpy sorts by counting where numbers are short: two
    such rounds take a third of the time of one for long numbers."""
    low = np.argsort((terms & 0xFFFF).astype(np.uint16), kind="stable")
    high = (terms >> 16).astype(np.uint16)
    return low if not high.any() else low[np.argsort(high[low], kind="stable")]


def words_of(name: str) -> list[str]:
    """`HTTPResponse_head` → HTTP, Response, head."""
    return _WORD.findall(name)


def idf(count: int, total: int) -> float:
    """How much a name says that occurs in *count* of *total* windows."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, np.int32)
