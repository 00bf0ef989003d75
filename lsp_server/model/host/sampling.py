"""Choose the next token from the model's scores."""

import numpy as np
import numpy.typing as npt

from lsp_server.model.host.vocabulary import Ids

Scores = npt.NDArray[np.float32]


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
    top = among.max()
    if not np.isfinite(top):
        raise ValueError("no token can be chosen: the model's scores are not numbers")
    logprob = float(among[index] - top - np.log(np.exp(among - top).sum()))
    return index if allowed is None else int(allowed[index]), logprob
