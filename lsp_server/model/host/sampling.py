"""Choose the next token from the model's scores."""

import numpy as np
import numpy.typing as npt

from lsp_server.model.host.vocabulary import Ids

Scores = npt.NDArray[np.float32]

# Natural log. A token alone and one of a batch are summed up in another order; now and then that rounds an
# 8-bit activation the other way, and up to 0.04 was seen between the two scores of a token.
CLOSE = 0.06


def choose(
    scores: Scores, allowed: Ids | None, temperature: float, random: np.random.Generator
) -> tuple[int, float]:
    """Return a token and its natural log probability, among the *allowed* ones if that is given.

    With a temperature of 0 it is the likeliest, the lowest number among equals. Forbidden tokens
    have a score of minus infinity. Raises ValueError if no token can be chosen.
    """
    among = scores if allowed is None else scores[allowed]
    if temperature > 0:
        index = int(np.argmax(among / temperature + random.gumbel(size=len(among))))
    else:
        index = int(np.argmax(among))
    top = among.max() if temperature > 0 else among[index]
    if not np.isfinite(top):
        raise ValueError("no token can be chosen: the model's scores are not numbers")
    if temperature == 0:  # `top` is the score chosen; one pass less over a large vocabulary
        logprob = -float(np.log(np.exp(among - top).sum()))
    else:
        logprob = float(among[index] - top - np.log(np.exp(among - top).sum()))
    return index if allowed is None else int(allowed[index]), logprob


def is_close(scores: Scores) -> bool:
    """Whether the two likeliest tokens are so close that rounding may decide between them."""
    likeliest = int(scores.argmax())
    top, scores[likeliest] = scores[likeliest], -np.inf
    second, scores[likeliest] = scores.max(), top
    return bool(top - second < CLOSE)
