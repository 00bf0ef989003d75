"""What the language server adds to the model's time: `python -m bench.overhead [--model 0.5B]`

The keystrokes of `bench.typing_replay` through `kibitz serve` over pipes, as an editor sends them, nothing
beside it; of each request the time that is neither waiting for the model nor inside of it, by where it went.
The processor's seconds of the server are counted, too: other programs change those least.
"""

import os
import statistics
from collections import defaultdict
from pathlib import Path

import click
import psutil

from bench.shapes import SHAPES, model
from bench.sources import project
from bench.typing_replay.answered import Answered
from bench.typing_replay.keystrokes import KINDS, Restart, replay
from bench.typing_replay.kibitz import Kibitz
from lsp_server.model.catalog import BUNDLED_PATH

STAGES = {
    "overhead_ms": "all",
    "wire_ms": "wire",
    "context_ms": "prompt",
    "rest_ms": "to the model and after",
}
LOOKING_S, TYPING_S = 1.0, 0.15  # before a person goes elsewhere, and between two letters


def measured(root: Path, path: Path, *, lines: int, seed: int, threads: int) -> dict[str, list[Answered]]:
    """Answers by kind of keystroke. Also prints the processor's time of the server per request."""
    kibitz = Kibitz(root, path, threads=threads, tokens=16)
    found: dict[str, list[Answered]] = defaultdict(list)
    cpu_ms: list[float] = []
    try:
        for keystroke in replay(root, lines=lines, seed=seed):
            if isinstance(keystroke, Restart):
                break
            kibitz.rest(TYPING_S if keystroke.kind == "on a line" else LOOKING_S)
            server = psutil.Process(kibitz.pid)
            before = server.cpu_times()
            answer = kibitz.ask(keystroke)
            after = server.cpu_times()
            if answer is not None:
                found[keystroke.kind].append(answer)
                cpu_ms.append(1000 * (after.user + after.system - before.user - before.system))
    finally:
        kibitz.close()
    print(f"the server's processor time, mean of {len(cpu_ms)} requests: {statistics.mean(cpu_ms):.1f} ms")
    return found


@click.command(help=__doc__)
@click.option(
    "--model", "name", type=click.Choice([*SHAPES, "bundled"]), default="bundled", show_default=True
)
@click.option("--project", "project_name", default="click", show_default=True)
@click.option("--lines", default=4, show_default=True, help="That are typed.")
@click.option("--threads", default=os.cpu_count() or 2, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(*, name: str, project_name: str, lines: int, threads: int, seed: int) -> None:
    path = BUNDLED_PATH if name == "bundled" else model(name)
    found = measured(project(project_name), path, lines=lines, seed=seed, threads=threads)
    print("milliseconds, median / 95th percentile")
    for kind in [*(it for it in KINDS if it in found), "all of them"]:
        answers = found[kind] if kind in found else [it for of in found.values() for it in of]
        cells = []
        for stage, words in STAGES.items():
            values = sorted(getattr(it, stage) for it in answers)
            late = values[min(len(values) - 1, int(0.95 * len(values)))]
            cells.append(f"{words} {statistics.median(values):.1f} / {late:.1f}")
        print(f"  {kind} ({len(answers)}): {', '.join(cells)}")


if __name__ == "__main__":
    main()
