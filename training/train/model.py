"""The network: Qwen3's architecture, small. llama.cpp must compute the same for `qwen3`."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of one network. Matrix widths are multiples of 32, the block of the Q8_0 format."""

    vocabulary: int
    window: int  # tokens one sequence may have
    width: int
    layers: int
    heads: int
    key_value_heads: int
    head_width: int
    hidden: int  # inner width of the feed-forward part
    rope_base: float
    norm_epsilon: float


class Norm(nn.Module):
    """RMS normalisation that computes in float32 and answers in the input's type."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps) * self.weight).to(x.dtype)


class Attention(nn.Module):
    """Causal attention with grouped keys and values; queries and keys are normalised per head."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.query = nn.Linear(shape.width, shape.heads * shape.head_width, bias=False)
        self.key = nn.Linear(shape.width, shape.key_value_heads * shape.head_width, bias=False)
        self.value = nn.Linear(shape.width, shape.key_value_heads * shape.head_width, bias=False)
        self.out = nn.Linear(shape.heads * shape.head_width, shape.width, bias=False)
        self.query_norm = Norm(shape.head_width, eps=shape.norm_epsilon)
        self.key_norm = Norm(shape.head_width, eps=shape.norm_epsilon)

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor], bias: Tensor) -> Tensor:
        batch, length, _ = x.shape
        head = self.shape.head_width
        query = rotated(self.query_norm(self.query(x).view(batch, length, -1, head)), angles).transpose(1, 2)
        key = rotated(self.key_norm(self.key(x).view(batch, length, -1, head)), angles).transpose(1, 2)
        value = self.value(x).view(batch, length, -1, head).transpose(1, 2)
        groups = self.shape.heads // self.shape.key_value_heads
        key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
        # Written out: on a CPU, backwards included, twice as fast as the fused kernel at these lengths.
        scores = query.flatten(0, 1).to(value.dtype) @ key.flatten(0, 1).mT.to(value.dtype)
        shares = (scores.view(batch, -1, length, length) * head**-0.5 + bias).softmax(-1)
        mixed = shares.to(value.dtype).flatten(0, 1) @ value.flatten(0, 1)
        mixed = mixed.view(batch, -1, length, head).transpose(1, 2).reshape(batch, length, -1)
        out: Tensor = self.out(mixed)
        return out


class FeedForward(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate = nn.Linear(shape.width, shape.hidden, bias=False)
        self.up = nn.Linear(shape.width, shape.hidden, bias=False)
        self.down = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.down(functional.silu(self.gate(x)) * self.up(x))
        return out


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm = Norm(shape.width, eps=shape.norm_epsilon)
        self.attention = Attention(shape)
        self.feed_forward_norm = Norm(shape.width, eps=shape.norm_epsilon)
        self.feed_forward = FeedForward(shape)

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor], bias: Tensor) -> Tensor:
        x = x + self.attention(self.attention_norm(x), angles, bias)
        out: Tensor = x + self.feed_forward(self.feed_forward_norm(x))
        return out


class Network(nn.Module):
    """Token ids in, logits out; the embedding is also the output matrix."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.width, eps=shape.norm_epsilon)
        nn.init.normal_(self.embedding.weight, std=0.02)
        for name, weight in self.blocks.named_parameters():
            if weight.ndim == 2:
                # The last matrix of each branch starts small: a fresh network is close to its embedding.
                is_last = name.endswith(("out.weight", "down.weight"))
                nn.init.normal_(weight, std=0.02 / (2 * shape.layers) ** 0.5 if is_last else 0.02)

    def forward(self, ids: Tensor, samples: Tensor | None = None) -> Tensor:
        """Return logits. *samples* numbers the packed sample of each token; samples do not see each other."""
        bias = attention_bias(ids.shape[1], samples, ids.device)
        angles = rope_angles(self.shape, ids.shape[1], ids.device)
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, angles, bias)
        return functional.linear(self.norm(x), self.embedding.weight)


def rope_angles(shape: Shape, length: int, device: torch.device) -> tuple[Tensor, Tensor]:
    half = shape.head_width // 2
    frequencies = shape.rope_base ** (-torch.arange(half, device=device, dtype=torch.float32) / half)
    angles = torch.arange(length, device=device, dtype=torch.float32)[:, None] * frequencies
    return angles.cos()[:, None], angles.sin()[:, None]


def rotated(x: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
    """Rotate the first half of each head against the second (what llama.cpp calls the NeoX order)."""
    cosine, sine = angles
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cosine - second * sine, second * cosine + first * sine), dim=-1)


def attention_bias(length: int, samples: Tensor | None, device: torch.device) -> Tensor:
    """Return what the scores are lowered by: nothing for what lies back in the same sample."""
    sees = torch.ones(1, 1, length, length, dtype=torch.bool, device=device).tril()
    if samples is not None:
        sees = sees & (samples[:, None, :, None] == samples[:, None, None, :])
    return torch.zeros(sees.shape, dtype=torch.bfloat16, device=device).masked_fill(~sees, -30_000.0)
