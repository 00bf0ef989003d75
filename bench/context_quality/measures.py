"""What one provider's context was worth at one place, and averages with confidence intervals."""

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.context_quality.ngram import Background, bits
from bench.context_quality.places import AFTER_CHARACTERS, BEFORE_CHARACTERS, Place
from bench.context_quality.project import IDENTIFIER, Project
from bench.context_quality.providers import CHARACTERS_PER_TOKEN, Nothing, Provider, as_read, fitted

COSTS_MORE_THAN = 0.02  # a context that makes its place dearer by this share was worse than none
_KEY_CHARACTERS = 70  # of a definition's line, that must be found
_RESAMPLINGS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    place: int
    provider: str
    budget: int  # tokens
    bits: float
    bits_without: float
    names: float | None  # share found of the names not seen in the file; None if there are none
    definitions: float  # share found of the definitions needed
    seconds: float
    characters: int


def measured(
    project: Project,
    places: Sequence[Place],
    providers: Sequence[Provider],
    budgets: Sequence[int],
    background: Background,
    told: Callable[[int], None] = lambda done: None,
) -> list[Outcome]:
    outcomes = []
    for number, place in enumerate(places):
        before, after = place.before[-BEFORE_CHARACTERS:], place.after[:AFTER_CHARACTERS]
        prior = background.of(before.encode("utf-8", "replace"), place.taken.encode("utf-8", "replace"))
        own = f"{after}\n{before}"
        without = bits(f"\n{own}", before, place.taken, prior)
        for provider in providers:
            provider.prepare(place)
            for budget in budgets:
                characters = int(budget * CHARACTERS_PER_TOKEN)
                started = time.perf_counter()
                pieces = provider.pieces(place, characters)
                seconds = time.perf_counter() - started
                text = as_read(fitted(pieces, characters))
                is_none = isinstance(provider, Nothing)
                outcomes.append(
                    Outcome(
                        place=number, provider=provider.name, budget=budget, seconds=seconds,
                        bits=without if is_none else bits(f"{text}\n{own}", before, place.taken, prior),
                        bits_without=without, names=_names_found(place, text),
                        definitions=_definitions_found(project, place, text), characters=len(text),
                    )
                )  # fmt: skip
        told(number + 1)
    return outcomes


def _names_found(place: Place, text: str) -> float | None:
    if not place.unseen:
        return None
    return len(place.unseen & set(IDENTIFIER.findall(text))) / len(place.unseen)


def _definitions_found(project: Project, place: Place, text: str) -> float:
    shown = {_key(line) for line in text.split("\n")}
    found = [
        any(_key(project.files[it.path].lines[it.line]) in shown for it in definitions)
        for definitions in place.needed.values()
    ]
    return sum(found) / len(found)


def _key(line: str) -> str:
    return re.sub(r"[\s│⋮█]+", " ", line).strip()[:_KEY_CHARACTERS]


def saved(outcomes: Sequence[Outcome]) -> float:
    """The share of all bits that the context saved."""
    return 1 - sum(it.bits for it in outcomes) / sum(it.bits_without for it in outcomes)


def names_found(outcomes: Sequence[Outcome]) -> float:
    return _mean([it.names for it in outcomes if it.names is not None])


def definitions_found(outcomes: Sequence[Outcome]) -> float:
    return _mean([it.definitions for it in outcomes])


def costly(outcomes: Sequence[Outcome]) -> float:
    return _mean([float(it.bits > it.bits_without * (1 + COSTS_MORE_THAN)) for it in outcomes])


def milliseconds(outcomes: Sequence[Outcome], share: float) -> float:
    """The time that *share* of the requests did not exceed."""
    return sorted(it.seconds for it in outcomes)[min(len(outcomes) - 1, int(share * len(outcomes)))] * 1_000


def interval(
    groups: Sequence[Sequence[Outcome]], figure: Callable[[Sequence[Outcome]], float], seed: int = 0
) -> tuple[float, float]:
    """95 % of the bootstrap over places, of the mean of *figure* over *groups*, one per project."""
    rng = random.Random(seed)
    means = sorted(
        _mean([figure(rng.choices(group, k=len(group))) for group in groups]) for _ in range(_RESAMPLINGS)
    )
    return means[int(0.025 * _RESAMPLINGS)], means[int(0.975 * _RESAMPLINGS)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else float("nan")
