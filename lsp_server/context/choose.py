"""Choose among signatures and pieces of similar code what a budget can buy, by what each adds.

Greedy: at every step the candidate that adds most per token. A name or a line that is shown adds nothing the
second time, so candidates that say the same crowd each other out. This is the budgeted maximum-coverage
heuristic (Khuller, Moss & Naor 1999).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lsp_server.context.learned import Floats
from lsp_server.syntax.outline import Definition

WORTH_PER_TOKEN_MIN = 1e-5  # what adds less is noise

_Numbers = NDArray[np.intp]


class Candidate(NamedTuple):
    """Something that could be shown: its lines stay together."""

    path: str
    first_line: int
    last_line: int  # inclusive
    text: str
    reason: Callable[[], str]  # for a person
    signature_of: Definition | None = None  # None for a piece of code


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """In columns: of hundreds a few dozen are chosen, and only those are made. Signatures come first."""

    paths: Sequence[str]
    texts: Sequence[str]
    signatures: int  # how many of them are
    values: NDArray[np.float64]  # of each on its own, spread evenly over its lines
    # Each name that each candidate shows, by candidate: its number in the worths, and the candidate's.
    names: _Numbers
    names_of: _Numbers
    lines: Sequence[Sequence[str]]  # of each piece those that add nothing where another shows them, each once
    name_worths: Floats
    make: Callable[[int], Candidate]

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True, slots=True)
class Choice:
    chosen: Sequence[tuple[Candidate, float]]  # in the order of choosing, each with what it added
    worth: float  # of all together


def choose(
    candidates: Candidates,
    *,
    costs: Floats,
    path_costs: Floats,
    budget_tokens: float,
    shown: Sequence[int] = (),
) -> Choice:
    """The best of *candidates*, whose *costs* are tokens; the first of a path's pays its *path_costs* too.

    *shown* are the numbers of candidates that stand in the prompt already: they cost nothing and count.
    """
    size = len(candidates)
    if not size:
        return Choice((), 0.0)
    name_worths, first_piece = candidates.name_worths, candidates.signatures
    held = np.bincount(candidates.names_of, name_worths[candidates.names], size)
    gains = (candidates.values + held).astype(np.float32)
    line_counts = np.ones(size)
    line_counts[first_piece:] = [len(it) or 1 for it in candidates.lines]
    per_line = (candidates.values / line_counts).astype(np.float32)
    # What only one shows takes nothing from others.
    is_shared = np.bincount(candidates.names, minlength=1)[candidates.names] > 1
    shared, shared_of = candidates.names[is_shared], candidates.names_of[is_shared]
    names, first_name = shared.tolist(), _firsts(shared_of, size)
    first_showing = _firsts(shared, len(name_worths))
    showing = shared_of[np.argsort(shared, kind="stable")]
    worths = name_worths.tolist()
    alike = _alike(candidates.lines, first_piece)
    group_of, first_of, by_group = _groups(candidates)
    is_paid = [False] * (len(first_of) - 1)
    total_costs = costs + path_costs  # infinite, once a candidate is taken or cannot be paid any more
    left, worth = budget_tokens, 0.0
    chosen: list[tuple[int, float]] = []

    def take(number: int) -> float:
        gain = float(gains[number])
        group = group_of[number]
        if not is_paid[group]:
            is_paid[group] = True
            these = by_group[first_of[group] : first_of[group + 1]]
            total_costs[these] = costs[these]
        total_costs[number] = np.inf
        for name in names[first_name[number] : first_name[number + 1]]:
            if worths[name]:
                gains[showing[first_showing[name] : first_showing[name + 1]]] -= worths[name]
                worths[name] = 0.0
        if number >= first_piece:
            for line in alike.keys() & candidates.lines[number - first_piece]:
                holding = alike.pop(line)
                gains[holding] -= per_line[holding]
        return gain

    for number in shown:
        worth += take(number)
    density = np.empty_like(gains)
    while True:
        np.divide(gains, total_costs, out=density)
        best = int(density.argmax())
        if density[best] < WORTH_PER_TOKEN_MIN:
            made = [(candidates.make(number), gain) for number, gain in chosen]
            return Choice(_without_repeats(made), worth)
        cost = total_costs[best]
        if not cost <= left:
            total_costs[total_costs > left] = np.inf
            continue
        left -= float(cost)
        gain = take(best)
        worth += gain
        chosen.append((best, gain))


def _firsts(groups: _Numbers, count: int) -> list[int]:
    """Where each group begins once its members stand together, and where the last one ends."""
    return [0, *np.cumsum(np.bincount(groups, minlength=count)).tolist()]


def _groups(candidates: Candidates) -> tuple[list[int], list[int], _Numbers]:
    """Which group each candidate is in: what a path's signatures, or its pieces, are. Then where each group
    begins among the candidates by group, and those."""
    number: defaultdict[str, int] = defaultdict(count().__next__)
    paths = candidates.paths
    group_of = 2 * np.fromiter(map(number.__getitem__, paths), np.intp, len(paths))
    group_of[: candidates.signatures] += 1
    return group_of.tolist(), _firsts(group_of, 2 * len(number)), np.argsort(group_of, kind="stable")


def _alike(lines: Sequence[Sequence[str]], first_piece: int) -> dict[str, list[int]]:
    """The lines that several pieces have, with the numbers of those; most lines only one has."""
    seen: set[str] = set()
    several: set[str] = set()
    for of_piece in lines:
        several.update(seen.intersection(of_piece))
        seen.update(of_piece)
    found: dict[str, list[int]] = {line: [] for line in several}
    for number, of_piece in enumerate(lines, first_piece):
        for line in several.intersection(of_piece):
            found[line].append(number)
    return found


def _without_repeats(chosen: Sequence[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """Without the signatures whose lines a piece chosen later shows, too."""
    shown: dict[str, list[Candidate]] = {}
    for it, _ in chosen:
        if it.signature_of is None:
            shown.setdefault(it.path, []).append(it)
    return [
        (it, gain)
        for it, gain in chosen
        if it.signature_of is None
        or not any(
            piece.first_line <= it.first_line and it.last_line <= piece.last_line
            for piece in shown.get(it.path, ())
        )
    ]
