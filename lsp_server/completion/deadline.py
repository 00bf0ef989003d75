"""Cancel something at a time to come: one thread for all deadlines, since each keystroke has one.

A `threading.Timer` would start a thread for each, which takes a millisecond where the machine is busy.
"""

import heapq
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lsp_server.cancellation import Cancellation


class Deadlines:
    """Thread-safe. Its thread starts with the first deadline, and ends with the process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Cancellation]] = []
        self._numbers = itertools.count()
        self._pending = set[int]()
        self._thread: threading.Thread | None = None

    @contextmanager
    def after(self, seconds: float, cancellation: Cancellation) -> Iterator[None]:
        """Cancel *cancellation* that many seconds from now, unless this is left before."""
        number = next(self._numbers)
        due = time.monotonic() + seconds
        with self._changed:
            heapq.heappush(self._waiting, (due, number, cancellation))
            self._pending.add(number)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
            elif self._waiting[0][1] == number:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._pending.discard(number)
                self._forget_what_is_over()

    def _forget_what_is_over(self) -> None:
        while self._waiting and self._waiting[0][1] not in self._pending:
            heapq.heappop(self._waiting)

    def _watch(self) -> None:
        while True:
            with self._changed:
                self._forget_what_is_over()
                if not self._waiting:
                    self._changed.wait()
                    continue
                due, number, cancellation = self._waiting[0]
                left = due - time.monotonic()
                if left > 0:
                    self._changed.wait(left)
                    continue
                self._pending.discard(number)
            cancellation.cancel()
