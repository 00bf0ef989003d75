"""Fit networks of one hidden layer with nothing but numpy: there are few rows and features.

Adam (Kingma & Ba 2015), a learning rate that falls to nothing, several networks of different beginnings
side by side in one: an average of networks is one network with more units.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lsp_server.context.learned import CLIPPED_AT

Floats = NDArray[np.float64]

LEARNING_RATE = 0.01
DECAY = 1e-4
ERROR_MAX = 15.0  # beyond it an error of a worth pulls no harder
DECIMALS = 4


def fitted(
    features: Floats,
    targets: Floats,
    *,
    names: Sequence[str],
    loss: Literal["chance", "worth"],
    units: int,
    networks: int,
    rounds: int,
    batch: int,
) -> Mapping[str, object]:
    """The network as `lsp_server.context.learned` reads it; *targets* are 0 or 1 for a chance."""
    mean, spread = features.mean(0), features.std(0) + 1e-6
    scaled = np.clip((features - mean) / spread, -CLIPPED_AT, CLIPPED_AT)
    parts = [
        _network(scaled, targets, loss=loss, units=units, rounds=rounds, batch=batch, seed=seed)
        for seed in range(networks)
    ]
    return {
        "features": list(names),
        "mean": _short(mean),
        "spread": _short(spread),
        "hidden": _short(np.concatenate([it[0] for it in parts], axis=1)),
        "hidden_bias": _short(np.concatenate([it[1] for it in parts])),
        "out": _short(np.concatenate([it[2] for it in parts]) / networks),
        "out_bias": _short(np.mean([it[3] for it in parts], axis=0)),
    }


def _network(
    x: Floats, y: Floats, *, loss: str, units: int, rounds: int, batch: int, seed: int
) -> list[Floats]:
    rng = np.random.default_rng(seed)
    start = np.log(y.mean() / (1 - y.mean())) if loss == "chance" else y.mean()
    weights: list[Floats] = [
        rng.normal(0, x.shape[1] ** -0.5, (x.shape[1], units)),
        np.zeros(units),
        rng.normal(0, units**-0.5, units),
        np.array([start]),
    ]
    first, second = [np.zeros_like(it) for it in weights], [np.zeros_like(it) for it in weights]
    step = 0
    for number in range(rounds):
        rate = LEARNING_RATE * (1 - number / rounds)
        order = rng.permutation(len(y))
        for begin in range(0, len(order), batch):
            rows = order[begin : begin + batch]
            step += 1
            for i, gradient in enumerate(_gradients(x[rows], y[rows], weights, loss)):
                first[i] = 0.9 * first[i] + 0.1 * gradient
                second[i] = 0.999 * second[i] + 0.001 * gradient**2
                move = (first[i] / (1 - 0.9**step)) / (np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8)
                weights[i] = weights[i] - rate * move
    return weights


def _gradients(x: Floats, y: Floats, weights: Sequence[Floats], loss: str) -> list[Floats]:
    hidden, hidden_bias, out, out_bias = weights
    active = np.maximum(0.0, x @ hidden + hidden_bias)
    answer = active @ out + out_bias
    if loss == "chance":
        error = (1 / (1 + np.exp(-answer)) - y) / len(y)
    else:
        error = np.clip(answer - y, -ERROR_MAX, ERROR_MAX) / len(y)
    back = np.outer(error, out) * (active > 0)
    return [
        x.T @ back + DECAY * hidden,
        back.sum(0),
        active.T @ error + DECAY * out,
        np.array([error.sum()]),
    ]


def _short(numbers: Floats) -> object:
    return np.round(numbers, DECIMALS).tolist()
