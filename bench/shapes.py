"""Models with the exact tensor shapes of published ones and random weights: `python -m bench.shapes`

No weights can be assumed to be at hand; time and memory do not depend on what they are. The vocabulary has
the published size and special tokens: the first entries are the bundled model's, the rest are unused. Needs
`gguf` (bench/requirements.txt).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.registries import CACHE
from lsp_server.model.catalog import BUNDLED_PATH
from lsp_server.model.gguf import read_header

CONTROL, UNUSED = 3, 5  # token types
END_OF_TURN = ("<|im_start|>", "<|im_end|>")
SPREAD = 0.02  # of the weights


@dataclass(frozen=True)
class Shape:
    """As in the published `config.json`."""

    name: str
    kind: str  # of the quantization
    width: int
    layers: int
    heads: int
    key_value_heads: int
    hidden: int
    vocabulary: int = 151_936
    context: int = 32_768


SHAPES = {
    "0.5B": Shape("Qwen2.5-Coder-0.5B", "Q8_0", 896, 24, 14, 2, 4_864),
    "1.5B": Shape("Qwen2.5-Coder-1.5B", "Q4_K_M", 1_536, 28, 12, 2, 8_960),
}


def model(name: str) -> Path:
    """The file of the shape *name*; made if it is not there."""
    shape = SHAPES[name]
    path = CACHE / "shapes" / f"{shape.name}-{shape.kind}-random.gguf"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        write(shape, partial)
        partial.rename(path)
    return path


def write(shape: Shape, path: Path) -> None:
    import gguf

    writer = gguf.GGUFWriter(str(path), "qwen2")
    writer.add_name(f"{shape.name}, random weights")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.key_value_heads)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_file_type(
        gguf.LlamaFileType.MOSTLY_Q8_0 if shape.kind == "Q8_0" else gguf.LlamaFileType.MOSTLY_Q4_K_M
    )
    _vocabulary(writer, shape.vocabulary)
    random = np.random.default_rng(0)
    for name, rows, columns, kind in _matrices(shape):
        quantized = gguf.GGMLQuantizationType[kind]
        writer.add_tensor(name, _random(rows, columns, kind, random), raw_dtype=quantized)
    for name, length in _vectors(shape):
        is_norm = name.endswith("norm.weight")
        writer.add_tensor(name, np.full(length, float(is_norm), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary(writer: Any, size: int) -> None:
    header = read_header(BUNDLED_PATH)
    tokens = [it.decode() for it in header.strings("tokenizer.ggml.tokens")]
    types = [int(it) for it in header.numbers("tokenizer.ggml.token_type")]
    for token in END_OF_TURN:
        if token not in tokens:
            tokens.append(token)
            types.append(CONTROL)
    types += [UNUSED] * (size - len(tokens))
    tokens += [f"[unused{number}]" for number in range(len(tokens), size)]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(header.text("tokenizer.ggml.pre"))
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([it.decode() for it in header.strings("tokenizer.ggml.merges")])
    writer.add_eos_token_id(tokens.index("<|endoftext|>"))
    writer.add_add_bos_token(False)  # noqa: FBT003


def _matrices(shape: Shape) -> list[tuple[str, int, int, str]]:
    """(name, rows, columns, quantization): Q4_K_M keeps half of the values and ways down in six bits."""
    is_eight = shape.kind == "Q8_0"
    plain, better = ("Q8_0", "Q8_0") if is_eight else ("Q4_K", "Q6_K")
    width, hidden = shape.width, shape.hidden
    narrow = width // shape.heads * shape.key_value_heads
    found = [("token_embd.weight", shape.vocabulary, width, better)]
    for layer in range(shape.layers):
        edge = shape.layers // 8
        has_more = layer < edge or layer >= 7 * edge or (layer - edge) % 3 == 2
        rich = better if has_more else plain
        found += [
            (f"blk.{layer}.attn_q.weight", width, width, plain),
            (f"blk.{layer}.attn_k.weight", narrow, width, plain),
            (f"blk.{layer}.attn_v.weight", narrow, width, rich),
            (f"blk.{layer}.attn_output.weight", width, width, plain),
            (f"blk.{layer}.ffn_gate.weight", hidden, width, plain),
            (f"blk.{layer}.ffn_up.weight", hidden, width, plain),
            (f"blk.{layer}.ffn_down.weight", width, hidden, rich),
        ]
    return found


def _vectors(shape: Shape) -> list[tuple[str, int]]:
    narrow = shape.width // shape.heads * shape.key_value_heads
    found = [("output_norm.weight", shape.width)]
    for layer in range(shape.layers):
        found += [
            (f"blk.{layer}.attn_norm.weight", shape.width), (f"blk.{layer}.ffn_norm.weight", shape.width),
            (f"blk.{layer}.attn_q.bias", shape.width), (f"blk.{layer}.attn_k.bias", narrow),
            (f"blk.{layer}.attn_v.bias", narrow),
        ]  # fmt: skip
    return found


def _random(rows: int, columns: int, kind: str, random: np.random.Generator) -> NDArray[np.uint8]:
    """(rows, bytes of a row), with a mean of about 0 and `SPREAD`."""
    match kind:
        case "Q8_0":
            fields = [("scale", "<f2"), ("values", "u1", 32)]
            blocks = np.zeros((rows, columns // 32), fields)
            blocks["scale"] = SPREAD / 73
        case "Q4_K":
            fields = [("scale", "<f2"), ("least", "<f2"), ("scales", "u1", 12), ("values", "u1", 128)]
            blocks = np.zeros((rows, columns // 256), fields)
            blocks["scale"], blocks["least"] = SPREAD / 170, SPREAD / 170 * 7.5
            blocks["scales"] = random.integers(0, 256, (*blocks.shape, 12), np.uint8)
        case "Q6_K":
            fields = [("low", "u1", 128), ("values", "u1", 64), ("scales", "i1", 16), ("scale", "<f2")]
            blocks = np.zeros((rows, columns // 256), fields)
            blocks["low"] = random.integers(0, 256, (*blocks.shape, 128), np.uint8)
            blocks["scales"] = random.integers(-64, 64, (*blocks.shape, 16), np.int8)
            blocks["scale"] = SPREAD / 680
        case _:
            raise ValueError(f"{kind} is not made here")
    blocks["values"] = random.integers(0, 256, blocks["values"].shape, np.uint8)
    return blocks.view(np.uint8).reshape(rows, -1)


if __name__ == "__main__":
    for shape_name in SHAPES:
        path = model(shape_name)
        print(f"{path}  {path.stat().st_size / 1e6:.0f} MB")
