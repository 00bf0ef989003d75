"""What names say on their own: their form, and how many of their words stand near the cursor. And which
numbers an index has for them, once that was asked.

Names and words have numbers, so that hundreds of names are asked about at once. A number means something to
the `NameWords` it came from, for as long as whoever asked holds that.
"""

import threading
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from lsp_server.context.everyday_names import EVERYDAY, KEYWORDS
from lsp_server.index.defined import Defined, words_of
from lsp_server.index.numbers import Ints

FORMS = {"is_private": 1, "is_capital": 2, "is_short": 4, "is_everyday": 8}
SHORT, NAME_MIN_CHARACTERS = 5, 3
SELDOM_MEANT = 16  # beside them: a keyword, or shorter than NAME_MIN_CHARACTERS, or private
_NAMES_KEPT = 32_768
_NAMES_AT_FIRST, _WORDS_OF_A_NAME = 4_096, 3

Doubles = NDArray[np.float64]


class NameWords:
    """Safe to use from any thread: what is known of a name never changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._name_numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._terms: WeakKeyDictionary[Defined, Ints] = WeakKeyDictionary()
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
            self._add([names[row] for row in missing])
            found[missing] = [self._name_numbers[names[row]] for row in missing]
        return found

    def terms(self, names: Ints, defined: Defined) -> Ints:
        """As `Defined.terms`, which looks each of *names* up in a dictionary of all names there are: once."""
        known = self._terms.get(defined)
        if known is None or len(known) < len(self._counts):
            fresh = np.full(len(self._counts), -1, np.int32)
            if known is not None:
                fresh[: len(known)] = known
            known = self._terms[defined] = fresh
        missing = names[known[names] < 0]
        if len(missing):
            known[missing] = defined.terms([self._names[it] for it in missing.tolist()])
        return known[names]

    def forms(self, names: Ints) -> NDArray[np.uint8]:
        """Which of `FORMS` each has, and SELDOM_MEANT, as bits."""
        self._read(names)
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
        self._read(names)
        counts = self._counts[names]
        starts = np.cumsum(counts) - counts
        at = np.repeat(self._firsts[names] - starts, counts)
        at += np.arange(len(at))
        return self._words[at], counts, starts

    def _add(self, names: Sequence[str]) -> None:
        with self._lock:
            numbers, known = self._name_numbers, self._names
            more = len(known) + len(names) - len(self._counts)
            if more > 0:
                self._forms, self._firsts, self._counts = (
                    _with_room(it, more) for it in (self._forms, self._firsts, self._counts)
                )
            for name in names:
                if name not in numbers:
                    known.append(name)
                    numbers[name] = len(known) - 1

    def _read(self, names: Ints) -> None:
        """The words and forms of *names*, most of which were read before."""
        if self._counts[names].all():
            return
        with self._lock:
            new = names[self._counts[names] == 0]
            texts = [self._names[it] for it in new.tolist()]
            counts: list[int] = []
            numbers: list[int] = []  # of their words
            for name in texts:
                words = (name,) if name.isalpha() and name.islower() else _words_in(name)
                counts.append(len(words))
                for word in words:
                    numbers.append(self._word_numbers.setdefault(word, len(self._word_numbers)))
            first, end = self._words_end, self._words_end + len(numbers)
            if end > len(self._words):
                self._words = _with_room(self._words, end - len(self._words))
            self._words[first:end] = numbers
            self._words_end = end
            self._forms[new] = list(map(_form, texts))
            self._firsts[new] = first + np.cumsum(counts) - counts
            self._counts[new] = counts  # last: whoever sees it finds the rest


def _words_in(name: str) -> Sequence[str]:
    return list(map(str.lower, words_of(name))) or [name]


def _form(name: str) -> int:
    is_private, size = name[0] == "_", len(name)
    is_seldom_meant = is_private or size < NAME_MIN_CHARACTERS or name in KEYWORDS
    form = is_private + 2 * name[0].isupper() + 4 * (size < SHORT) + 8 * (name in EVERYDAY)
    return form + SELDOM_MEANT * is_seldom_meant


def _with_room(kept: NDArray[Any], more: int) -> NDArray[Any]:
    """With room for as much again, and *more*."""
    return np.concatenate([kept, np.zeros(len(kept) + more, kept.dtype)])


_current = NameWords()


def name_words() -> NameWords:
    """That of one request; many requests share it, until it knows too much."""
    global _current
    if len(_current) > _NAMES_KEPT:
        _current = NameWords()
    return _current
