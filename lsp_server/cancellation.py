"""One idea of cancellation, shared by everything that takes time.

Thread-safe. A cancelled request stays cancelled; there is no way back, so nobody can miss it.
"""

import threading
from collections.abc import Callable
from types import TracebackType


class Cancelled(Exception):
    """Raised by `Cancellation.check` in work whose answer nobody waits for any more."""


class Cancellation:
    """A flag that one side raises and the other side looks at, or is told about.

    As a context manager it cancels on the way out, so abandoned work always stops.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_cancelled = False
        self._callbacks: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
        return self._is_cancelled

    def cancel(self) -> None:
        with self._lock:
            if self._is_cancelled:
                return
            self._is_cancelled = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def check(self) -> None:
        """Raise `Cancelled` if somebody cancelled."""
        if self._is_cancelled:
            raise Cancelled

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Call *callback* once, in the cancelling thread; at once if it is too late already."""
        with self._lock:
            if not self._is_cancelled:
                self._callbacks.append(callback)
                return
        callback()

    def __enter__(self) -> "Cancellation":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cancel()
