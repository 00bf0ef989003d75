"""What to do when the model's process dies: try again, ever later, and not for ever. Pure."""

from collections import Counter, deque

FIRST_DELAY_S = 0.25
DELAY_S_MAX = 8.0
DEATHS_MAX = 5
WITHIN_S = 180.0
DEATHS_WHILE_LOADING_MAX = 2  # a file that llama.cpp cannot bear does not get better
STRIKES_MAX = 2


class Deaths:
    def __init__(self) -> None:
        self._times = deque[float](maxlen=DEATHS_MAX)
        self._while_loading = 0

    def record(self, now: float, *, was_loading: bool) -> float | None:
        """Return after how many seconds to start again; None for not at all."""
        recent = [time for time in self._times if now - time < WITHIN_S]
        self._times.clear()
        self._times.extend([*recent, now])
        self._while_loading = self._while_loading + 1 if was_loading else 0
        if len(self._times) >= DEATHS_MAX or self._while_loading >= DEATHS_WHILE_LOADING_MAX:
            return None
        return float(min(DELAY_S_MAX, FIRST_DELAY_S * 2 ** (len(self._times) - 1)))

    def forget(self) -> None:
        self._times.clear()
        self._while_loading = 0


class Strikes:
    """Prompts that were being worked on when the process died."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def add(self, prompt: int) -> None:
        self._counts[prompt] += 1

    def is_out(self, prompt: int) -> bool:
        return self._counts[prompt] >= STRIKES_MAX
