"""The loss curve of a run as a picture."""

import csv
from pathlib import Path

SMOOTHED_OVER = 20  # steps


def plot_loss(log: Path, picture: Path) -> None:
    from matplotlib.figure import Figure  # slow to import, and only needed every few minutes

    with log.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if len(rows) <= SMOOTHED_OVER:
        return
    tokens = [float(row["tokens"]) / 1e6 for row in rows]
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.add_subplot()
    for column, label in (("loss", "all tokens, weighted"), ("middle_loss", "middles only")):
        axes.plot(tokens[SMOOTHED_OVER - 1 :], smoothed([float(row[column]) for row in rows]), label=label)
    axes.set(xlabel="million tokens", ylabel="cross-entropy per token (nats)")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(picture, dpi=110)


def smoothed(values: list[float]) -> list[float]:
    ends = range(SMOOTHED_OVER, len(values) + 1)
    return [sum(values[end - SMOOTHED_OVER : end]) / SMOOTHED_OVER for end in ends]
