"""Start a larger network from a smaller one that has learned: it computes the same, and has room for more.

Blocks are added as in LLaMA Pro (Wu et al. 2024): a copy of a block whose two last matrices are zero adds
nothing to what passes through it, and learns from the first step on. A wider feed-forward part gets units
whose outputs are zero (Net2Net's idea, Chen, Goodfellow & Shlens 2016).
"""

from dataclasses import replace

import torch
from torch import Tensor

from training.train.model import Network, Shape


def grown(small: Network, shape: Shape) -> Network:
    """Return a network of *shape* that computes what *small* does.

    Raises ValueError unless *shape* has a multiple of the layers, no less hidden width and all else alike.
    """
    before = small.shape
    if replace(before, layers=shape.layers, hidden=shape.hidden, window=shape.window) != shape:
        raise ValueError(f"only layers and the hidden width can grow: {before} into {shape}")
    if shape.layers % before.layers or shape.hidden < before.hidden:
        raise ValueError(f"whole multiples of the layers can grow, and no less: {before} into {shape}")
    copies = shape.layers // before.layers
    fresh = Network(shape)
    state = fresh.state_dict()
    for name, weight in small.state_dict().items():
        if not name.startswith("blocks."):
            state[name] = weight
            continue
        _, number, rest = name.split(".", 2)
        for copy in range(copies):
            to = f"blocks.{int(number) * copies + copy}.{rest}"
            state[to] = _widened(weight, state[to])
            if copy and rest.endswith(("out.weight", "down.weight")):
                state[to] = torch.zeros_like(state[to])
    fresh.load_state_dict(state)
    return fresh


def _widened(old: Tensor, new: Tensor) -> Tensor:
    """*old* in the corner of a matrix as large as *new*: more rows are *new*'s, more columns are zero."""
    if old.shape == new.shape:
        return old.clone()
    wide = new.clone()
    wide[: old.shape[0], : old.shape[1]] = old
    wide[:, old.shape[1] :] = 0
    return wide
