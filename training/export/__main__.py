"""`python -m training.export`: write the checkpoint as GGUF, matrices as Q8_0, norms as float32."""

import argparse
import json
from pathlib import Path

import gguf
import numpy as np
from tokenizers import Tokenizer

from training.export.checkpoint import BASE_RUN, load
from training.places import SHIPPED_MODEL, TOKENIZER
from training.tokenizer import END, FILE, FIM_MIDDLE, FIM_PAD, FIM_PREFIX, FIM_SUFFIX, REPOSITORY, SPECIALS
from training.train.model import Network, Shape

BYTES_MAX = 64 * 2**20  # of a file that ships in the repository
TENSORS = {
    "attention_norm.weight": "attn_norm.weight",
    "attention.query.weight": "attn_q.weight",
    "attention.key.weight": "attn_k.weight",
    "attention.value.weight": "attn_v.weight",
    "attention.out.weight": "attn_output.weight",
    "attention.query_norm.weight": "attn_q_norm.weight",
    "attention.key_norm.weight": "attn_k_norm.weight",
    "feed_forward_norm.weight": "ffn_norm.weight",
    "feed_forward.gate.weight": "ffn_gate.weight",
    "feed_forward.up.weight": "ffn_up.weight",
    "feed_forward.down.weight": "ffn_down.weight",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=BASE_RUN)
    parser.add_argument("--out", type=Path, default=SHIPPED_MODEL)
    options = parser.parse_args()
    network, saved = load(options.checkpoint)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    partial = options.out.with_suffix(".partial")
    write(network, Tokenizer.from_file(str(TOKENIZER)), partial)
    size = partial.stat().st_size
    if size > BYTES_MAX:
        raise SystemExit(f"{size} bytes are too many to ship; {partial} is left for you to look at")
    partial.replace(options.out)
    print(f"{options.out.name}: {size / 1e6:.1f} MB, after {saved['tokens'] / 1e6:.1f} million tokens")


def write(network: Network, tokenizer: Tokenizer, path: Path) -> None:
    """Write network and vocabulary as one GGUF file."""
    writer = gguf.GGUFWriter(str(path), "qwen3")
    add_facts(writer, network.shape)
    add_vocabulary(writer, tokenizer)
    for name, tensor in network.state_dict().items():
        data = tensor.float().numpy()
        if data.ndim == 2:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(gguf_name(name), gguf.quants.quantize(data, kind), raw_dtype=kind)
        else:
            writer.add_tensor(gguf_name(name), data.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_facts(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_name("Kibitz base")
    writer.add_license("Apache-2.0")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(shape.window)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.key_value_heads)
    writer.add_key_length(shape.head_width)
    writer.add_value_length(shape.head_width)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)


def add_vocabulary(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].__getitem__)
    types = [gguf.TokenType.CONTROL if token in SPECIALS else gguf.TokenType.NORMAL for token in tokens]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([" ".join(merge) for merge in model["merges"]])
    number = model["vocab"].__getitem__
    writer.add_eos_token_id(number(END))
    writer.add_pad_token_id(number(FIM_PAD))
    writer.add_add_bos_token(False)
    middle = {
        "pre": FIM_PREFIX,
        "suf": FIM_SUFFIX,
        "mid": FIM_MIDDLE,
        "pad": FIM_PAD,
        "rep": REPOSITORY,
        "sep": FILE,
    }
    for key, token in middle.items():
        writer.add_uint32(f"tokenizer.ggml.fim_{key}_token_id", number(token))


def gguf_name(name: str) -> str:
    """Return llama.cpp's name of one of the network's tensors."""
    if name == "embedding.weight":
        return "token_embd.weight"
    if name == "norm.weight":
        return "output_norm.weight"
    _, block, rest = name.split(".", 2)
    return f"blk.{block}.{TENSORS[rest]}"


if __name__ == "__main__":
    main()
