"""How fast does the host write, held against llama-bench? `python -m bench.generation [--model 0.5B]`

The same model file, threads, prompt length and number of tokens, in turns in one run; no guesses ahead.
The host is asked as the language server asks it: from another process, over its socket. A round's ratio is
of neighbours in time; the median over the rounds is what counts.
"""

import json
import os
import random
import statistics
import subprocess
import tempfile
from functools import partial
from pathlib import Path

import click

from bench.shapes import SHAPES, model
from bench.typing_replay.llama_tools import built
from lsp_server.cancellation import Cancellation
from lsp_server.model.catalog import BUNDLED_PATH
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel
from lsp_server.model.port import GenerationRequest, Priority

WORDS = ("for", "name", "in", "values:", "if", "return", "total", "+", "self", "item", "(", ")", "\n")


def llama_bench(path: Path, *, threads: int, depth: int, tokens: int) -> float:
    """Tokens per second behind *depth* tokens that are in memory."""
    command = [
        str(built("llama-bench")), "-m", str(path), "-t", str(threads), "-p", "0", "-n", str(tokens),
        "-d", str(depth), "-r", "1", "-ngl", "0", "-o", "json",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    [row] = json.loads(done.stdout)
    return float(row["avg_ts"])


def kibitz(local: LocalModel, prompt: str, tokens: int) -> float:
    """Tokens per second, the first left out: it belongs to the prompt."""
    request = GenerationRequest(
        pieces=(prompt,), max_tokens=tokens, min_tokens=tokens, may_draft=False, priority=Priority.COMPLETION
    )
    generation = local.generate(request, Cancellation(), lambda _text: True)
    return (generation.tokens.generated - 1) / generation.generation_ms * 1000


def prompt_of(local: LocalModel, tokens: int) -> str:
    """Some words that make about *tokens* tokens."""
    dice = random.Random(3)
    words: list[str] = []
    while local.count_tokens([" ".join(words)])[0] < tokens:
        words += dice.choices(WORDS, k=16)
    return " ".join(words)


@click.command(help=__doc__)
@click.option("--model", "name", type=click.Choice([*SHAPES, "bundled"]), default="0.5B", show_default=True)
@click.option("--depth", default=512, show_default=True, help="Tokens of the prompt.")
@click.option("--tokens", default=64, show_default=True, help="To write, each time.")
@click.option("--rounds", default=5, show_default=True)
@click.option("--threads", default=os.cpu_count() or 2, show_default=True)
def main(*, name: str, depth: int, tokens: int, rounds: int, threads: int) -> None:
    path = BUNDLED_PATH if name == "bundled" else model(name)
    with tempfile.TemporaryDirectory() as folder:
        local = LocalModel(path, settings=HostSettings(threads=threads), folder=Path(folder))
        try:
            prompt = prompt_of(local, depth)
            kibitz(local, prompt, tokens)  # reads the prompt
            peer = partial(llama_bench, path, threads=threads, depth=depth, tokens=tokens)
            pairs = []
            for number in range(rounds):
                before = peer() if number % 2 else None
                ours = kibitz(local, prompt, tokens)
                theirs = before or peer()
                pairs.append((ours, theirs))
                print(f"{ours:8.1f} {theirs:8.1f} tokens/s  {ours / theirs:.2f}", flush=True)
        finally:
            local.close()
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    print(f"{path.stem}, {threads} threads, {depth} tokens of prompt: {ratio:.0%} of llama-bench")


if __name__ == "__main__":
    main()
