"""Small fitted networks: from features of a candidate to how likely it is needed, or what it is worth.

One hidden layer of rectifiers each; `training.ranking` fits them on other repositories than those that
figures are reported of, and writes `ranking.json`. Nothing but numpy is needed to use them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FILE = Path(__file__).with_name("ranking.json")
CLIPPED_AT = 6.0  # standard deviations
_ROWS_AT_ONCE = 128  # more, and OpenBLAS has threads wait for each other on cores that a model is using


@dataclass(frozen=True, eq=False)
class Network:
    mean: Floats  # of each feature
    spread: Floats
    hidden: Floats  # (features, units)
    hidden_bias: Floats
    out: Floats
    out_bias: float

    def values(self, features: Floats) -> Floats:
        """(n,) from (n, features)."""
        scaled = np.clip((features - self.mean) / self.spread, -CLIPPED_AT, CLIPPED_AT)
        parts: list[Floats] = [
            np.maximum(scaled[first : first + _ROWS_AT_ONCE] @ self.hidden + self.hidden_bias, 0.0) @ self.out
            for first in range(0, max(1, len(scaled)), _ROWS_AT_ONCE)
        ]
        result: Floats = np.concatenate(parts) + self.out_bias
        return result

    def probabilities(self, features: Floats) -> Floats:
        """(n,) from (n, features)."""
        result: Floats = np.float32(1) / (np.float32(1) + np.exp(-self.values(features)))
        return result


@cache
def fitted(name: str, features: tuple[str, ...]) -> Network:
    """The network *name* as shipped. Raises ValueError if it was fitted for other features."""
    known = json.loads(FILE.read_text("utf-8"))[name]
    if tuple(known["features"]) != features:
        raise ValueError(f"{FILE.name} was fitted for other features; run `python -m training.ranking`")
    return network_of(known)


def network_of(known: Mapping[str, Sequence[float]]) -> Network:
    return Network(
        mean=np.array(known["mean"], np.float32),
        spread=np.array(known["spread"], np.float32),
        hidden=np.array(known["hidden"], np.float32),
        hidden_bias=np.array(known["hidden_bias"], np.float32),
        out=np.array(known["out"], np.float32),
        out_bias=float(known["out_bias"][0]),
    )
