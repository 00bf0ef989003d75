"""Requests as figures: for a table, and for programs."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.statistics.request import ACCEPTED, Request

BOUNDS_MS = (10, 20, 50, 100, 200, 500, 1_000, 2_000)  # of the chart's bars; the last is everything above

WITHOUT_MODEL = ("shown", "ahead", "remembered", "imports")  # of `Completion.source`


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    requests: int
    shown: int
    accepted: int
    typed: int
    kept: int
    kept_of: int  # accepted ones of which it is known
    ghost_ms_median: float
    ghost_ms_p95: float
    first_ms_median: float
    evaluated_median: float
    reused_share: float  # of all prompt tokens
    without_model: int  # see `WITHOUT_MODEL`


def summary(requests: Sequence[Request]) -> Summary | None:
    """None without any."""
    if not requests:
        return None
    ghost = sorted(it.ghost_ms for it in requests)
    tokens = sum(it.evaluated + it.reused for it in requests)
    accepted = [it for it in requests if it.outcome in ACCEPTED]
    return Summary(
        requests=len(requests),
        shown=sum(it.outcome != "nothing" for it in requests),
        accepted=len(accepted),
        typed=sum(it.outcome == "typed" for it in requests),
        kept=sum(it.is_kept is True for it in accepted),
        kept_of=sum(it.is_kept is not None for it in accepted),
        ghost_ms_median=statistics.median(ghost),
        ghost_ms_p95=ghost[min(len(ghost) - 1, int(0.95 * len(ghost)))],
        first_ms_median=statistics.median(it.first_ms for it in requests),
        evaluated_median=statistics.median(it.evaluated for it in requests),
        reused_share=sum(it.reused for it in requests) / tokens if tokens else 0.0,
        without_model=sum(it.source in WITHOUT_MODEL for it in requests),
    )


def histogram(requests: Sequence[Request]) -> list[tuple[str, int]]:
    """(label, requests) by the time to ghost text."""
    bounds = [0, *BOUNDS_MS]
    labels = [f"{low}-{high} ms" for low, high in zip(bounds, BOUNDS_MS, strict=False)]
    counts = [0] * (len(BOUNDS_MS) + 1)
    for it in requests:
        counts[next((n for n, high in enumerate(BOUNDS_MS) if it.ghost_ms < high), len(BOUNDS_MS))] += 1
    return list(zip([*labels, f"over {BOUNDS_MS[-1]} ms"], counts, strict=True))
