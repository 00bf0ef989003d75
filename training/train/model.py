"""The network: Qwen3's architecture, small. What is computed here must equal what llama.cpp computes for `qwen3`."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


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


class Attention(nn.Module):
    """Causal attention with grouped keys and values; queries and keys are normalised per head."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.query = nn.Linear(shape.width, shape.heads * shape.head_width, bias=False)
        self.key = nn.Linear(shape.width, shape.key_value_heads * shape.head_width, bias=False)
        self.value = nn.Linear(shape.width, shape.key_value_heads * shape.head_width, bias=False)
        self.out = nn.Linear(shape.heads * shape.head_width, shape.width, bias=False)
        self.query_norm = nn.RMSNorm(shape.head_width, eps=shape.norm_epsilon)
        self.key_norm = nn.RMSNorm(shape.head_width, eps=shape.norm_epsilon)

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        batch, length, _ = x.shape
        head = self.shape.head_width
        query = rotated(self.query_norm(self.query(x).view(batch, length, -1, head)), angles).transpose(1, 2)
        key = rotated(self.key_norm(self.key(x).view(batch, length, -1, head)), angles).transpose(1, 2)
        value = self.value(x).view(batch, length, -1, head).transpose(1, 2)
        groups = self.shape.heads // self.shape.key_value_heads
        key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
        query, key = query.to(value.dtype), key.to(value.dtype)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=mask is None)
        out: Tensor = self.out(mixed.transpose(1, 2).reshape(batch, length, -1))
        return out


class FeedForward(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate = nn.Linear(shape.width, shape.hidden, bias=False)
        self.up = nn.Linear(shape.width, shape.hidden, bias=False)
        self.down = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.down(F.silu(self.gate(x)) * self.up(x))
        return out


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
        self.attention = Attention(shape)
        self.feed_forward_norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
        self.feed_forward = FeedForward(shape)

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        x = x + self.attention(self.attention_norm(x), angles, mask)
        out: Tensor = x + self.feed_forward(self.feed_forward_norm(x))
        return out


class Network(nn.Module):
    """Token ids in, logits out; the embedding is also the output matrix."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
        nn.init.normal_(self.embedding.weight, std=0.02)
        for name, weight in self.blocks.named_parameters():
            if weight.ndim == 2:
                # The last matrix of each branch starts small, so that a fresh network is close to its embedding.
                is_last = name.endswith(("out.weight", "down.weight"))
                nn.init.normal_(weight, std=0.02 / (2 * shape.layers) ** 0.5 if is_last else 0.02)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return logits. *mask* is True where a position may look; None is plain causal attention."""
        angles = rope_angles(self.shape, ids.shape[1], ids.device)
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, angles, mask)
        return F.linear(self.norm(x), self.embedding.weight)


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


def sample_mask(samples: Tensor) -> Tensor:
    """Return the mask that keeps packed samples apart: look back, and only inside your own sample."""
    length = samples.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool, device=samples.device).tril()
    return (causal & (samples[:, :, None] == samples[:, None, :]))[:, None]
