"""How soon the model's process rests after a cancel: `python -m bench.cancelling [--model 0.5B]`

A prompt that was never seen is asked for and cancelled at a random moment, in the middle of reading it or of
writing the answer; then the process is asked, again and again, whether any job is left. What one such
question takes is a part of the figure. Models: exact shapes of published ones with random weights
(bench.shapes), or the bundled one.
"""

import json
import random
import threading
import time
from pathlib import Path

import click

from bench.shapes import SHAPES, model
from lsp_server.cancellation import Cancellation
from lsp_server.model.catalog import BUNDLED_PATH
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.local import LocalModel
from lsp_server.model.port import GenerationRequest, Priority

LOOK_S, IDLE_S_MAX = 0.001, 60.0
WORDS = (
    "def",
    "class",
    "return",
    "value",
    "index",
    "total",
    "price",
    "items",
    "None",
    "self",
    "if",
    "for",
    "in",
)


def rests_after_s(host: LocalModel, rng: random.Random, *, words: int, wait_s: float) -> tuple[bool, float]:
    """(whether it was still reading the prompt, seconds from the cancel until no job was left)."""
    request = GenerationRequest(
        pieces=(" ".join(rng.choices(WORDS, k=words)),), max_tokens=64, priority=Priority.COMPLETION
    )
    has_text = threading.Event()

    def on_text(_text: str) -> bool:
        has_text.set()
        return True

    cancellation = Cancellation()
    asking = threading.Thread(target=lambda: host.generate(request, cancellation, on_text), daemon=True)
    asking.start()
    time.sleep(wait_s)
    is_reading, began = not has_text.is_set(), time.perf_counter()
    cancellation.cancel()
    # Until the host has heard of the cancel the job is there, so that none left means that it rests.
    while host.stats()["jobs"] and time.perf_counter() - began < IDLE_S_MAX:
        time.sleep(LOOK_S)
    seconds = time.perf_counter() - began
    asking.join(IDLE_S_MAX)
    return is_reading, seconds


@click.command(help=__doc__)
@click.option("--model", "name", type=click.Choice([*SHAPES, "bundled"]), default="0.5B", show_default=True)
@click.option("--cancels", default=200, show_default=True)
@click.option("--words", default=300, show_default=True, help="Of a prompt; about a token each.")
@click.option("--within", "within_s", default=2.0, show_default=True, help="Seconds until the cancel, most.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Every cancel.")
def main(*, name: str, cancels: int, words: int, within_s: float, seed: int, json_path: Path | None) -> None:
    path = BUNDLED_PATH if name == "bundled" else model(name)
    rng = random.Random(seed)
    host = LocalModel(path, settings=HostSettings(saved_mib=0))
    try:
        host.stats()
        found = [
            rests_after_s(host, rng, words=words, wait_s=rng.uniform(0.01, within_s)) for _ in range(cancels)
        ]
    finally:
        host.close()
    for of, times in (
        ("while reading the prompt", sorted(it for is_reading, it in found if is_reading)),
        ("while writing", sorted(it for is_reading, it in found if not is_reading)),
        ("all", sorted(it for _, it in found)),
    ):
        if times:
            middle, late = times[len(times) // 2], times[min(len(times) - 1, int(0.99 * len(times)))]
            print(
                f"{of}: {len(times)} cancels, idle after {1000 * middle:.1f} ms median, "
                f"{1000 * late:.1f} p99, {1000 * times[-1]:.1f} longest"
            )
    if json_path:
        json_path.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
