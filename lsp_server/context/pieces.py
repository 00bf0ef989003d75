"""A few lines of similar code, and how much of what is written next they are likely to spare.

Windows are found as wholes and shown in pieces: a model has less use for the lines further down. What a piece
is worth was measured on other repositories, in bits that a cache n-gram model saves; a small network learned
it from the `FEATURES` here.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from math import fsum

import numpy as np

from lsp_server.context.expected import Expected
from lsp_server.context.learned import Floats
from lsp_server.context.place import Place
from lsp_server.context.reading import ReadWindow, file_lines, window_lines
from lsp_server.context.similar import Window
from lsp_server.index.file import IndexedFile

FEATURES = (
    "alike", "alike_relative", "alike_mean", "alike_window", "similar_relative", "similar", "rank",
    "new_names", "new_name_best", "known_names", "lines", "characters", "known_share", "near",
    "follows", "is_imported", "in_folder", "at_line_start", "ends_like_here", "begins_like_here",
    "has_line_above",
)  # fmt: skip
PIECE_LINES = 5
_ENDINGS = (4, 7, 11, 16, 24, 36)  # characters before the cursor
_BEGINNINGS = (10, 20, 40)  # and after it
_BRACKETS = 3  # characters of a line that says nothing: it closes something
_PIECES_KEPT = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Some lines of a window, the same object while the file is the same."""

    file: IndexedFile
    first_line: int
    last_line: int  # inclusive
    names: frozenset[str]
    text: str
    lines: tuple[str, ...]  # without indentation, each once, those that say something

    @property
    def path(self) -> str:
        return self.file.path


@lru_cache(maxsize=_PIECES_KEPT)
def pieces_of(file: IndexedFile, window: int) -> tuple[tuple[Piece, int, int], ...]:
    """(piece, its first and after its last among the window's lines with text), about equally long."""
    lines = window_lines(file, window)
    texts = file_lines(file)
    count = max(1, round(len(lines) / PIECE_LINES))
    bounds = [round(it * len(lines) / count) for it in range(count + 1)]
    return tuple(
        (
            Piece(
                file, lines[a][0], lines[b - 1][0],
                frozenset(chain.from_iterable([names for _, names in lines[a:b]])),
                "\n".join(map(str.rstrip, texts[lines[a][0] : lines[b - 1][0] + 1])),
                _telling(texts[number] for number, _ in lines[a:b]),
            ),
            a,
            b,
        )
        for a, b in pairwise(bounds)
        if b > a
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Pieces with the windows they are of, and what is known of each."""

    pieces: Sequence[Piece]
    windows: Sequence[Window]
    features: Floats  # (pieces, FEATURES)


def found_pieces(place: Place, windows: Sequence[ReadWindow], expected: Expected, likely: Floats) -> Found:
    chances = dict(zip(expected.names, likely.tolist(), strict=True))
    known, weights = place.known.keys(), place.weights
    new, expected_known = chances.keys() - known, chances.keys() & known
    near_known, in_document = weights.keys() & known, frozenset(known)
    last_name = place.last_name
    most_alike = max((max(it.alike, default=0.0) for it in windows), default=0.0) or 1.0
    # As fitted: without what was used lately, which the projects to fit on do not tell.
    scores = [it.window.score / it.window.favour for it in windows]
    best = max(scores, default=1.0)
    imported = frozenset(place.imported_paths)
    at_line_start = float(not place.line_names)
    endings = [place.before[-it:] for it in _ENDINGS]
    beginnings = [text for it in _BEGINNINGS if (text := place.after[:it])]
    pieces: list[Piece] = []
    of: list[Window] = []
    rows = array("f")
    for rank, (read, score) in enumerate(zip(windows, scores, strict=True)):
        window = read.window
        alike_window = max(read.alike, default=0.0)
        is_imported = window.path in imported
        in_folder = window.path.rpartition("/")[0] == place.folder
        for piece, start, end in pieces_of(window.file, window.number):
            alike = read.carried[start:end]
            most = max(alike)
            names = piece.names
            new_chances = [chances[name] for name in names & new]
            ending = 0
            for text in endings:
                if text not in piece.text:
                    break
                ending += 1
            pieces.append(piece)
            of.append(window)
            rows.extend(
                (
                    most,
                    most / most_alike,
                    sum(alike) / (end - start),
                    alike_window,
                    score / best,
                    score,
                    rank,
                    sum(new_chances),
                    max(new_chances, default=0.0),
                    sum([chances[name] for name in names & expected_known]),
                    end - start,
                    len(piece.text),
                    len(names & in_document) / max(1, len(names)),
                    fsum([weights[name] for name in names & near_known]),
                    sum([last_name in it for _, it in read.lines[start:end]]) if last_name in names else 0,
                    is_imported,
                    in_folder,
                    at_line_start,
                    ending,
                    sum([text in piece.text for text in beginnings]),
                    sum([line in piece.text for line in place.texts_above]),
                )
            )
    return Found(pieces, of, np.frombuffer(rows, np.float32).reshape(-1, len(FEATURES)))


def _telling(lines: Iterable[str]) -> tuple[str, ...]:
    """In their order: a set's changes from process to process, and sums are rounded by it."""
    return tuple(dict.fromkeys(it for line in lines if len(it := line.strip()) > _BRACKETS))
