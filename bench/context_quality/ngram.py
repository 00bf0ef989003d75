"""How many bits a text costs that knows what was read before: a cache n-gram model with an identifier cache.

Three parts. A byte model of order 5 of the language, from another project (interpolated Witten-Bell, Witten
& Bell 1991). Above it the same estimate over orders 3 to 16 of the text that was read, found exactly. At
identifiers, a quarter of the probability is an identifier cache's (Tu, Su & Devanbu 2014): half by frequency,
half even over all names read, so that every further name in a context makes each one cheaper to miss.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bench.context_quality.project import IDENTIFIER

BACKGROUND_ORDER = 5
ORDER_MIN, ORDER_MAX = 3, 16
CACHE_SHARE = 0.25
_UNIFORM = 1 / 200
_BITS_MAX = 900  # of one identifier; far below any float's limit

_OCCURRENCE = re.compile(
    r"(\.|->|::|\bdef |\bfn |\bfunc (?:\([^)\n]*\) )?|^[ \t]+(?=[A-Za-z_$][\w$]*\())?([A-Za-z_$][\w$]*)", re.M
)
_MEMBER_MARKS = (".", "->", "::")


class Background:
    """The language, as another project writes it."""

    def __init__(self, data: bytes) -> None:
        self._counts: list[dict[bytes, Counter[int]]] = []
        for order in range(BACKGROUND_ORDER + 1):
            counts: dict[bytes, Counter[int]] = defaultdict(Counter)
            for i in range(order, len(data)):
                counts[data[i - order : i]][data[i]] += 1
            self._counts.append(dict(counts))
        self._totals = lru_cache(maxsize=1 << 18)(self._total)

    def probability(self, history: bytes, byte: int) -> float:
        p = _UNIFORM
        for order in range(BACKGROUND_ORDER + 1):
            key = history[len(history) - order :]
            counts = self._counts[order].get(key)
            if not counts:
                break
            distinct = len(counts)
            p = (counts.get(byte, 0) + distinct * p) / (self._totals(order, key) + distinct)
        return p

    def of(self, before: bytes, taken: bytes) -> list[float]:
        """The probability of each byte of *taken*; the same for every context."""
        history = before[-8:] + taken
        start = len(history) - len(taken)
        return [self.probability(history[: start + i][-8:], byte) for i, byte in enumerate(taken)]

    def _total(self, order: int, key: bytes) -> int:
        return self._counts[order][key].total()


class Read:
    """Text that was read, searched for what followed the same bytes."""

    def __init__(self, data: bytes) -> None:
        self._data: NDArray[np.uint8] = np.frombuffer(data, np.uint8)
        wide = self._data.astype(np.uint32)
        triples = (wide[:-2] << 16) | (wide[1:-1] << 8) | wide[2:] if len(data) >= ORDER_MIN else wide[:0]
        self._order = np.argsort(triples, kind="stable")
        self._triples = triples[self._order]

    def bits(self, before: bytes, taken: bytes, background: list[float]) -> list[float]:
        """Bits of each byte of *taken*."""
        total = []
        for i, byte in enumerate(taken):
            p = background[i]
            for following in self._following((before + taken[:i])[-ORDER_MAX:]):
                distinct = len(np.flatnonzero(np.bincount(following, minlength=256)))
                p = (int((following == byte).sum()) + distinct * p) / (len(following) + distinct)
            total.append(-math.log2(p))
        return total

    def _following(self, history: bytes) -> Iterator[NDArray[np.uint8]]:
        """For each order from 3, as far as it is found: the bytes that followed the history's end."""
        if len(history) < ORDER_MIN or not len(self._triples):
            return
        triple = (history[-3] << 16) | (history[-2] << 8) | history[-1]
        first, last = np.searchsorted(self._triples, (triple, triple + 1))
        positions = self._order[first:last] + ORDER_MIN
        positions = positions[positions < len(self._data)]
        order = ORDER_MIN
        while len(positions):
            yield self._data[positions]
            order += 1
            if order > min(ORDER_MAX, len(history)):
                return
            positions = positions[positions >= order]
            positions = positions[self._data[positions - order] == history[-order]]


class Names:
    """The identifier cache: which names were read, as members and otherwise."""

    def __init__(self, text: str) -> None:
        self._members: Counter[str] = Counter()
        self._others: Counter[str] = Counter()
        for match in _OCCURRENCE.finditer(text):
            mark, name = match.groups()
            if mark is not None:
                self._members[name] += 1
            if mark not in _MEMBER_MARKS:  # what is being defined counts as both
                self._others[name] += 1
        self._all = self._members + self._others
        self._totals = {id(it): it.total() for it in (self._members, self._others, self._all)}

    def probability(self, name: str, *, is_member: bool) -> float:
        own = self._members if is_member else self._others
        return 0.5 * self._share(own, name) + 0.5 * self._share(self._all, name)

    def _share(self, counts: Counter[str], name: str) -> float:
        total = self._totals[id(counts)]
        return 0.5 * counts[name] / total + (0.5 / len(counts) if name in counts else 0.0) if total else 0.0


def bits(read: str, before: str, taken: str, background: list[float]) -> float:
    """What *taken* costs after *before*, with *read* read. *background* is `Background.of` both."""
    history = before.encode("utf-8", "replace")
    each = Read(read.encode("utf-8", "replace")).bits(history, taken.encode("utf-8", "replace"), background)
    if len(each) != len(taken):
        return sum(each)
    names = Names(read)
    total, end = 0.0, 0
    for match in IDENTIFIER.finditer(taken):
        total += sum(each[end : match.start()])
        end = match.end()
        spelled = sum(each[match.start() : end])
        if end - match.start() >= 2:
            mark = (before[-2:] + taken[: match.start()])[-2:]
            is_member = mark.endswith(".") or mark in _MEMBER_MARKS
            known = names.probability(match.group(), is_member=is_member)
            spelled = -math.log2((1 - CACHE_SHARE) * 2.0 ** -min(spelled, _BITS_MAX) + CACHE_SHARE * known)
        total += spelled
    return total + sum(each[end:])
