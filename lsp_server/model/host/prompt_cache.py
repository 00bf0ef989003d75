"""Let a small model copy from its own prompt: a cache language model over token n-grams.

What followed the longest earlier occurrences of the last tokens is mixed into the model's own
distribution, as in Grave et al. 2017 (continuous cache) and Khandelwal et al. 2020 (kNN-LM), but with
exact n-gram matches as keys: no vectors, no training, a few microseconds a token. Source code repeats
itself; a model of a few million parameters sees that it should copy, but has not learned to do so.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from lsp_server.model.host.sampling import Scores

SHORTEST = 2  # tokens that must agree
LONGEST = 16
OCCURRENCES_MAX = 48  # the latest ones; older ones of so common a pair say little
# The share of the cache grows with the length of the match: 3 agreeing tokens are a guess, 6 nearly a
# certainty. Fitted on places inside lines of pygls, pathspec and grimp, which are not among those reported.
SHARE_PER_TOKEN = 0.16
BASE = 3.0  # how much more one occurrence counts than another that agrees in one token less


class PromptCache:
    """The prompt and what was generated, indexed as it grows. Not thread-safe.

    *copied_as* tells which token to propose where an earlier place went on with another; None for none.
    """

    def __init__(self, share_max: float, copied_as: Callable[[int], int | None]) -> None:
        self._share_max = share_max
        self._copied_as = copied_as
        self._after: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        self._indexed = SHORTEST

    def mixed(self, scores: Scores, tokens: Sequence[int]) -> Scores:
        """Natural log probabilities of the token after *tokens*; *scores* if the cache proposes none."""
        proposed, length = self._proposed(tokens)
        if not proposed:
            return scores
        top = scores.max()
        probabilities = np.exp(scores - top)
        probabilities /= probabilities.sum()
        share = min(self._share_max, SHARE_PER_TOKEN * (length - 1))
        total = sum(proposed.values())
        probabilities *= 1 - share
        for token, weight in proposed.items():
            if np.isfinite(scores[token]):
                probabilities[token] += share * weight / total
        with np.errstate(divide="ignore"):
            logs: Scores = np.log(probabilities).astype(np.float32)
        return logs

    def _proposed(self, tokens: Sequence[int]) -> tuple[dict[int, float], int]:
        """(token → weight, length of the longest match)."""
        for at in range(self._indexed, len(tokens)):
            self._after[tokens[at - 2], tokens[at - 1]].append(at)
        self._indexed = max(self._indexed, len(tokens))
        if len(tokens) < SHORTEST:
            return {}, 0
        proposed: dict[int, float] = {}
        longest = 0
        for at in self._after.get((tokens[-2], tokens[-1]), ())[-OCCURRENCES_MAX:]:
            token = self._copied_as(tokens[at])
            if token is None:
                continue
            length = SHORTEST
            while length < LONGEST and length < at and tokens[at - 1 - length] == tokens[-1 - length]:
                length += 1
            proposed[token] = proposed.get(token, 0.0) + BASE**length
            longest = max(longest, length)
        return proposed, longest
