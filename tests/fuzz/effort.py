"""How long a fuzz target goes on, and how to make one of its tries again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from random import Random


class Effort:
    """Yields a source of randomness for each try, until time, tries or *count* is used up.

    The same seed and the same number of a try give the same try. Targets add what they did to `done`,
    in whatever they count.
    """

    def __init__(self, *, seed: int, seconds: float, tries: int, first: int = 0, count: int = 10**9) -> None:
        self.seed = seed
        self.seconds = seconds
        self.number = first
        self.done = 0
        self.notes: Counter[str] = Counter()
        self._first = first
        self._tries = tries
        self._count = count

    def note(self, count: int, what: str) -> None:
        """Something worth knowing that is no failure."""
        self.notes[what] += count

    def __iter__(self) -> Iterator[Random]:
        started = time.monotonic()
        for number in range(self._first, self._first + self._tries):
            self.number = number
            yield Random(f"{self.seed}/{number}")
            if self.done >= self._count or time.monotonic() - started > self.seconds:
                break
