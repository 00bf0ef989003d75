"""Choose among signatures and pieces of similar code what a budget can buy, by what each adds.

Greedy: at every step the candidate that adds most per token. A name or a line that is shown adds nothing the
second time, so candidates that say the same crowd each other out. This is the budgeted maximum-coverage
heuristic (Khuller, Moss & Naor 1999).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lsp_server.context.learned import Floats

WORTH_PER_TOKEN_MIN = 1e-5  # what adds less is noise


class Candidate(NamedTuple):
    """Something that could be shown: its lines stay together. Hundreds are made for each request."""

    path: str
    first_line: int
    last_line: int  # inclusive
    text: str
    value: float  # on its own, spread evenly over `lines`
    names: Sequence[int]  # that it shows, as numbers into the worths
    reason: Callable[[], str]  # for a person
    is_signature: bool
    lines: Sequence[str] = ()  # each once, that add nothing where another shows them


@dataclass(frozen=True, slots=True)
class Choice:
    chosen: Sequence[tuple[Candidate, float]]  # in the order of choosing, each with what it added
    worth: float  # of all together


def choose(
    candidates: Sequence[Candidate],
    name_worths: Floats,
    *,
    costs: Floats,
    path_costs: Floats,
    budget_tokens: float,
    shown: Sequence[int] = (),
) -> Choice:
    """The best of *candidates*, whose *costs* are tokens; the first of a path's pays its *path_costs* too.

    *shown* are the numbers of candidates that stand in the prompt already: they cost nothing and count.
    """
    if not candidates:
        return Choice((), 0.0)
    worths = name_worths.copy()
    showing: list[list[int]] = [[] for _ in range(len(worths))]
    for number, it in enumerate(candidates):
        for name in it.names:
            showing[name].append(number)
    shown_names = np.array([name for it in candidates for name in it.names], np.intp)
    shown_by = np.repeat(np.arange(len(candidates)), [len(it.names) for it in candidates])
    alone = np.array([it.value for it in candidates])
    gains = (alone + np.bincount(shown_by, worths[shown_names], len(candidates))).astype(np.float32)
    per_line = np.array([it.value / max(1, len(it.lines)) for it in candidates], np.float32)
    holding: dict[str, list[int]] = {}
    groups: dict[tuple[str, bool], list[int]] = {}
    for number, it in enumerate(candidates):
        for line in it.lines:
            holding.setdefault(line, []).append(number)
        groups.setdefault((it.path, it.is_signature), []).append(number)
    total_costs = costs + path_costs
    is_open = np.ones(len(candidates), bool)
    left, worth = budget_tokens, 0.0
    chosen: list[tuple[Candidate, float]] = []

    def take(number: int) -> float:
        it = candidates[number]
        gain = float(gains[number])
        is_open[number] = False
        group = groups.pop((it.path, it.is_signature), None)
        if group is not None:
            total_costs[group] = costs[group]
        for name in it.names:
            if worths[name]:
                gains[showing[name]] -= worths[name]
                worths[name] = 0.0
        for line in it.lines:
            alike = holding.pop(line, [])
            if len(alike) > 1:
                gains[alike] -= per_line[alike]
        return gain

    for number in shown:
        worth += take(number)
    while True:
        density = np.where(is_open & (total_costs <= left), gains / total_costs, 0.0)
        best = int(density.argmax())
        if density[best] < WORTH_PER_TOKEN_MIN:
            return Choice(_without_repeats(chosen), worth)
        left -= float(total_costs[best])
        gain = take(best)
        worth += gain
        chosen.append((candidates[best], gain))


def _without_repeats(chosen: Sequence[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """Without the signatures whose lines a piece chosen later shows, too."""
    pieces = [it for it, _ in chosen if not it.is_signature]
    return [
        (it, gain)
        for it, gain in chosen
        if not it.is_signature
        or not any(
            piece.path == it.path and piece.first_line <= it.first_line and it.last_line <= piece.last_line
            for piece in pieces
        )
    ]
