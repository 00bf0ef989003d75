"""A tiny recurrent model (Mamba) with random weights: its memory is one state, and cannot be cut."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.model.tiny_gguf import SPECIAL, Value, gguf_bytes, vocabulary

WIDTH, LAYERS, STATE, CONVOLUTION, RANK = 64, 2, 16, 4, 4
INNER = 2 * WIDTH


def write_tiny_recurrent_model(path: Path, seed: int = 0) -> Path:
    merges, tokens = vocabulary()
    metadata: dict[str, Value] = {
        "general.architecture": "mamba",
        "general.name": "Tiny recurrent",
        "general.file_type": 0,
        "mamba.context_length": 2048,
        "mamba.embedding_length": WIDTH,
        "mamba.feed_forward_length": 0,
        "mamba.attention.head_count": 0,
        "mamba.block_count": LAYERS,
        "mamba.ssm.conv_kernel": CONVOLUTION,
        "mamba.ssm.inner_size": INNER,
        "mamba.ssm.state_size": STATE,
        "mamba.ssm.time_step_rank": RANK,
        "mamba.attention.layer_norm_rms_epsilon": 1e-5,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "qwen2",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [3 if token in SPECIAL else 1 for token in tokens],
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.eos_token_id": tokens.index("<|endoftext|>"),
        "tokenizer.ggml.add_bos_token": False,
    }
    path.write_bytes(gguf_bytes(metadata, _weights(len(tokens), seed)))
    return path


def _weights(vocabulary_size: int, seed: int) -> dict[str, npt.NDArray[np.float32]]:
    random = np.random.default_rng(seed)

    def matrix(rows: int, columns: int) -> npt.NDArray[np.float32]:
        return random.normal(0, 1 / np.sqrt(columns), (rows, columns)).astype(np.float32)

    def full(count: int, value: float) -> npt.NDArray[np.float32]:
        return np.full(count, value, np.float32)

    weights = {
        "token_embd.weight": matrix(vocabulary_size, WIDTH) * 4,
        "output_norm.weight": full(WIDTH, 1),
        "output.weight": matrix(vocabulary_size, WIDTH) * 4,
    }
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        weights |= {
            block + "attn_norm.weight": full(WIDTH, 1),
            block + "ssm_in.weight": matrix(2 * INNER, WIDTH) * 2,
            block + "ssm_conv1d.weight": matrix(INNER, CONVOLUTION),
            block + "ssm_conv1d.bias": full(INNER, 0),
            block + "ssm_x.weight": matrix(RANK + 2 * STATE, INNER),
            block + "ssm_dt.weight": matrix(INNER, RANK),
            block + "ssm_dt.bias": full(INNER, -2),
            block + "ssm_a": -np.tile(np.arange(1, STATE + 1, dtype=np.float32), (INNER, 1)),
            block + "ssm_d": full(INNER, 1),
            block + "ssm_out.weight": matrix(WIDTH, INNER) * 2,
        }
    return weights
