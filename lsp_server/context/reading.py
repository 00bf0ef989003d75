"""Windows, read line by line, and how well each line stands where the cursor stands.

A line of a window is an analogue of the cursor's line if the lines around it name what the lines around
the cursor name, each at the same distance. That is measured in names, so spelling and layout may differ.
Lines and names of all windows are numbered through, so that what is asked of them is asked of all at once.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, compress, count, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from lsp_server.context.place import ALIGNED_ABOVE, ALIGNED_BELOW, Place
from lsp_server.context.similar import Window
from lsp_server.index.file import IndexedFile
from lsp_server.index.snapshot import Snapshot

FALL_ABOVE, FALL_BELOW = 0.8, 0.7  # weight per line further away
FALL_BELOW_ANALOGUE = 0.8  # per line
MISSING_LINES = (1.0, 0.7, 0.5)  # how likely it is that so many lines are still to be written
_FINENESS = 2**20
_WINDOWS_KEPT = 512
_LINE_END = "\n"
_NAME_OR_LINE_END = re.compile(
    r"[A-Za-z_$\n][A-Za-z0-9_$]*"
)  # an identifier, where no name follows a line end

Numbers = NDArray[np.intp]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class WindowText:
    """A window's lines, and the names on those that are not blank."""

    first_line: int
    lines: Sequence[str]  # all of them, without white space at their ends
    numbers: Sequence[int]  # of those that are not blank, in the file
    stripped: Sequence[str]  # and those without white space around
    text: str  # the lines in one
    names: Sequence[str]  # on them, in order, and a `_LINE_END` behind each line's


@lru_cache(maxsize=_WINDOWS_KEPT)
def window_text(file: IndexedFile, window: int) -> WindowText:
    """Unpacked once while the same windows keep being found."""
    first, last = file.windows[window].tolist()
    lines = list(map(str.rstrip, file.lines_from(first, last)))
    numbers = list(compress(range(first, last + 1), lines))
    stripped = list(map(str.lstrip, filter(None, lines)))
    # One search: a call for each line would take most of the time.
    names = _NAME_OR_LINE_END.findall("".join([f"{line} {_LINE_END} " for line in stripped]))
    return WindowText(first, lines, numbers, stripped, "\n".join(lines), names)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What stands in windows; lines that are not blank are numbered through all of them."""

    windows: Sequence[Window]  # those of the document itself come last
    others: int  # how many are of other files
    first_line: Numbers  # of each window, and behind the last: where the next would begin
    window_of: Numbers  # of each line
    number: Mapping[str, int]  # of each name, in order of first use
    used: Numbers  # the names in order, by number
    used_on: Numbers  # the line that each is used on
    alike: Doubles  # per line, see `likeness`
    carried: Doubles  # the same, see `carried_down`

    def of_others(self) -> "Reading":
        """Without the windows of the document itself; names keep their numbers."""
        if self.others == len(self.windows):
            return self
        lines = int(self.first_line[self.others])
        used = int(np.searchsorted(self.used_on, lines))
        names = int(self.used[:used].max(initial=-1)) + 1
        return Reading(
            self.windows[: self.others], self.others, self.first_line[: self.others + 1],
            self.window_of[:lines], dict(islice(self.number.items(), names)),
            self.used[:used], self.used_on[:used], self.alike[:lines], self.carried[:lines],
        )  # fmt: skip

    def once(self, part_of: Numbers) -> tuple[Numbers, Numbers]:
        """(part, name) for each name of each part of the windows, by part, then by name.

        *part_of* says which part each line belongs to.
        """
        size = max(1, len(self.number))
        return np.divmod(different(part_of[self.used_on] * size + self.used), size)


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The names around the cursor by their distance from its line."""

    row: Mapping[str, int]  # of each name, in `said`
    # (names, distances): what a name says of a line that stands so far from one that holds it. Whole numbers:
    # in whatever order a set has its names, the sum is the same.
    said: Doubles
    distances: Numbers  # from the cursor's line
    total: int


def read_windows(snapshot: Snapshot, place: Place, windows: Sequence[Window]) -> Reading:
    texts = [window_text(it.file, it.number) for it in windows]
    number: defaultdict[str, int] = defaultdict(count(-1).__next__)
    line_end = number[_LINE_END]
    found = list(chain.from_iterable([it.names for it in texts]))
    used = np.fromiter(map(number.__getitem__, found), np.intp, len(found))
    del number[_LINE_END]
    is_name = used != line_end
    used_on, used = np.cumsum(~is_name)[is_name], used[is_name]
    line_counts = [len(it.numbers) for it in texts]
    first_line = np.array([*accumulate(line_counts, initial=0)], np.intp)
    window_of = np.repeat(np.arange(len(windows)), line_counts)
    alike = likeness(number, used, used_on, first_line[window_of], surroundings(snapshot, place))
    carried = carried_down(alike.tolist(), first_line.tolist())
    others = sum([it.path != place.path for it in windows])
    return Reading(windows, others, first_line, window_of, dict(number), used, used_on, alike, carried)


def surroundings(snapshot: Snapshot, place: Place) -> Surroundings:
    above, below = ALIGNED_ABOVE, ALIGNED_BELOW + len(MISSING_LINES) - 1
    said_of: dict[str, list[int]] = {}
    total = 0
    lines = [(-distance, FALL_ABOVE**distance, names) for distance, names in enumerate(place.lines_above)]
    lines += [(number + 1, FALL_BELOW**number, names) for number, names in enumerate(place.lines_below)]
    for distance, weight, names in lines:
        for name in names:
            said = round(_FINENESS * weight * snapshot.rarity(name))
            total += said
            if name not in said_of:
                said_of[name] = [0] * (above + 1 + below)
            if distance > 0:
                for more, share in enumerate(MISSING_LINES):
                    said_of[name][above + distance + more] += round(said * share)
            else:
                said_of[name][above + distance] += said
    said_at = np.array([*said_of.values()], np.float64).reshape(-1, above + 1 + below)
    rows = {name: row for row, name in enumerate(said_of)}
    return Surroundings(rows, said_at, np.arange(-above, below + 1), total or 1)


def likeness(
    number: Mapping[str, int], used: Numbers, used_on: Numbers, first_line: Numbers, around: Surroundings
) -> Doubles:
    """For each line, from 0 to about 1: how much it stands where the cursor's does.

    *first_line* is, for each line, the first one of its window.
    """
    count = len(first_line)
    names = around.row.keys() & number.keys()
    if not names:
        return np.zeros(count)
    row_of = np.full(len(number), -1)
    row_of[[number[it] for it in names]] = [around.row[it] for it in names]
    rows = row_of[used]
    is_said = rows >= 0
    line, row = np.divmod(different(used_on[is_said] * len(around.row) + rows[is_said]), len(around.row))
    target = line[:, None] - around.distances
    is_inside = (target >= 0) & (target < count)
    target[~is_inside] = 0
    is_inside &= first_line[target] == first_line[line][:, None]
    scores = np.bincount(target[is_inside], around.said[row][is_inside], count)
    return scores / around.total


def carried_down(alike: Sequence[float], first_lines: Sequence[int]) -> Doubles:
    """Each line's likeness, or what is left of that of a line above: what is written may be several lines."""
    carried: list[float] = []
    for first, end in pairwise(first_lines):
        last = 0.0
        for it in alike[first:end]:
            last *= FALL_BELOW_ANALOGUE
            if it > last:  # a call of `max` would take most of the time
                last = it
            carried.append(last)
    return np.array(carried, np.float64)


def different(numbers: Numbers) -> Numbers:
    """*numbers* in order, each once; quicker than `np.unique`. Mostly they are nearly in order."""
    if not len(numbers):
        return numbers
    ordered = np.sort(numbers, kind="stable")
    is_first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    once: Numbers = ordered[is_first]
    return once
