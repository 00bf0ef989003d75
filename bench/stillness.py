"""Notice when this process stood still: stopped by a signal, or with a machine that slept."""

from __future__ import annotations

import threading
import time

TICK_S = 0.25
STILL_S = 4.0  # a busy machine keeps a thread waiting for less


class Stillness:
    def __init__(self) -> None:
        self._ticked = self._woke = time.monotonic()
        threading.Thread(target=self._tick, name="stillness", daemon=True).start()

    def was_since(self, moment: float) -> bool:
        """Whether something of the time since *moment*, in seconds of `time.monotonic`, was slept through."""
        return self._woke > moment or time.monotonic() - self._ticked > STILL_S

    def _tick(self) -> None:
        while True:
            time.sleep(TICK_S)
            now = time.monotonic()
            if now - self._ticked > STILL_S:
                self._woke = now
            self._ticked = now
