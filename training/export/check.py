"""`python -m training.export.check`: what llama.cpp computes against what PyTorch computes, on real text."""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from llama_cpp import Llama
from tokenizers import Tokenizer

from training.export.checkpoint import BASE_RUN, load
from training.places import HELD_OUT, SHIPPED_MODEL, TOKENIZER
from training.train.model import Network

# What 8-bit matrices may cost: nats of divergence on average. A wrong rotation or norm costs whole nats.
DIVERGENCE_MAX, SAME_TOP_MIN = 0.01, 0.95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=SHIPPED_MODEL)
    parser.add_argument("--checkpoint", type=Path, default=BASE_RUN)
    parser.add_argument("--texts", type=int, default=6)
    options = parser.parse_args()
    network, _ = load(options.checkpoint)
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    divergence, same_top = agreement(network, options.model, tokenizer, real_texts(options.texts))
    print(f"divergence {divergence:.5f} nats per token, same most likely token {same_top:.1%}")
    raise SystemExit(0 if divergence < DIVERGENCE_MAX and same_top > SAME_TOP_MIN else 1)


def agreement(network: Network, model: Path, tokenizer: Tokenizer, texts: list[str]) -> tuple[float, float]:
    """Return the mean divergence of both distributions, and how often both prefer the same token."""
    window = network.shape.window
    llama = Llama(
        str(model),
        n_ctx=window,
        n_batch=window,
        logits_all=True,
        n_threads=1,
        n_threads_batch=1,
        verbose=False,
    )
    divergences, same = [], []
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False).ids[: window - 1]
        with torch.no_grad():
            ours = network(torch.tensor([ids]))[0].float().log_softmax(-1).numpy()
        llama.reset()  # type: ignore[no-untyped-call]
        llama.eval(ids)
        theirs = torch.from_numpy(np.array(llama.scores[: len(ids)])).log_softmax(-1).numpy()
        divergences.append((np.exp(ours) * (ours - theirs)).sum(-1))
        same.append(ours.argmax(-1) == theirs.argmax(-1))
    return float(np.concatenate(divergences).mean()), float(np.concatenate(same).mean())


def real_texts(count: int) -> list[str]:
    """Return the first long enough file of each held-out project."""
    texts = []
    for path in sorted(HELD_OUT.glob("*.jsonl")):
        found = [json.loads(line)["text"] for line in path.open(encoding="utf-8")]
        texts.extend([text for text in found if len(text) > 3000][:1])
    return texts[:count]


if __name__ == "__main__":
    main()
