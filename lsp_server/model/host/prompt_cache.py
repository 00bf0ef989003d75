"""Let a small model copy: a cache language model over token n-grams of its prompt and of texts beside it.

What followed the longest earlier occurrences of the last tokens is mixed into the model's own
distribution, as in Grave et al. 2017 (continuous cache) and Khandelwal et al. 2020 (kNN-LM), but with
exact n-gram matches as keys: no vectors, no training, a few microseconds a token. Source code repeats
itself; a model of a few million parameters sees that it should copy, but has not learned to do so. The
texts beside the prompt are those its window has no room for: they cost an index, not an evaluation.
"""

from collections.abc import Callable, Sequence

import numpy as np

from lsp_server.model.host.ngrams import NGrams
from lsp_server.model.host.sampling import Scores

# The share of the cache grows with the length of the match: 3 agreeing tokens are a guess, 6 nearly a
# certainty. Fitted on places inside lines of pygls, pathspec and grimp, which are not among those reported.
SHARE_PER_TOKEN = 0.16
BASE = 3.0  # how much more one occurrence counts than another that agrees in one token less
BESIDE = 0.5  # how much an occurrence beside the prompt counts against one in it


class PromptCache:
    """The prompt and what was generated, indexed as it grows, and texts beside it. Not thread-safe.

    *copied_as* tells which token to propose where an earlier place went on with another; None for none.
    """

    def __init__(
        self, share_max: float, copied_as: Callable[[int], int | None], beside: Sequence[NGrams] = ()
    ) -> None:
        self._share_max = share_max
        self._copied_as = copied_as
        self.prompt = NGrams()
        self._beside = beside

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
        self.prompt.grow(tokens)
        proposed: dict[int, float] = {}
        longest = 0
        for source in (self.prompt, *self._beside):
            counts = 1.0 if source is self.prompt else BESIDE
            for at, length in source.followers(tokens):
                token = self._copied_as(source.token(at))
                if token is not None:
                    proposed[token] = proposed.get(token, 0.0) + counts * BASE**length
                    longest = max(longest, length)
        return proposed, longest
