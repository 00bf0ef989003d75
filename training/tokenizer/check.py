"""`python -m training.tokenizer.check [MODEL]`: llama.cpp must split real lines exactly as training did."""

import argparse
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from llama_cpp import Llama
from tokenizers import Tokenizer

from training.places import CORPUS, HELD_OUT, SHIPPED_MODEL, TOKENIZER


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, nargs="?", default=SHIPPED_MODEL)
    parser.add_argument("--lines", type=int, default=20_000)
    options = parser.parse_args()
    trained = Tokenizer.from_file(str(TOKENIZER))
    count, wrong = compared(options.model, trained, islice(real_lines(), options.lines))
    for line in wrong[:5]:
        print(f"differs: {line!r}")
    print(f"{count} lines, {len(wrong)} tokenized differently")
    raise SystemExit(1 if wrong else 0)


def compared(model: Path, trained: Tokenizer, texts: Iterator[str]) -> tuple[int, list[str]]:
    """Return how many texts were compared and those that llama.cpp tokenizes differently."""
    llama = Llama(str(model), vocab_only=True, verbose=False)
    count, wrong = 0, []
    for text in texts:
        count += 1
        served = llama.tokenize(text.encode(), add_bos=False, special=False)
        if served != trained.encode(text, add_special_tokens=False).ids:
            wrong.append(text)
    return count, wrong


def real_lines() -> Iterator[str]:
    """Yield runs of one to four lines, held-out projects first: text the tokenizer was not learned from."""
    for path in [*sorted(HELD_OUT.glob("*.jsonl")), *sorted(CORPUS.glob("*.jsonl"))]:
        for at, record in enumerate(path.open(encoding="utf-8")):
            if at >= 12:
                break
            lines = json.loads(record)["text"].splitlines(keepends=True)
            for start in range(0, len(lines), 4):
                yield "".join(lines[start : start + 1 + start // 4 % 4])


if __name__ == "__main__":
    main()
