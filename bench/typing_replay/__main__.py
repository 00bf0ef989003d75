"""Kibitz beside llama-server with llama.vim's policy: `python -m bench.typing_replay [--model 0.5B]`

The same keystrokes on the same files of a pinned project, the same model file, threads and most generated
tokens; for every keystroke one is asked right after the other, in turns first, while the other stands still.
Between keystrokes Kibitz has a fraction of a second to work ahead, as between a person's; what it does then
is not counted, what it delays is. Models: exact shapes of published ones with random weights (bench.shapes),
or the bundled one. Times are this machine's and this moment's; ratios are of one run. Kibitz's prompts hold
context from the repository, the peer's do not.
"""

import json
import os
import statistics
from collections.abc import Sequence
from pathlib import Path

import click

from bench.shapes import SHAPES, model
from bench.sources import project
from bench.typing_replay.answered import Answered
from bench.typing_replay.keystrokes import KINDS, Restart, replay
from bench.typing_replay.kibitz import Kibitz
from bench.typing_replay.peer import LlamaServer
from lsp_server.model.catalog import BUNDLED_PATH

Pair = tuple[str, Answered, Answered]
LOOKING_S, TYPING_S = 1.0, 0.15  # before a person goes elsewhere, and between two letters
BUNDLED_CONTEXT, PEER_CONTEXT = 1_024, 8_192


def measured(
    root: Path, path: Path, *, lines: int, seed: int, threads: int, tokens: int, context: int
) -> list[Pair]:
    kibitz = Kibitz(root, path, threads=threads, tokens=tokens)
    peer = LlamaServer(path, threads=threads, tokens=tokens, context=context)
    pairs: list[Pair] = []
    try:
        for number, keystroke in enumerate(replay(root, lines=lines, seed=seed)):
            if isinstance(keystroke, Restart):
                kibitz.restart()  # the peer is a server of its own: it outlives the editor
                continue
            if keystroke.kind != "on a line":
                kibitz.rest(LOOKING_S)
            if number % 2:
                ours, theirs = kibitz.ask(keystroke), None
            with kibitz.standing_still():
                theirs = peer.ask(keystroke)
            if not number % 2:
                ours = kibitz.ask(keystroke)
            kibitz.rest(TYPING_S)
            if ours is not None and theirs is not None:
                pairs.append((keystroke.kind, ours, theirs))
                click.echo(f"\r{len(pairs)} requests, now {keystroke.kind:26}", nl=False, err=True)
    finally:
        click.echo(err=True)
        kibitz.close()
        peer.close()
    return pairs


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def table(pairs: Sequence[Pair]) -> str:
    rows = [
        "| keystroke | n | tokens evaluated: Kibitz | peer | first token, ms: Kibitz | peer | ratio "
        "| all, ms: Kibitz | peer | ratio |",
        "|---" * 10 + "|",
    ]
    for kind in KINDS:
        ours = [it for its_kind, it, _ in pairs if its_kind == kind]
        theirs = [it for its_kind, _, it in pairs if its_kind == kind]
        if not ours:
            continue
        cells = [kind, str(len(ours))]
        for of in ("evaluated", "first_ms", "total_ms"):
            middles = []
            for answers in (ours, theirs):
                values = [getattr(it, of) for it in answers]
                middles.append((statistics.median(values), percentile(values, 0.95)))
                cells.append(f"{middles[-1][0]:,.0f} / {middles[-1][1]:,.0f}")
            if of != "evaluated":
                ratios = [mine / max(1e-9, other) for mine, other in zip(*middles, strict=True)]
                cells.append(f"{ratios[0]:.2f} / {ratios[1]:.2f}")
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def plot(pairs: Sequence[Pair], title: str, path: Path) -> None:
    import matplotlib.pyplot as plt

    kinds = [kind for kind in KINDS if any(it[0] == kind for it in pairs)]
    figure, axes = plt.subplots(figsize=(8, 0.62 * len(kinds) + 1.2), dpi=130)
    for number, (name, color) in enumerate(
        (("Kibitz", "#2f6fdf"), ("llama-server, llama.vim's way", "#b9bcc4"))
    ):
        for row, kind in enumerate(kinds):
            values = [pair[1 + number].first_ms for pair in pairs if pair[0] == kind]
            middle, high = statistics.median(values), percentile(values, 0.95)
            y = row + (number - 0.5) * 0.36
            axes.barh(y, middle, height=0.32, color=color, label=name if not row else None)
            axes.plot([middle, high], [y, y], color="#555", linewidth=1)
            axes.text(high * 1.06, y, f"{middle:,.0f}", va="center", fontsize=8)
    axes.set(xscale="log", xlabel="milliseconds to the first token: median, line to the 95th percentile")
    axes.set_title(title, loc="left", fontsize=8)
    axes.set_yticks(range(len(kinds)), kinds)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    figure.tight_layout()
    figure.savefig(path)


@click.command(help=__doc__)
@click.option("--model", "name", type=click.Choice([*SHAPES, "bundled"]), default="0.5B", show_default=True)
@click.option("--project", "project_name", default="click", show_default=True)
@click.option("--lines", default=9, show_default=True, help="That are typed.")
@click.option("--tokens", default=16, show_default=True, help="Most to generate.")
@click.option("--threads", default=os.cpu_count() or 2, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--png", type=click.Path(path_type=Path), help="Time to the first token. Needs matplotlib.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Every request.")
def main(
    *, name: str, project_name: str, lines: int, tokens: int, threads: int, seed: int, png: Path | None,
    json_path: Path | None,
) -> None:  # fmt: skip
    is_bundled = name == "bundled"
    path = BUNDLED_PATH if is_bundled else model(name)
    context = BUNDLED_CONTEXT if is_bundled else PEER_CONTEXT
    root = project(project_name)
    pairs = measured(root, path, lines=lines, seed=seed, threads=threads, tokens=tokens, context=context)
    print(f"{path.stem}, {project_name}, {threads} threads, median / 95th percentile\n")
    print(table(pairs))
    overheads = [ours.overhead_ms for _, ours, _ in pairs]
    print(
        f"\nOverhead of the language server, all but the model: {statistics.median(overheads):.1f} / "
        f"{percentile(overheads, 0.95):.1f} ms. Tokens generated, mean: "
        f"{statistics.mean(it.generated for _, it, _ in pairs):.1f}, peer "
        f"{statistics.mean(it.generated for _, _, it in pairs):.1f}. Prompt tokens, median: "
        f"{statistics.median(it.prompt for _, it, _ in pairs):,.0f}, peer "
        f"{statistics.median(it.prompt for _, _, it in pairs):,.0f}."
    )
    if json_path:
        json_path.write_text(json.dumps([[kind, vars(a), vars(b)] for kind, a, b in pairs]))
    if png:
        plot(pairs, f"{name}, {threads} threads", png)


if __name__ == "__main__":
    main()
