"""A few lines of similar code, and how much of what is written next they are likely to spare.

Windows are found as wholes and shown in pieces: a model has less use for the lines further down. What a piece
is worth was measured on other repositories, in bits that a cache n-gram model saves; a small network learned
it from the `FEATURES` here.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsp_server.context.expected import Expected
from lsp_server.context.learned import Floats
from lsp_server.context.place import Place
from lsp_server.context.reading import Doubles, Numbers, Reading, WindowText, different, window_text
from lsp_server.context.similar import Window
from lsp_server.index.file import IndexedFile

FEATURES = (
    "alike", "alike_relative", "alike_mean", "alike_window", "similar_relative", "similar", "rank",
    "new_names", "new_name_best", "known_names", "lines", "characters", "known_share", "near",
    "follows", "is_imported", "in_folder", "at_line_start",
    "ends_like_here", "ends_like_here_rest", "ends_like_here_above",
    "begins_like_here", "begins_like_here_rest", "begins_like_here_below",
    "has_line_above", "has_line_above_rest", "has_line_above_above",
)  # fmt: skip
PIECE_LINES = 5
_ENDINGS = (4, 7, 11, 16, 24, 36)  # characters before the cursor
_BEGINNINGS = (10, 20, 40)  # and after it
FALL_BEHIND_ECHO = 0.7  # per line between an echo and a piece
_BRACKETS = 3  # characters of a line that says nothing: it closes something
_WINDOWS_KEPT = 512


class Piece(NamedTuple):
    """Some lines of a window, the same object while the file is the same."""

    file: IndexedFile
    first_line: int
    last_line: int  # inclusive
    text: str
    lines: tuple[str, ...]  # without indentation, each once, those that say something
    begins: int  # its first line's number among the window's lines with text

    @property
    def path(self) -> str:
        return self.file.path


@lru_cache(maxsize=_WINDOWS_KEPT)
def pieces_of(file: IndexedFile, window: int) -> tuple[Piece, ...]:
    """About equally long; together they hold every line with text."""
    read = window_text(file, window)
    numbers, size = read.numbers, len(read.numbers)
    count = max(1, round(size / PIECE_LINES))
    bounds = [round(it * size / count) for it in range(count + 1)]
    return tuple(
        [
            Piece(
                file, numbers[a], numbers[b - 1], _text(read, numbers[a], numbers[b - 1]),
                _telling(read.stripped[a:b]), a,
            )
            for a, b in pairwise(bounds)
            if b > a
        ]
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Pieces with the windows they are of, and what is known of each."""

    pieces: Sequence[Piece]
    windows: Sequence[Window]
    features: Floats  # (pieces, FEATURES)
    # Each name of each piece, by piece: its number there and the piece's.
    names: NDArray[np.intp]
    names_of: NDArray[np.intp]


def found_pieces(place: Place, reading: Reading, expected: Expected, likely: Floats) -> Found:
    windows = reading.windows
    of_window = [pieces_of(it.file, it.number) for it in windows]
    pieces = [it for each in of_window for it in each]
    if not pieces:
        nothing = np.zeros(0, np.intp)
        return Found((), (), np.zeros((0, len(FEATURES)), np.float32), nothing, nothing)
    window_of = np.repeat(np.arange(len(windows)), [len(it) for it in of_window])
    starts = reading.first_line[window_of] + np.array([it.begins for it in pieces])
    lengths = np.concatenate([starts[1:], [len(reading.alike)]]) - starts
    part_of = np.repeat(np.arange(len(pieces)), lengths)
    of, names = reading.once(part_of)
    said = _said_of_names(place, reading, expected, likely)[:, names]
    in_piece = np.bincount(of, minlength=len(pieces))
    new_best = np.zeros(len(pieces))
    np.maximum.at(new_best, of, said[0])
    new, expected_known, known, near = (np.bincount(of, it, len(pieces)) for it in said)
    most = np.maximum.reduceat(reading.carried, starts)
    most_of_window = np.maximum.reduceat(reading.alike, reading.first_line[:-1])
    # As fitted: without what was used lately, which the projects to fit on do not tell.
    scores = np.array([it.score / it.favour for it in windows])
    imported = frozenset(place.imported_paths)
    columns = (
        most,
        most / (float(reading.alike.max()) or 1.0),
        np.add.reduceat(reading.carried, starts) / lengths,
        most_of_window[window_of],
        (scores / scores.max())[window_of],
        scores[window_of],
        _ranks(scores)[window_of],
        new,
        new_best,
        expected_known,
        lengths,
        [len(it.text) for it in pieces],
        known / np.maximum(1, in_piece),
        near,
        _lines_with(place.last_name, reading, part_of, len(pieces)),
        np.array([it.path in imported for it in windows])[window_of],
        np.array([it.path.rpartition("/")[0] == place.folder for it in windows])[window_of],
        not place.line_names,
        *_echoes(place, reading, window_of, starts, lengths),
    )
    features = np.empty((len(FEATURES), len(pieces)), np.float32)
    for number, column in enumerate(columns):
        features[number] = column
    of_pieces = [windows[it] for it in window_of.tolist()]
    return Found(pieces, of_pieces, np.ascontiguousarray(features.T), names, of)


def _said_of_names(place: Place, reading: Reading, expected: Expected, likely: Floats) -> Doubles:
    """(4, names): how likely, if new; if not; whether the document has it; how near it is there."""
    number, known = reading.number, place.known
    said = np.zeros((4, len(number)))
    is_known = np.zeros(len(number), np.intp)
    is_known[[number[it] for it in known.keys() & number.keys()]] = 1
    is_similar = expected.similar >= 0
    at = expected.similar[is_similar]
    said[is_known[at], at] = likely[is_similar]
    said[2] = is_known
    for name, weight in place.weights.items():
        if name in number and name in known:
            said[3, number[name]] = weight
    return said


def _lines_with(name: str, reading: Reading, part_of: NDArray[np.intp], parts: int) -> NDArray[np.intp]:
    """How many lines of each part hold *name*."""
    at = reading.used_on[reading.used == reading.number.get(name, -1)]
    return np.bincount(part_of[different(at)], minlength=parts)


def _ranks(scores: Doubles) -> NDArray[np.intp]:
    """From 0, the highest."""
    ranks = np.empty(len(scores), np.intp)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return ranks


def _echoes(
    place: Place, reading: Reading, window_of: Numbers, starts: Numbers, lengths: Numbers
) -> list[ArrayLike]:
    """Of each piece, for what stands before the cursor, after it, and on the lines above: how much of it the
    piece holds, how many of its lines lie between that and what would be written; and what the piece's
    neighbour holds that way, the less the more lines lie between."""
    echoes = _Echoes([window_text(it.file, it.number) for it in reading.windows])
    endings = echoes.of([place.before[-it:] for it in _ENDINGS], at_end=True)
    beginnings = echoes.of([text for it in _BEGINNINGS if (text := place.after[:it])], at_end=False)
    above = echoes.of_lines(place.texts_above)
    ends = starts + lengths
    columns: list[ArrayLike] = []
    for (level, line), goes_on_below in ((endings, True), (beginnings, False), (above, True)):
        of_piece = level[window_of]
        at = reading.first_line[window_of] + line[window_of]
        is_inside = (starts <= at) & (at < ends)
        rest = ends - 1 - at if goes_on_below else at - starts
        gap = starts - at if goes_on_below else at - ends + 1
        beyond = np.where(gap > 0, of_piece * FALL_BEHIND_ECHO ** np.maximum(0, gap - 1), 0.0)
        columns += [of_piece * is_inside, np.where(is_inside & (of_piece > 0), rest, 0), beyond]
    return columns


@dataclass(frozen=True, slots=True)
class _Echoes:
    """Finds in windows what stands around the cursor: how much of it, and on which line with text."""

    windows: Sequence[WindowText]

    def of(self, parts: Sequence[str], *, at_end: bool) -> tuple[Numbers, Numbers]:
        """How many of *parts*, each a part of the next, each window holds, and the line where what is held
        ends, or begins."""
        levels, lines = np.zeros((2, len(self.windows)), np.intp)
        rows: Sequence[int] = range(len(self.windows))
        for part in parts:
            rows = [row for row in rows if part in self.windows[row].text]
            levels[rows] += 1
        for row in np.flatnonzero(levels).tolist():
            part = parts[levels[row] - 1]
            window = self.windows[row]
            lines[row] = _line_with_text(window, window.text.index(part) + (len(part) if at_end else 0))
        return levels, lines

    def of_lines(self, sought: Sequence[str]) -> tuple[Numbers, Numbers]:
        """How many of the lines are there, and where the last of those is."""
        levels, lines = np.zeros((2, len(self.windows)), np.intp)
        for line in sought:
            for row, it in enumerate(self.windows):
                if line in it.text:
                    levels[row] += 1
                    lines[row] = _line_with_text(it, it.text.index(line))
        return levels, lines


def _line_with_text(window: WindowText, at: int) -> int:
    """Which of the window's lines that are not blank has offset *at* of its text."""
    return bisect_left(window.numbers, window.first_line + window.text.count("\n", 0, at))


def _text(read: WindowText, first: int, last: int) -> str:
    """The lines from *first* to *last*, which are the file's."""
    return "\n".join(read.lines[first - read.first_line : last - read.first_line + 1])


def _telling(lines: Iterable[str]) -> tuple[str, ...]:
    """In their order: a set's changes from process to process, and sums are rounded by it."""
    return tuple(dict.fromkeys([line for line in lines if len(line) > _BRACKETS]))
