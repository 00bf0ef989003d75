"""`python -m training.tokenizer`: learn the vocabulary from a sample of the corpus."""

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

from tokenizers import pre_tokenizers, trainers

from training.places import CORPUS, TOKENIZER
from training.tokenizer import SPECIALS, untrained


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--vocabulary", type=int, default=8192, help="number of tokens, special ones included"
    )
    parser.add_argument("--megabytes", type=float, default=40, help="how much text to learn from")
    parser.add_argument("--out", type=Path, default=TOKENIZER)
    options = parser.parse_args()
    tokenizer = untrained()
    trainer = trainers.BpeTrainer(
        vocab_size=options.vocabulary,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=20,
        show_progress=False,
    )
    tokenizer.train_from_iterator(sample(int(options.megabytes * 1e6)), trainer)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(options.out))
    print(f"{tokenizer.get_vocab_size()} tokens -> {options.out}")


def sample(bytes_max: int) -> Iterator[str]:
    """Yield files of all projects in a fixed random order until *bytes_max* are handed out."""
    texts = [
        json.loads(line)["text"]
        for path in sorted(CORPUS.glob("*.jsonl"))
        for line in path.open(encoding="utf-8")
    ]
    random.Random(0).shuffle(texts)
    size = 0
    for text in texts:
        size += len(text.encode())
        if size > bytes_max:
            return
        yield text


if __name__ == "__main__":
    main()
