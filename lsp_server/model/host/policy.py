"""Whose turn it is. Pure: jobs are compared by what they are, nothing is done to them.

The most urgent kind first; among equals, the one that came first, so that work gets finished. Two
completions of one client never wait for each other: the newer one replaces the older.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from lsp_server.model.port import Priority

# Set by hand, for a model of 0.5 B parameters on one core: 32 tokens at once are a tenth slower each than
# 128, and 8 are a third slower. What is aborted is lost, but an abort takes only a millisecond or two.
STEP_S = 0.12
STEP_TOKENS_MIN = 32
WORTH_ABORTING_S = 0.025  # what is left of a step
# A completion that is cancelled is mostly followed by one with the same beginning, which its step serves.
REPLACED_WITHIN_S = 0.015


class Ranked(Protocol):
    @property
    def client(self) -> int: ...
    @property
    def priority(self) -> Priority: ...
    @property
    def arrival(self) -> int: ...


Job = TypeVar("Job", bound=Ranked)


def urgency(job: Ranked) -> tuple[int, int]:
    """Lower is sooner."""
    return job.priority, job.arrival


def next_of(jobs: Iterable[Job]) -> Job | None:
    return min(jobs, key=urgency, default=None)


def replaced_by(newcomer: Ranked, jobs: Iterable[Job]) -> list[Job]:
    """The jobs whose answers nobody wants any more now that *newcomer* is there."""
    if newcomer.priority is not Priority.COMPLETION:
        return []
    return [
        job
        for job in jobs
        if job is not newcomer and job.client == newcomer.client and job.priority is Priority.COMPLETION
    ]


def gives_way_to(job: Ranked, others: Iterable[Job]) -> Job | None:
    """The least urgent of *others*, if it is less urgent than *job*."""
    least = max(others, key=urgency, default=None)
    return least if least is not None and urgency(least) > urgency(job) else None


class Pace:
    """How many prompt tokens fit into one step, by how long the last steps took."""

    def __init__(self, tokens_max: int, seconds_per_token: float | None = None) -> None:
        self._tokens_max = tokens_max
        # A cautious first guess, if this machine has not measured it before.
        self.seconds_per_token = seconds_per_token or STEP_S / min(64, tokens_max)

    def step_tokens(self) -> int:
        fitting = int(STEP_S / self.seconds_per_token) // STEP_TOKENS_MIN * STEP_TOKENS_MIN
        return max(1, min(self._tokens_max, max(STEP_TOKENS_MIN, fitting)))

    def expected_s(self, tokens: int) -> float:
        return tokens * self.seconds_per_token

    def saw(self, tokens: int, seconds: float) -> None:
        """Learn from one step. Short ones say little: a single token costs as much as several."""
        if tokens >= min(STEP_TOKENS_MIN, self._tokens_max):
            self.seconds_per_token += (seconds / tokens - self.seconds_per_token) * 0.3
