"""Use the cores that nobody else wants: two number crunchers on the same cores slow each other down badly."""

import os
import time
from pathlib import Path


class FreeCores:
    """Watches what other processes use from look to look. Linux only; elsewhere all cores are free."""

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._last = self._look()

    def count(self) -> int:
        """Return how many cores to use for the next step: at least one."""
        now = self._look()
        seconds = now[0] - self._last[0]
        others = (now[1] - self._last[1]) - (now[2] - self._last[2])
        self._last = now
        # Half a core of other work is tolerated: short bursts end before a step does.
        return max(1, min(self._cores, round(self._cores - others / max(seconds, 1e-3) + 0.1)))

    @staticmethod
    def _look() -> tuple[float, float, float]:
        stat = Path("/proc/stat")
        if not stat.exists():
            return time.monotonic(), 0.0, 0.0
        fields = [int(it) for it in stat.read_text().split("\n", 1)[0].split()[1:9]]
        busy = (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")
        own = time.process_time() + sum(os.times()[2:4])
        return time.monotonic(), busy, own
