"""What names say on their own: their form, and how many of their words stand near the cursor.

Names and words have numbers, so that hundreds of names are asked about at once. A number means something to
the `NameWords` it came from, for as long as whoever asked holds that.
"""

import threading
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsp_server.context.everyday_names import EVERYDAY
from lsp_server.index.defined import words_of
from lsp_server.index.numbers import Ints

FORMS = {"is_private": 1, "is_capital": 2, "is_short": 4, "is_everyday": 8}
SHORT = 5  # characters
_NAMES_KEPT = 32_768
_NAMES_AT_FIRST, _WORDS_OF_A_NAME = 4_096, 3

Doubles = NDArray[np.float64]


class NameWords:
    """Safe to use from any thread: what is known of a name never changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._name_numbers: dict[str, int] = {}
        self._word_numbers: dict[str, int] = {}
        self._forms: NDArray[np.uint8] = np.zeros(_NAMES_AT_FIRST, np.uint8)
        self._firsts: NDArray[np.int32] = np.zeros(_NAMES_AT_FIRST, np.int32)  # its first word, in `_words`
        self._counts: NDArray[np.int32] = np.zeros(_NAMES_AT_FIRST, np.int32)
        self._words: NDArray[np.int32] = np.zeros(_NAMES_AT_FIRST * _WORDS_OF_A_NAME, np.int32)
        self._words_end = 0

    def __len__(self) -> int:
        return len(self._name_numbers)

    def numbers(self, names: Sequence[str]) -> Ints:
        """The number of each name."""
        found = np.fromiter(map(self._name_numbers.get, names, repeat(-1)), np.int64, len(names))
        missing = np.flatnonzero(found < 0).tolist()
        if missing:
            with self._lock:
                self._add([it for row in missing if (it := names[row]) not in self._name_numbers])
            found[missing] = [self._name_numbers[names[row]] for row in missing]
        return found

    def forms(self, names: Ints) -> NDArray[np.uint8]:
        """Which of `FORMS` each has, as bits."""
        return self._forms[names]

    def weights(self, names: Mapping[str, float]) -> Doubles:
        """By word: the weight of the weightiest name that has it."""
        numbers = self.numbers(list(names))
        words, counts, _ = self._words_of(numbers)
        weights = np.zeros(len(self._word_numbers) + 1)  # the last one is that of every later word
        np.maximum.at(weights, words, np.repeat(np.fromiter(names.values(), np.float64, len(names)), counts))
        return weights

    def known(self, names: Ints, weights: Doubles) -> Doubles:
        """The mean of the *weights* of each name's words."""
        if not len(names):
            return np.zeros(0)
        words, counts, starts = self._words_of(names)
        found: Doubles = np.add.reduceat(weights[np.minimum(words, len(weights) - 1)], starts) / counts
        return found

    def _words_of(self, names: Ints) -> tuple[Ints, Ints, Ints]:
        """The words of one name after the other, how many each has, and where they begin."""
        counts = self._counts[names]
        starts = np.cumsum(counts) - counts
        at = np.repeat(self._firsts[names] - starts, counts)
        at += np.arange(len(at))
        return self._words[at], counts, starts

    def _add(self, names: Sequence[str]) -> None:
        counts: list[int] = []
        numbers: list[int] = []  # of their words
        new = list(dict.fromkeys(names))
        for name in new:
            words = (name,) if name.isalpha() and name.islower() else _words_in(name)
            counts.append(len(words))
            for word in words:
                numbers.append(self._word_numbers.setdefault(word, len(self._word_numbers)))
        first, words_first = len(self._name_numbers), self._words_end
        ends = words_first + np.cumsum(np.array(counts, np.int64))
        self._forms = _with(self._forms, first, list(map(_form, new)))
        self._firsts = _with(self._firsts, first, ends - counts)
        self._counts = _with(self._counts, first, counts)
        self._words = _with(self._words, words_first, numbers)
        self._words_end += len(numbers)
        self._name_numbers |= zip(new, range(first, first + len(new)), strict=True)


def _words_in(name: str) -> Sequence[str]:
    return list(map(str.lower, words_of(name))) or [name]


def _form(name: str) -> int:
    return (name[0] == "_") + 2 * name[0].isupper() + 4 * (len(name) < SHORT) + 8 * (name in EVERYDAY)


def _with(kept: NDArray[Any], first: int, more: Sequence[int] | Ints) -> NDArray[Any]:
    """*kept* with *more* from *first* on; another array where there is too little room."""
    end = first + len(more)
    if end > len(kept):
        kept = np.concatenate([kept, np.zeros(end, kept.dtype)])
    kept[first:end] = more
    return kept


_current = NameWords()


def name_words() -> NameWords:
    """That of one request; many requests share it, until it knows too much."""
    global _current
    if len(_current) > _NAMES_KEPT:
        _current = NameWords()
    return _current
