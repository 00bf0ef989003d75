"""A 6-gram model with a cache: the counts of a repository's other files, mixed with those of the text before.

Interpolated Witten-Bell smoothing (Witten and Bell 1991; the cache is Kuhn and De Mori's, 1990). It needs no
training beyond reading the repository, so a language model that is worth loading must beat it.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

ORDER = 6
CACHE_SHARE = 0.5  # of the file's own text; between 0.3 and 0.7 nothing changes by more than half a point
TOKEN = re.compile(r"\w+|[^\w\s]|[ \t]+|\n|\s")
TOKENS_MAX = 80

Gram = tuple[Hashable, ...]


@dataclass(slots=True)
class Counts:
    """How often each token followed each context of up to five tokens."""

    after: defaultdict[Gram, Counter[Hashable]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, tokens: Sequence[Hashable], start: int = 0) -> None:
        """Count the tokens from *start* on; those before serve as context."""
        for at in range(start, len(tokens)):
            for length in range(min(ORDER - 1, at) + 1):
                self.after[tuple(tokens[at - length : at])][tokens[at]] += 1

    def remove(self, tokens: Sequence[Hashable]) -> None:
        """Take back what `add` counted for *tokens*."""
        for at in range(len(tokens)):
            for length in range(min(ORDER - 1, at) + 1):
                seen = self.after[tuple(tokens[at - length : at])]
                seen[tokens[at]] -= 1
                if not seen[tokens[at]]:
                    del seen[tokens[at]]

    def probability(self, token: Hashable, before: Sequence[Hashable], base: float) -> float:
        """Of *token* after *before*, where *base* is its probability if nothing is known."""
        found = base
        for length in range(min(ORDER - 1, len(before)) + 1):
            seen = self.after.get(tuple(before[len(before) - length :]))
            if seen:
                total, kinds = seen.total(), len(seen)
                found = (seen[token] + kinds * found) / (total + kinds)
        return found

    def candidates(self, before: Sequence[Hashable]) -> list[Hashable]:
        """Return the likeliest next tokens by the longest context known."""
        for length in range(min(ORDER - 1, len(before)), -1, -1):
            seen = self.after.get(tuple(before[len(before) - length :]))
            if seen:
                return [token for token, _ in seen.most_common(12)]
        return []


def rest_of_line(repository: Counts, before: str, lines: int) -> str:
    """Return what is greedily written after *before*, up to the end of as many *lines*."""
    cache = Counts()
    tokens: list[Hashable] = list(TOKEN.findall(before[-20_000:]))
    cache.add(tokens)
    first = len(tokens)
    for _ in range(TOKENS_MAX):
        context = tokens[-(ORDER - 1) :]
        among = dict.fromkeys([*repository.candidates(context), *cache.candidates(context)])
        if not among:
            break
        best = max(among, key=lambda it: mixed(repository, cache, it, context, base=1e-5))
        if best == "\n" and tokens[first:].count("\n") == lines - 1:
            break
        tokens.append(best)
    return "".join(str(it) for it in tokens[first:])


def bits(repository: Counts, ids: Sequence[int], vocabulary: int) -> float:
    """Return the cost of *ids* read from left to right, the cache filling up on the way."""
    cache = Counts()
    cost = 0.0
    for at, token in enumerate(ids):
        context = ids[max(0, at - ORDER + 1) : at]
        cost -= math.log2(mixed(repository, cache, token, context, base=1 / vocabulary))
        cache.add(ids[max(0, at - ORDER + 1) : at + 1], start=min(at, ORDER - 1))
    return cost


def mixed(
    repository: Counts, cache: Counts, token: Hashable, context: Sequence[Hashable], base: float
) -> float:
    own = cache.probability(token, context, base)
    return CACHE_SHARE * own + (1 - CACHE_SHARE) * repository.probability(token, context, base)
