"""Choose among signatures and pieces of similar code what a budget can buy, by what each adds.

Greedy: at every step the candidate that adds most per token. A name or a line that is shown adds nothing the
second time, so candidates that say the same crowd each other out. This is the budgeted maximum-coverage
heuristic (Khuller, Moss & Naor 1999).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
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
    counts = [len(it.names) for it in candidates]
    shown_names = np.fromiter(chain.from_iterable(it.names for it in candidates), np.intp, sum(counts))
    shown_by = np.repeat(np.arange(len(candidates)), counts)
    values = np.array([it.value for it in candidates])
    gains = (values + np.bincount(shown_by, name_worths[shown_names], len(candidates))).astype(np.float32)
    per_line = (values / [max(1, len(it.lines)) for it in candidates]).astype(np.float32)
    # Each name's candidates, one name after the other.
    showing = shown_by[np.argsort(shown_names, kind="stable")]
    ends = np.cumsum(np.bincount(shown_names, minlength=len(name_worths))).tolist()
    worths = name_worths.tolist()
    alike = _alike(candidates)
    groups: dict[tuple[str, bool], list[int]] = {}
    for number, it in enumerate(candidates):
        groups.setdefault((it.path, it.is_signature), []).append(number)
    total_costs = costs + path_costs  # infinite, once a candidate is taken or cannot be paid any more
    left, worth = budget_tokens, 0.0
    chosen: list[tuple[Candidate, float]] = []

    def take(number: int) -> float:
        it = candidates[number]
        gain = float(gains[number])
        group = groups.pop((it.path, it.is_signature), None)
        if group is not None and len(group) > 1:
            total_costs[group] = costs[group]
        total_costs[number] = np.inf
        for name in it.names:
            if worths[name]:
                start, end = ends[name - 1] if name else 0, ends[name]
                if end - start > 1:
                    gains[showing[start:end]] -= worths[name]
                worths[name] = 0.0
        for line in it.lines:
            if line in alike:
                these = alike.pop(line)
                gains[these] -= per_line[these]
        return gain

    for number in shown:
        worth += take(number)
    density = np.empty_like(gains)
    while True:
        np.divide(gains, total_costs, out=density)
        best = int(density.argmax())
        if density[best] < WORTH_PER_TOKEN_MIN:
            return Choice(_without_repeats(chosen), worth)
        cost = total_costs[best]
        if not cost <= left:
            total_costs[total_costs > left] = np.inf
            continue
        left -= float(cost)
        gain = take(best)
        worth += gain
        chosen.append((candidates[best], gain))


def _alike(candidates: Sequence[Candidate]) -> dict[str, list[int]]:
    """The lines that several of *candidates* have, with the numbers of those; most lines only one has."""
    first: dict[str, int] = {}
    found: dict[str, list[int]] = {}
    for number, it in enumerate(candidates):
        for line in it.lines:
            if first.setdefault(line, number) != number:
                found.setdefault(line, [first[line]]).append(number)
    return found


def _without_repeats(chosen: Sequence[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """Without the signatures whose lines a piece chosen later shows, too."""
    shown: dict[str, list[Candidate]] = {}
    for it, _ in chosen:
        if not it.is_signature:
            shown.setdefault(it.path, []).append(it)
    return [
        (it, gain)
        for it, gain in chosen
        if not it.is_signature
        or not any(
            piece.first_line <= it.first_line and it.last_line <= piece.last_line
            for piece in shown.get(it.path, ())
        )
    ]
