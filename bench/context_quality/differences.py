"""Kibitz beside the other providers at the same places: how much more or less, with 95 % confidence.

Places are drawn again with both answers together, which is closer than two intervals of their own.
"""

import random
from collections.abc import Callable, Mapping, Sequence

from bench.context_quality.measures import Outcome

OURS, RESAMPLINGS = "Kibitz", 1_000
Figure = Callable[[Sequence[Outcome]], float]
Pairs = list[list[tuple[Outcome, Outcome]]]  # by project


def differences(by_project: Mapping[str, Sequence[Outcome]], figures: Mapping[str, Figure]) -> str:
    """One row per provider and budget, also of half our tokens against all of theirs; points of a hundred."""
    everything = [it for found in by_project.values() for it in found]
    budgets = sorted({it.budget for it in everything})
    rows = [f"| Kibitz against | tokens | {' | '.join(figures)} |", "|---|---|" + "---|" * len(figures)]
    for other in dict.fromkeys(it.provider for it in everything if it.provider != OURS):
        for ours, theirs in ((a, b) for b in budgets for a in (b // 2, b) if a in budgets):
            pairs = [_paired(found, other, ours, theirs) for found in by_project.values()]
            if all(pairs):
                cells = [_cell(pairs, figure) for figure in figures.values()]
                rows.append(f"| {other} | {ours:,} to {theirs:,} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _paired(found: Sequence[Outcome], other: str, ours: int, theirs: int) -> list[tuple[Outcome, Outcome]]:
    of_us = {it.place: it for it in found if it.provider == OURS and it.budget == ours}
    of_them = {it.place: it for it in found if it.provider == other and it.budget == theirs}
    return [(of_us[it], of_them[it]) for it in sorted(of_us.keys() & of_them.keys())]


def _cell(pairs: Pairs, figure: Figure) -> str:
    rng = random.Random(0)
    drawn = sorted(_mean([rng.choices(it, k=len(it)) for it in pairs], figure) for _ in range(RESAMPLINGS))
    low, high = drawn[int(0.025 * RESAMPLINGS)], drawn[int(0.975 * RESAMPLINGS)]
    return f"{100 * _mean(pairs, figure):+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"


def _mean(pairs: Pairs, figure: Figure) -> float:
    of_each = [figure([a for a, _ in it]) - figure([b for _, b in it]) for it in pairs]
    return sum(of_each) / len(of_each)
