"""What a search found: hundreds of windows, of which a few dozen are looked at."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lsp_server.index.numbers import Ints


class Hits(NamedTuple):
    """In columns, the best first; equal ones by path, then by number."""

    paths: Sequence[str]  # of the files, in order, each once
    files: NDArray[np.intp]  # of each window, which of the *paths* it is in
    numbers: Ints  # and its own in that file
    scores: NDArray[np.float64]

    def rows(self) -> list[tuple[str, int, float]]:
        """(path, number of the window, score) of each."""
        paths = [self.paths[it] for it in self.files.tolist()]
        return list(zip(paths, self.numbers.tolist(), self.scores.tolist(), strict=True))

    def at(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> "Hits":
        """Those with these numbers."""
        return Hits(self.paths, self.files[rows], self.numbers[rows], self.scores[rows])

    def best_first(self) -> "Hits":
        return self.at(np.lexsort((self.numbers, self.files, -self.scores)))


NO_HITS = Hits((), np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))


def hits_of(rows: Mapping[tuple[str, int], float]) -> Hits:
    """The reverse of `Hits.rows`, in the order that is given."""
    paths = sorted({path for path, _ in rows})
    at = {path: number for number, path in enumerate(paths)}
    files = np.array([at[path] for path, _ in rows], np.intp)
    return Hits(paths, files, np.array([it for _, it in rows], np.intp), np.array([*rows.values()], float))


def together(found: Sequence[Hits]) -> Hits:
    some = [it for it in found if len(it.scores)]
    if len(some) < 2:
        return some[0] if some else NO_HITS
    paths = sorted({path for it in some for path in it.paths})
    number = {path: number for number, path in enumerate(paths)}
    files = [np.array([number[path] for path in it.paths])[it.files] for it in some]
    all_of_them = Hits(
        paths, np.concatenate(files), np.concatenate([it.numbers for it in some]),
        np.concatenate([it.scores for it in some]),
    )  # fmt: skip
    return all_of_them.best_first()
