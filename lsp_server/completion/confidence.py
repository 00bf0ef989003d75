"""How likely it is that a suggestion is right: from how sure the model was of each token it wrote.

Logistic regression (Platt 1999) on four figures of the tokens' log probabilities, its weights fitted for
one model on projects that neither the training nor the reported figures used (`training/confidence`).
They are part of a model's family file, since another model is sure of itself in another way.
"""

import math
from collections.abc import Sequence

from lsp_server.prompting.families import Calibration


def shown_logprobs(logprobs: Sequence[float], written: str, shown: str) -> Sequence[float]:
    """Those of the tokens behind *shown*, the part of *written* that was kept; exact to a token or two."""
    if not written or not logprobs:
        return ()
    share = min(1.0, len(shown) / len(written))
    return logprobs[: max(1, math.ceil(share * len(logprobs)))]


def features(logprobs: Sequence[float]) -> tuple[float, ...]:
    """(sum, least, mean, logarithm of the number of tokens); *logprobs* is not empty."""
    total = sum(logprobs)
    return total, min(logprobs), total / len(logprobs), math.log(len(logprobs))


def confidence(calibration: Calibration, logprobs: Sequence[float]) -> float:
    """The probability, 0..1, that a person would have written just this. 0 without any token."""
    if not logprobs:
        return 0.0
    score = calibration.intercept + sum(
        weight * value for weight, value in zip(calibration.weights, features(logprobs), strict=True)
    )
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))
