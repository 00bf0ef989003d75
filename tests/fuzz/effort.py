"""How long a fuzz target goes on, and how to make one of its tries again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random


class Effort:
    """Yields a source of randomness for each try, until time or number is used up.

    The same seed and the same number of a try give the same try. Targets add what they did to `done`,
    in whatever they count.
    """

    def __init__(self, *, seed: int, seconds: float, tries: int, first: int = 0) -> None:
        self.seed = seed
        self.done = 0
        self.number = first
        self._first = first
        self._tries = tries
        self._seconds = seconds
        self.took_s = 0.0

    def __iter__(self) -> Iterator[Random]:
        started = time.monotonic()
        for number in range(self._first, self._first + self._tries):
            self.number = number
            yield Random(f"{self.seed}/{number}")
            self.took_s = time.monotonic() - started
            if self.took_s > self._seconds:
                break
