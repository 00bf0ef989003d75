"""What is done for the next suggestion while nobody types; whatever is asked for ends it at once."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.errors import KibitzError

_log = logging.getLogger(__name__)

Work = Callable[[Cancellation], None]


@dataclass(frozen=True, slots=True)
class _Planned:
    due: float
    work: Work


class IdleWork:
    """One thread that does what is planned, piece by piece, once it is due. Thread-safe.

    *may_work_ahead* tells whether the machine may do what perhaps nobody will ask for.
    """

    def __init__(self, *, may_work_ahead: Callable[[], bool]) -> None:
        self.may_work_ahead = may_work_ahead
        self._changed = threading.Condition()
        self._planned: list[_Planned] = []
        self._running: Cancellation | None = None
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def interrupt(self) -> None:
        """Somebody asks for something: forget what is planned, and end what runs."""
        with self._changed:
            self._planned.clear()
            running = self._running
        if running is not None:
            running.cancel()

    def plan(self, work: Work, *, quiet_s: float) -> None:
        """Do *work*, unless interrupted, when it has been quiet for *quiet_s* from now on."""
        with self._changed:
            if self._is_closed:
                return
            self._planned.append(_Planned(time.monotonic() + quiet_s, work))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="kibitz-idle-work", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def wait(self, timeout_s: float) -> bool:
        """Whether all that is planned gets done within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._planned and self._running is None, timeout_s)

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self.interrupt()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._is_closed and (wait_s := self._wait_s()) != 0:
                    self._changed.wait(wait_s)
                if self._is_closed:
                    return
                work = self._planned.pop(0).work
                cancellation = self._running = Cancellation()
            try:
                with cancellation:
                    work(cancellation)
            except Cancelled:
                pass
            except KibitzError as error:
                _log.info("not done while idle: %s", error)
            except Exception:  # noqa: BLE001 - nobody asked for it, so nobody is told
                _log.exception("work while idle failed")
            finally:
                with self._changed:
                    self._running = None
                    self._changed.notify_all()

    def _wait_s(self) -> float | None:
        """Until the first planned work is due; None when nothing is planned."""
        return max(0.0, self._planned[0].due - time.monotonic()) if self._planned else None
