"""How many threads to compute with, found out while computing. Pure.

Two threads on two free cores are nearly twice as fast as one. If other programs want the same cores,
each waits at every operation for the other to be let on: measured with a small model and busy cores,
two threads made 22 tokens per second and one made 380. A machine changes from minute to minute, so
now and then another number gets a try, as often as costs a twentieth of the time.
"""

from collections.abc import Mapping, Sequence

TRIAL_STEPS = 4
TRIAL_SHARE = 0.05
LEARNING = 0.25


def worth_trying(threads_max: int) -> list[int]:
    """Most first."""
    return sorted({threads_max, max(1, threads_max // 2), 1}, reverse=True)


class ThreadChoice:
    """*measured* is what `measured` said when this machine computed with the model before."""

    def __init__(self, counts: Sequence[int], measured: Mapping[int, float] | None = None) -> None:
        self._counts = list(counts)
        # Of a token, by number of threads.
        self._seconds = {count: s for count, s in (measured or {}).items() if count in self._counts}
        self._trial = self._counts[0]
        self._trial_steps_left = TRIAL_STEPS
        self._steps_to_trial = 0
        if self._seconds.keys() == set(self._counts) and len(self._counts) > 1:
            self._trial_steps_left = 0
            self._plan()

    def measured(self) -> dict[int, float]:
        """Seconds of a token, by number of threads."""
        return dict(self._seconds)

    def next(self) -> int:
        """The number of threads for the next step."""
        if len(self._counts) == 1:
            return self._counts[0]
        if self._trial_steps_left:
            return self._trial
        return self._best()

    def saw(self, count: int, seconds_per_token: float) -> None:
        """Learn how long the step took."""
        if len(self._counts) == 1:
            return
        known = self._seconds.get(count)
        self._seconds[count] = (
            seconds_per_token if known is None else known + (seconds_per_token - known) * LEARNING
        )
        if self._trial_steps_left:
            self._trial_steps_left -= 1
            if not self._trial_steps_left:
                self._plan()
        else:
            self._steps_to_trial -= 1
            if self._steps_to_trial <= 0:
                self._trial_steps_left = TRIAL_STEPS

    def _plan(self) -> None:
        untried = [count for count in self._counts if count not in self._seconds]
        if untried:
            self._trial, self._trial_steps_left = untried[0], TRIAL_STEPS
            return
        best = self._best()
        others = [count for count in self._counts if count != best]
        # In turn, so that none is judged for ever by one bad moment.
        after = [count for count in others if count < self._trial]
        self._trial = (after or others)[0]
        slower = self._seconds[self._trial] / self._seconds[best]
        self._steps_to_trial = int(TRIAL_STEPS * slower / TRIAL_SHARE)

    def _best(self) -> int:
        return min(self._seconds, key=self._seconds.__getitem__)
