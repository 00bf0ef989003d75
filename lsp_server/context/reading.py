"""Windows of other files, read line by line, and how well each line stands where the cursor stands.

A line of a window is an analogue of the cursor's line if the lines around it name what the lines around
the cursor name, each at the same distance. That is measured in names, so spelling and layout may differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from lsp_server.context.place import Place
from lsp_server.context.similar import Window
from lsp_server.index.file import IndexedFile
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outlining import IDENTIFIER

FALL_ABOVE, FALL_BELOW = 0.8, 0.7  # weight per line further away
FALL_BELOW_ANALOGUE = 0.8  # per line
MISSING_LINES = (1.0, 0.7, 0.5)  # how likely it is that so many lines are still to be written
_FINENESS = 2**20
_FILES_KEPT = 64
_WINDOWS_KEPT = 1_024

Line = tuple[int, tuple[str, ...]]  # number in the file, names in order


@lru_cache(maxsize=_FILES_KEPT)
def file_lines(file: IndexedFile) -> tuple[str, ...]:
    """The file's lines; unpacked once while the same files keep being looked at."""
    return tuple(file.lines)


@lru_cache(maxsize=_WINDOWS_KEPT)
def window_lines(file: IndexedFile, window: int) -> tuple[Line, ...]:
    """The window's lines with text."""
    first, last = file.windows[window].tolist()
    find = IDENTIFIER.findall
    return tuple(
        [
            (number, tuple(find(line)))
            for number, line in enumerate(file_lines(file)[first : last + 1], first)
            if line and not line.isspace()
        ]
    )


@dataclass(frozen=True, slots=True, eq=False)
class WindowNames:
    """The different names of a window, and where each stands."""

    names: Mapping[str, Sequence[int]]  # name → the lines that hold it, as in `lines`, each once
    lines: NDArray[np.intp]  # the lines with the first name, with the second …: numbers among the window's
    starts: NDArray[np.intp]  # where in `lines` each name begins


@lru_cache(maxsize=_WINDOWS_KEPT)
def names_of_window(file: IndexedFile, window: int) -> WindowNames:
    at: dict[str, list[int]] = {}
    for number, (_, names) in enumerate(window_lines(file, window)):
        for name in dict.fromkeys(names):
            if name in at:
                at[name].append(number)
            else:
                at[name] = [number]
    starts = [0, *accumulate(map(len, at.values()))]
    return WindowNames(
        at, np.array(list(chain.from_iterable(at.values())), np.intp), np.array(starts[:-1], np.intp)
    )


@dataclass(frozen=True, slots=True, eq=False)
class ReadWindow:
    window: Window
    lines: Sequence[Line]
    alike: Sequence[float]  # per line, see `likeness`
    carried: Sequence[float]  # the same, see `carried_down`


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The names around the cursor by their distance from its line."""

    # name → (lines from the cursor's, weight). Weights are whole numbers: however a set orders its names,
    # the sum is the same.
    at: Mapping[str, Sequence[tuple[int, int]]]
    total: int


def read_windows(snapshot: Snapshot, place: Place, windows: Sequence[Window]) -> list[ReadWindow]:
    around = surroundings(snapshot, place)
    read = []
    for window in windows:
        lines = window_lines(window.file, window.number)
        alike = likeness(names_of_window(window.file, window.number), len(lines), around)
        read.append(ReadWindow(window, lines, alike, carried_down(alike)))
    return read


def surroundings(snapshot: Snapshot, place: Place) -> Surroundings:
    at: dict[str, list[tuple[int, int]]] = {}
    total = 0
    lines = [(-distance, FALL_ABOVE**distance, names) for distance, names in enumerate(place.lines_above)]
    lines += [(number + 1, FALL_BELOW**number, names) for number, names in enumerate(place.lines_below)]
    for distance, weight, names in lines:
        for name in names:
            said = round(_FINENESS * weight * snapshot.rarity(name))
            total += said
            entries = at.setdefault(name, [])
            if distance > 0:
                entries += [
                    (distance + more, round(said * share)) for more, share in enumerate(MISSING_LINES)
                ]
            else:
                entries.append((distance, said))
    return Surroundings(at, total or 1)


def likeness(found: WindowNames, count: int, around: Surroundings) -> list[float]:
    """For each of a window's *count* lines, from 0 to about 1: how much it stands where the cursor's does."""
    scores = [0] * count
    for name in found.names.keys() & around.at.keys():
        entries = around.at[name]
        for number in found.names[name]:
            for distance, weight in entries:
                target = number - distance
                if 0 <= target < count:
                    scores[target] += weight
    return [score / around.total for score in scores]


def carried_down(alike: Sequence[float]) -> list[float]:
    """Each line's likeness, or what is left of that of a line above: what is written may be several lines."""
    carried, last = [], 0.0
    for it in alike:
        last = max(it, last * FALL_BELOW_ANALOGUE)
        carried.append(last)
    return carried
