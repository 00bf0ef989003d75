"""Many indexed files together: what they define, and BM25 over their windows.

Immutable. Built in one go, mostly inside numpy: the workers counted the identifiers already.
"""

import itertools
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lsp_server.index.defined import Defined
from lsp_server.index.file import IndexedFile
from lsp_server.index.layout import WHOLE_FOLDER
from lsp_server.index.numbers import Ints

# BM25, from the literature; b is lower than usual because windows have about the same length.
K1 = 1.2
B = 0.5

Floats = NDArray[np.float32]


class Corpus:
    def __init__(self, files: Iterable[IndexedFile]) -> None:
        self.files: Mapping[str, IndexedFile] = {
            file.path: file for file in sorted(files, key=lambda it: it.path)
        }
        self.first_window: dict[str, int] = {}  # path → the number of its first window
        self._build_postings()

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

    def file_counts(self, terms: Ints) -> Ints:
        """In how many files each of *terms* occurs, numbered as `Defined.terms` does."""
        return self._file_counts[np.minimum(terms, len(self.vocabulary))]

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
        known = [(self.vocabulary[name], it) for name, it in weights.items() if name in self.vocabulary]
        if known:
            spans = [slice(self._pointers[term], self._pointers[term + 1]) for term, _ in known]
            impacts = np.concatenate([self._impacts[it] for it in spans])
            impacts *= np.repeat(
                np.array([it for _, it in known], np.float32), [it.stop - it.start for it in spans]
            )
            # One after the other: what is added in another order is rounded in another way.
            np.add.at(result, np.concatenate([self._rows[it] for it in spans]), impacts)
        return result

    def places(self, windows: Ints) -> tuple[list[str], NDArray[np.intp], Ints]:
        """The paths of the files that *windows* are in, in order, which of them each is in, and its number
        there."""
        files = self._window_file[windows]
        is_there = np.zeros(len(self._paths), bool)
        is_there[files] = True
        at = (np.cumsum(is_there) - 1)[files]
        return self.paths_of(np.flatnonzero(is_there).tolist()), at, windows - self._first_windows[files]

    @cached_property
    def defined(self) -> Defined:
        """What the files define; looked through when first asked for."""
        return Defined(list(self.files.values()), self.vocabulary)

    def work_ahead(self) -> None:
        """Make what is made when it is first asked for."""
        _ = self.defined.classes_alike, self.by_stem, self.file_number

    def likeliest(self, terms: Ints, ranks: Mapping[str, int]) -> tuple[Ints, Ints]:
        """As `Defined.likeliest`; *ranks* has those of paths, 0 for others."""
        rank_of_file = np.zeros(len(self._paths), np.int64)
        for path, rank in ranks.items():
            if (file := self.file_number.get(path)) is not None:
                rank_of_file[file] = rank
        return self.defined.likeliest(terms, rank_of_file)

    def path_of(self, file: int) -> str:
        return self._paths[file]

    def paths_of(self, files: Iterable[int]) -> list[str]:
        paths = self._paths
        return [paths[it] for it in files]

    @cached_property
    def file_number(self) -> Mapping[str, int]:
        return {path: number for number, path in enumerate(self._paths)}

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
        self._first_windows = np.fromiter(self.first_window.values(), np.int32, len(self.first_window))
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


def _order(terms: Ints) -> Ints:
    """What sorts *terms* and leaves equal ones in order. numpy sorts by counting where numbers are short: two
    such rounds take a third of the time of one for long numbers."""
    low = np.argsort((terms & 0xFFFF).astype(np.uint16), kind="stable")
    high = (terms >> 16).astype(np.uint16)
    return low if not high.any() else low[np.argsort(high[low], kind="stable")]


def idf(count: int, total: int) -> float:
    """How much a name says that occurs in *count* of *total* windows."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, np.int32)
