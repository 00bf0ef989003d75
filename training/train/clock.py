"""How long a run has really run: a machine that somebody else needs may stop it for minutes."""

import time
from threading import Thread

TICK_S = 0.25
PAUSE_S = 2.0  # a tick that is later than this found the process stopped; other load delays one less


class RunningClock:
    """Seconds since it was made, without those in which the whole process was stopped."""

    def __init__(self) -> None:
        self._seconds = 0.0
        Thread(target=self._tick, daemon=True).start()

    @property
    def seconds(self) -> float:
        return self._seconds

    def _tick(self) -> None:
        last = time.monotonic()
        while True:
            time.sleep(TICK_S)
            now = time.monotonic()
            self._seconds += now - last if now - last < PAUSE_S else TICK_S
            last = now
