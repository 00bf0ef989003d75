"""A model's vocabulary as bytes, and which tokens begin with, or are the beginning of, some bytes."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Token:
    piece: bytes
    is_special: bool  # never text: control, unused
    is_user_defined: bool
    is_end: bool


class Vocabulary:
    def __init__(self, tokens: Sequence[Token], fim: frozenset[int]) -> None:
        self.pieces = [token.piece for token in tokens]
        self.ends = frozenset(number for number, token in enumerate(tokens) if token.is_end) | fim
        self._is_text = [
            not token.is_special and bool(token.piece) and number not in self.ends
            for number, token in enumerate(tokens)
        ]
        self._user_defined = [number for number, token in enumerate(tokens) if token.is_user_defined]
        # Neither text nor an end: a model must not say these.
        self.forbidden: Ids = np.array(
            [number for number, token in enumerate(tokens) if token.is_special and number not in self.ends],
            np.intp,
        )

    def special_texts_in_plain_text(self) -> re.Pattern[str] | None:
        """What a plain text may spell that would be read as a token with a meaning of its own."""
        texts = (self.pieces[number].decode("utf-8", "replace") for number in self._user_defined)
        meaningful = [text for text in texts if re.fullmatch(r"[<\[]\S.*[>\]]", text)]
        return re.compile("|".join(map(re.escape, meaningful))) if meaningful else None

    def beginning_with(self, start: bytes) -> Ids:
        """Tokens whose text begins with *start*."""
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
    def _sorted(self) -> tuple[list[bytes], Ids]:
        order = sorted((piece, number) for number, piece in enumerate(self.pieces) if self._is_text[number])
        return [piece for piece, _ in order], np.array([number for _, number in order], np.intp)

    @cached_property
    def _by_piece(self) -> dict[bytes, int]:
        return {piece: number for number, piece in enumerate(self.pieces) if self._is_text[number]}


def _successor(start: bytes) -> bytes:
    """The first bytes after all that begin with *start*; empty if there are none."""
    shortened = start.rstrip(b"\xff")
    return shortened[:-1] + bytes([shortened[-1] + 1]) if shortened else b""
