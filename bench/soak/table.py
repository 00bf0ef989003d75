"""The end of a soak in two tables: what grew, and how requests were answered. Pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bench.soak.trend import Points, trend
from bench.soak.window import Answer


def growth(series: Mapping[str, Points]) -> Iterator[str]:
    yield "| | first third | last third | per hour | |\n|---|---|---|---|---|"
    for name, points in series.items():
        found = trend(points)
        if found is None:
            yield f"| {name} | – | – | – | too few readings |"
        else:
            yield f"| {name} | {found.first:.1f} | {found.last:.1f} | {found.per_hour:+.1f} | {found.kind} |"


def growing(series: Mapping[str, Points]) -> list[str]:
    """What rises and does not rise ever less."""
    found = {name: trend(points) for name, points in series.items()}
    return [name for name, it in found.items() if it is not None and it.kind == "grows"]


def answers(answered: Sequence[Answer], unanswered: Counter[str]) -> Iterator[str]:
    yield "| request | asked | answered | errors | median, p95 ms: first third | last third |"
    yield "|---|---|---|---|---|---|"
    for method in sorted({it.method for it in answered} | set(unanswered)):
        own = [it for it in answered if it.method == method]
        first, last = _thirds(own)
        errors = sum(bool(it.error) for it in own)
        asked = len(own) + unanswered[method]
        yield f"| {method} | {asked} | {len(own)} | {errors} | {_times(first)} | {_times(last)} |"


def errors(answered: Sequence[Answer]) -> Iterator[str]:
    counts = Counter((it.method, it.error) for it in answered if it.error)
    for (method, words), count in counts.most_common(10):
        yield f"{count} times {method}: {words}"


def _thirds(answered: Sequence[Answer]) -> tuple[list[Answer], list[Answer]]:
    """Those of the first and of the last third of the time."""
    if not answered:
        return [], []
    start, end = answered[0].at, answered[-1].at
    third = (end - start) / 3
    return [it for it in answered if it.at <= start + third], [it for it in answered if it.at >= end - third]


def _times(answered: Sequence[Answer]) -> str:
    if not answered:
        return "–"
    took = sorted(1000 * it.seconds for it in answered)
    return f"{statistics.median(took):.0f}, {took[min(len(took) - 1, int(0.95 * len(took)))]:.0f}"
