"""Does a figure that was read again and again grow, level off, or stay? Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Points = Sequence[tuple[float, float]]  # (seconds since the start, value), in order

# Set by hand: a rise below both is what caches, allocators and the moment of a reading do.
RISE_SHARE = 0.02
RISE_SPREADS = 1.0
STILL_GROWING = 0.5  # of the earlier rise; what fills up rises ever less


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    first: float  # median of the first third of the time
    last: float  # … of the last third
    per_hour: float  # from one to the other
    kind: Literal["stays", "levels off", "grows", "falls"]


def trend(points: Points) -> Trend | None:
    """None if there are too few points, or none in one of the thirds."""
    thirds = _thirds(points)
    if any(len(it) < 2 for it in thirds):
        return None
    first, middle, last = (statistics.median(it) for it in thirds)
    hours = (points[-1][0] - points[0][0]) * 2 / 3 / 3600
    spread = max(_spread(it) for it in thirds)
    least = max(RISE_SHARE * abs(first), RISE_SPREADS * spread)
    kind: Literal["stays", "levels off", "grows", "falls"] = "stays"
    if last - first > least:
        kind = "grows" if last - middle > STILL_GROWING * (middle - first) else "levels off"
    elif first - last > least:
        kind = "falls"
    return Trend(first=first, last=last, per_hour=(last - first) / hours, kind=kind)


def _thirds(points: Points) -> list[list[float]]:
    """The values of each third of the time."""
    if not points:
        return [[], [], []]
    start, end = points[0][0], points[-1][0]
    length = (end - start) / 3 or 1.0
    thirds: list[list[float]] = [[], [], []]
    for moment, value in points:
        thirds[min(2, int((moment - start) / length))].append(value)
    return thirds


def _spread(values: Sequence[float]) -> float:
    """Half of how far the middle half of *values* reaches."""
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2
