"""`python -m training.export.restore [MODEL]`: a shipped file back into what training goes on from.

Writes the tokenizer and a run's checkpoint, so that `training.train --from` continues the shipped weights
though nothing else of their run is left. The ids are the same; the matrices are those of the Q8_0 file,
0.4 % off the ones that it was written from.
"""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from tokenizers import Tokenizer, models
from torch import Tensor

from training.export.__main__ import gguf_name
from training.places import RUNS, SHIPPED_MODEL, TOKENIZER
from training.tokenizer import SPECIALS, untrained
from training.train.model import Network, Shape


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, nargs="?", default=SHIPPED_MODEL)
    parser.add_argument("--name", default="shipped", help="folder of the run")
    options = parser.parse_args()
    reader = gguf.GGUFReader(options.model)
    network, tokenizer = network_of(reader), tokenizer_of(reader)
    TOKENIZER.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(TOKENIZER))
    checkpoint = RUNS / options.name / "checkpoint.pt"
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    state = {"network": network.state_dict(), "shape": asdict(network.shape), "tokens": 0}
    torch.save(state, checkpoint)
    print(f"{tokenizer.get_vocab_size()} tokens -> {TOKENIZER}; weights -> {checkpoint}")


def network_of(reader: gguf.GGUFReader) -> Network:
    """Return the network in a file that `training.export` wrote. Raises KeyError for another's."""
    network = Network(shape_of(reader))
    tensors = {it.name: it for it in reader.tensors}
    state: dict[str, Tensor] = {}
    for name, weight in network.state_dict().items():
        found = tensors[gguf_name(name)]
        values = gguf.quants.dequantize(found.data, found.tensor_type).astype(np.float32)
        state[name] = torch.from_numpy(values.reshape(tuple(weight.shape)))
    network.load_state_dict(state)
    return network.eval()


def shape_of(reader: gguf.GGUFReader) -> Shape:
    def fact(name: str) -> Any:
        return reader.fields[f"qwen3.{name}"].contents()

    return Shape(
        vocabulary=len(reader.fields["tokenizer.ggml.tokens"].data),
        window=fact("context_length"),
        width=fact("embedding_length"),
        layers=fact("block_count"),
        heads=fact("attention.head_count"),
        key_value_heads=fact("attention.head_count_kv"),
        head_width=fact("attention.key_length"),
        hidden=fact("feed_forward_length"),
        rope_base=round(fact("rope.freq_base"), 3),
        norm_epsilon=float(np.float64(str(np.float32(fact("attention.layer_norm_rms_epsilon"))))),
    )


def tokenizer_of(reader: gguf.GGUFReader) -> Tokenizer:
    """Return the tokenizer of such a file: the same ids for the same text."""
    tokens: list[str] = reader.fields["tokenizer.ggml.tokens"].contents()
    merges: list[str] = reader.fields["tokenizer.ggml.merges"].contents()
    tokenizer = untrained()
    pairs = [(first, second) for first, second in (it.split(" ") for it in merges)]
    tokenizer.model = models.BPE({token: number for number, token in enumerate(tokens)}, pairs)
    tokenizer.add_special_tokens(list(SPECIALS))
    return tokenizer


if __name__ == "__main__":
    main()
