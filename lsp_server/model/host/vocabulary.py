"""A model's vocabulary as bytes, and which tokens begin with, or are the beginning of, some bytes."""

import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from enum import Enum, auto
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.intp]


class Kind(Enum):
    TEXT = auto()
    USER_DEFINED = auto()  # text that is always one token, such as a long run of spaces, or a tag
    SPECIAL = auto()  # never text: control, unused
    END = auto()  # ends an answer, and is not a part of it


class Vocabulary:
    """*piece_of* tells the bytes of a token; it is asked for all of them only by `prepare`."""

    def __init__(self, kinds: Sequence[Kind], piece_of: Callable[[int], bytes]) -> None:
        self.piece = cache(piece_of)
        self.ends = frozenset(_of_kind(kinds, Kind.END))
        # Neither text nor an end: a model must not say these. Mostly they stand in a row.
        self.unsayable = frozenset(_of_kind(kinds, Kind.SPECIAL))
        self.forbidden = _in_rows(sorted(self.unsayable))
        self.size = len(kinds)
        self._kinds = kinds
        self._preparing = threading.Lock()

    def prepare(self) -> None:
        """Make what healing looks things up in: half a second for a large vocabulary."""
        with self._preparing:
            assert self._sorted
            assert self._by_piece

    def token_of(self, piece: bytes) -> int | None:
        """The token that is exactly *piece*, if there is one."""
        return self._by_piece.get(piece)

    def special_texts_in_plain_text(self) -> re.Pattern[str] | None:
        """What a plain text may spell that would be read as a token with a meaning of its own."""
        tags = _of_kind(self._kinds, Kind.USER_DEFINED) + _of_kind(self._kinds, Kind.END)
        texts = (self.piece(number).decode("utf-8", "replace") for number in tags)
        meaningful = [text for text in texts if re.fullmatch(r"[<\[]\S.*[>\]]", text)]
        return re.compile("|".join(map(re.escape, meaningful))) if meaningful else None

    def beginning_with(self, start: bytes) -> Ids:
        """Tokens whose text begins with *start*."""
        self.prepare()
        pieces, ids = self._sorted
        after = _successor(start)
        return ids[bisect_left(pieces, start) : bisect_left(pieces, after) if after else len(pieces)]

    def beginnings_of(self, text: bytes) -> Iterator[int]:
        """Tokens whose text is a beginning of *text*, but not all of it."""
        known = self._by_piece
        for end in range(1, len(text)):
            number = known.get(text[:end])
            if number is not None:
                yield number

    @cached_property
    def _by_piece(self) -> dict[bytes, int]:
        words = (number for number, kind in enumerate(self._kinds) if kind in (Kind.TEXT, Kind.USER_DEFINED))
        return {piece: number for number in words if (piece := self.piece(number))}

    @cached_property
    def _sorted(self) -> tuple[list[bytes], Ids]:
        pieces = sorted(self._by_piece)
        return pieces, np.array([self._by_piece[piece] for piece in pieces], np.intp)


def _of_kind(kinds: Sequence[Kind], wanted: Kind) -> list[int]:
    return [number for number, kind in enumerate(kinds) if kind is wanted]


def _in_rows(numbers: Sequence[int]) -> list[slice]:
    """Sorted *numbers* as slices."""
    rows: list[slice] = []
    for number in numbers:
        if rows and rows[-1].stop == number:
            rows[-1] = slice(rows[-1].start, number + 1)
        else:
            rows.append(slice(number, number + 1))
    return rows


def _successor(start: bytes) -> bytes:
    """The first bytes after all that begin with *start*; empty if there are none."""
    shortened = start.rstrip(b"\xff")
    return shortened[:-1] + bytes([shortened[-1] + 1]) if shortened else b""
