"""Muon for the matrices, AdamW for the rest: fewer tokens to the same loss than AdamW alone."""

from collections import defaultdict

import torch
from torch import Tensor, nn

MUON_RATE, ADAM_RATE = 0.02, 4e-3  # at full learning rate; the schedule scales both
MUON_MOMENTUM, WEIGHT_DECAY = 0.95, 0.01


class Muon(torch.optim.Optimizer):
    """Momentum whose step is made orthogonal. Matrices of one size are stepped together."""

    def __init__(self, parameters: list[nn.Parameter]) -> None:
        super().__init__(parameters, {"lr": MUON_RATE})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        for group in self.param_groups:
            same: dict[torch.Size, list[nn.Parameter]] = defaultdict(list)
            for weight in group["params"]:
                same[weight.shape].append(weight)
            for shape, weights in same.items():
                steps = orthogonal(torch.stack([self._nesterov(weight) for weight in weights]))
                rate = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
                for weight, step in zip(weights, steps, strict=True):
                    weight.mul_(1 - group["lr"] * WEIGHT_DECAY).add_(step, alpha=-rate)

    def _nesterov(self, weight: nn.Parameter) -> Tensor:
        gradient = weight.grad
        assert gradient is not None
        state = self.state[weight]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(gradient)
        momentum: Tensor = state["momentum"]
        momentum.lerp_(gradient, 1 - MUON_MOMENTUM)
        return gradient.lerp(momentum, MUON_MOMENTUM)


def orthogonal(matrices: Tensor) -> Tensor:
    """Return each matrix with its singular values brought near 1 (Newton-Schulz, five rounds)."""
    x = matrices.bfloat16()
    is_tall = x.shape[-2] > x.shape[-1]
    x = x.mT if is_tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    found: Tensor = (x.mT if is_tall else x).to(matrices.dtype)
    return found


def optimizers(network: nn.Module) -> list[torch.optim.Optimizer]:
    matrices = [it for name, it in network.named_parameters() if it.ndim == 2 and "embedding" not in name]
    others = [it for name, it in network.named_parameters() if it.ndim != 2 or "embedding" in name]
    for optimizer in (made := [Muon(matrices), torch.optim.AdamW(others, ADAM_RATE, (0.9, 0.95), 1e-9, 0.0)]):
        for group in optimizer.param_groups:
            group["rate"] = group["lr"]
    return made


def scale_rates(optimizers_: list[torch.optim.Optimizer], factor: float) -> None:
    for optimizer in optimizers_:
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * factor
