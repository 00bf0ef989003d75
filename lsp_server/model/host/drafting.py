"""Guess the next tokens without a second model: what followed the same tokens earlier. Pure.

Prompt-lookup decoding (Saxena 2023; Yang et al. 2023, "Inference with Reference"): the guesses are
evaluated together with the last token, in one batch, and those that the model would have chosen itself
are kept. The answer is the same; only steps are saved. How many tokens are guessed follows what guesses
were worth so far on this machine: a batch of a small model costs nearly as much as its tokens one by one,
one of a large model hardly more than a single token.
"""

from collections.abc import Callable, Sequence

from lsp_server.model.host.ngrams import LONGEST, SHORTEST, NGrams

DRAFT_TOKENS_MAX = 12
LEARNING = 0.1
# Prior: how often the next guess holds after so many agreeing tokens; learned anew while generating.
HELD_AT_SHORTEST, HELD_AT_LONGEST = 0.45, 0.95
# Prior: what one more token in a batch costs, as a share of a step with a single one.
EXTRA_COST = 0.3
MEDIAN_STEP = 0.04


class StepCosts:
    """What steps of several tokens take, in steps of a single one; learned from steps.

    Seconds of the processor: how often other programs interrupted a step says nothing about its cost. And
    medians, since that is not all that disturbs one.
    """

    def __init__(self) -> None:
        self._seconds = [0.0] * (DRAFT_TOKENS_MAX + 2)

    def saw(self, tokens: int, seconds: float) -> None:
        if tokens < len(self._seconds):
            known = self._seconds[tokens] or seconds
            self._seconds[tokens] = known * (1 + (MEDIAN_STEP if seconds > known else -MEDIAN_STEP))

    def of(self, tokens: int) -> float:
        single, seen = self._seconds[1], self._seconds[tokens]
        if tokens == 1 or not single:
            return 1 + EXTRA_COST * (tokens - 1)
        return seen / single if seen else self.of(tokens - 1) + EXTRA_COST


class Holding:
    """How often a guess held, by how many tokens agreed before it."""

    def __init__(self) -> None:
        step = (HELD_AT_LONGEST - HELD_AT_SHORTEST) / (LONGEST - SHORTEST)
        self._shares = [HELD_AT_SHORTEST + step * max(0, length - SHORTEST) for length in range(LONGEST + 1)]

    def saw(self, length: int, *, held: bool) -> None:
        length = min(length, LONGEST)
        self._shares[length] += (held - self._shares[length]) * LEARNING

    def chance(self, length: int) -> float:
        return self._shares[min(length, LONGEST)]


def worth_drafting(length: int, limit: int, holding: Holding, costs: StepCosts) -> int:
    """How many guesses make tokens come fastest, after *length* agreeing tokens; 0 for none."""
    best, best_rate, expected, chance = 0, 1.0, 1.0, 1.0
    for count in range(1, limit + 1):
        chance *= holding.chance(length + count - 1)
        expected += chance
        rate = expected / costs.of(1 + count)
        if rate > best_rate:
            best, best_rate = count, rate
    return best


class Drafter:
    """Guesses for one answer, from its *prompt* and texts *beside* it. *guess_of* tells what to guess where a
    place went on with a token; None for nothing."""

    def __init__(
        self,
        prompt: NGrams,
        beside: Sequence[NGrams],
        holding: Holding,
        costs: StepCosts,
        guess_of: Callable[[int], int | None],
    ) -> None:
        self._prompt = prompt
        self._beside = beside
        self._holding = holding
        self._costs = costs
        self._guess_of = guess_of
        self._length = 0

    def draft(self, tokens: Sequence[int], limit: int) -> list[int]:
        """At most *limit* tokens that may follow *tokens*; often none."""
        self._prompt.grow(tokens)
        found: tuple[int, int, NGrams] | None = None
        for source in (self._prompt, *self._beside):
            for at, length in source.followers(tokens):
                if found is None or length > found[1] or (length == found[1] and source is found[2]):
                    found = at, length, source
        if found is None:
            return []
        at, self._length, source = found
        count = worth_drafting(self._length, min(limit, DRAFT_TOKENS_MAX), self._holding, self._costs)
        guesses: list[int] = []
        for token in source.tokens(at, at + count):
            guess = self._guess_of(token)
            if guess is None:
                break
            guesses.append(guess)
            if guess != token:
                break  # only the beginning of a token was guessed: what follows would not follow
        return guesses

    def saw(self, drafted: int, accepted: int) -> None:
        """Learn how many of the last guesses held. Those after the first wrong one say nothing."""
        for number in range(min(drafted, accepted + 1)):
            self._holding.saw(self._length + number, held=number < accepted)
