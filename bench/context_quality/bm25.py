"""BM25 as the literature has it (Robertson & Zaragoza 2009), for the baselines."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

K1, B = 1.5, 0.75


class BM25:
    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, words in enumerate(documents):
            for word, count in Counter(words).items():
                self._postings[word].append((number, count))
        average = sum(map(len, documents)) / max(1, len(documents)) or 1.0
        self._norms = [K1 * (1 - B + B * len(words) / average) for words in documents]

    def ranked(self, query: Iterable[str]) -> list[int]:
        """The numbers of the documents with any word of *query*, best first."""
        scores: dict[int, float] = defaultdict(float)
        total = len(self._norms)
        for word, weight in Counter(query).items():
            postings = self._postings.get(word, ())
            rarity = math.log(1 + (total - len(postings) + 0.5) / (len(postings) + 0.5)) * weight * (K1 + 1)
            for number, count in postings:
                scores[number] += rarity * count / (count + self._norms[number])
        return sorted(scores, key=lambda it: -scores[it])
