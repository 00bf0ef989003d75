"""Write a tiny model with random weights: it talks nonsense, quickly, through all of the real machinery.

A Qwen3 of two layers with a byte-level vocabulary and a few hundred merges learned from the text below.
`python -m tests.model.tiny_gguf PATH` writes one to look at.
"""

import re
import struct
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

SPECIAL = [
    "<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>",
    "<|file_sep|>", "<|im_start|>",
]  # fmt: skip
TEXT = """
def total_price(items, vat_rate):
    result = 0
    for item in items:
        result += item.price * (1 + vat_rate)
    return result

class Reader:
    def __init__(self, path):
        self.path = path

    def read_lines(self):
        with open(self.path, encoding="utf-8") as file:
            return [line.rstrip("\\n") for line in file]

naïve = "größer als çe café"  # 日本語 🎉 🎉
"""
MERGES = 300
WIDTH, LAYERS, HEADS, KV_HEADS, HEAD_WIDTH, HIDDEN = 64, 2, 4, 2, 32, 96
CONTEXT = 2048
ALIGNMENT = 32
# The names of GGUF's value types.
UINT32, FLOAT32, BOOL, STRING, ARRAY, INT32 = 4, 6, 7, 8, 9, 5

Value = int | float | bool | str | Sequence[str] | Sequence[int]


def write_tiny_model(path: Path, seed: int = 0, **overrides: Value) -> Path:
    """Metadata keys can be overridden, with `__` for a dot."""
    merges, tokens = vocabulary()
    metadata: dict[str, Value] = {
        "general.architecture": "qwen3",
        "general.name": "Tiny",
        "general.license": "CC0-1.0",
        "general.file_type": 0,
        "qwen3.context_length": CONTEXT,
        "qwen3.embedding_length": WIDTH,
        "qwen3.block_count": LAYERS,
        "qwen3.feed_forward_length": HIDDEN,
        "qwen3.attention.head_count": HEADS,
        "qwen3.attention.head_count_kv": KV_HEADS,
        "qwen3.attention.key_length": HEAD_WIDTH,
        "qwen3.attention.value_length": HEAD_WIDTH,
        "qwen3.rope.freq_base": 10000.0,
        "qwen3.attention.layer_norm_rms_epsilon": 1e-6,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "qwen2",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [3 if token in SPECIAL else 1 for token in tokens],
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.eos_token_id": tokens.index("<|endoftext|>"),
        "tokenizer.ggml.add_bos_token": False,
    }
    metadata |= {name.replace("__", "."): value for name, value in overrides.items()}
    path.write_bytes(gguf_bytes(metadata, _weights(len(tokens), seed)))
    return path


def gguf_bytes(metadata: Mapping[str, Value], tensors: Mapping[str, npt.NDArray[np.float32]]) -> bytes:
    out = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)))
    for key, value in metadata.items():
        out += _string(key) + _value(value)
    offset = 0
    for name, tensor in tensors.items():
        shape = tensor.shape[::-1]
        out += _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, offset)
        offset += -(-tensor.nbytes // ALIGNMENT) * ALIGNMENT
    out += b"\0" * (-len(out) % ALIGNMENT)
    for tensor in tensors.values():
        out += tensor.astype("<f4").tobytes()
        out += b"\0" * (-len(out) % ALIGNMENT)
    return bytes(out)


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Value) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", BOOL, value)
    if isinstance(value, int):
        return struct.pack("<II", UINT32, value)
    if isinstance(value, float):
        return struct.pack("<If", FLOAT32, value)
    if isinstance(value, str):
        return struct.pack("<I", STRING) + _string(value)
    if value and isinstance(value[0], str):
        return struct.pack("<IIQ", ARRAY, STRING, len(value)) + b"".join(_string(str(it)) for it in value)
    return struct.pack(f"<IIQ{len(value)}i", ARRAY, INT32, len(value), *(int(it) for it in value))


def vocabulary() -> tuple[list[str], list[str]]:
    letters = _byte_letters()
    pieces = re.findall(r"\s*[\r\n]+|\s+(?!\S)|[^\r\n\w]?[^\W\d_]+|\d| ?(?:[^\s\w]|_)+|\s+", TEXT)
    words = [[letters[byte] for byte in piece.encode()] for piece in pieces]
    merges = []
    for _ in range(MERGES):
        pairs = Counter(pair for word in words for pair in pairwise(word))
        if not pairs:
            break
        left, right = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(f"{left} {right}")
        words = [_merged(word, left, right) for word in words]
    made = dict.fromkeys(merge.replace(" ", "") for merge in merges)
    return merges, [*SPECIAL, *letters.values(), *made]


def _merged(word: list[str], left: str, right: str) -> list[str]:
    out: list[str] = []
    for letter in word:
        if out and out[-1] == left and letter == right:
            out[-1] = left + right
        else:
            out.append(letter)
    return out


def _byte_letters() -> dict[int, str]:
    """GPT-2's way to write any byte as a visible letter."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {byte: chr(byte) for byte in visible} | {byte: chr(256 + at) for at, byte in enumerate(hidden)}


def _weights(vocabulary: int, seed: int) -> dict[str, npt.NDArray[np.float32]]:
    random = np.random.default_rng(seed)

    def matrix(rows: int, columns: int) -> npt.NDArray[np.float32]:
        return random.normal(0, 0.6 / np.sqrt(columns), (rows, columns)).astype(np.float32)

    def ones(count: int) -> npt.NDArray[np.float32]:
        return np.ones(count, np.float32)

    weights = {"token_embd.weight": matrix(vocabulary, WIDTH) * 8, "output_norm.weight": ones(WIDTH)}
    weights["output.weight"] = matrix(vocabulary, WIDTH) * 8
    for layer in range(LAYERS):
        weights |= {
            f"blk.{layer}.{name}.weight": tensor
            for name, tensor in {
                "attn_norm": ones(WIDTH),
                "attn_q": matrix(HEADS * HEAD_WIDTH, WIDTH) * 3,
                "attn_k": matrix(KV_HEADS * HEAD_WIDTH, WIDTH) * 3,
                "attn_v": matrix(KV_HEADS * HEAD_WIDTH, WIDTH) * 3,
                "attn_output": matrix(WIDTH, HEADS * HEAD_WIDTH) * 3,
                "attn_q_norm": ones(HEAD_WIDTH),
                "attn_k_norm": ones(HEAD_WIDTH),
                "ffn_norm": ones(WIDTH),
                "ffn_gate": matrix(HIDDEN, WIDTH) * 3,
                "ffn_up": matrix(HIDDEN, WIDTH) * 3,
                "ffn_down": matrix(WIDTH, HIDDEN) * 3,
            }.items()
        }
    return weights


if __name__ == "__main__":
    write_tiny_model(Path(sys.argv[1]))
