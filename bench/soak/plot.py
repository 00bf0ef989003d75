"""Draw what each process kept in memory over time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bench.soak.gauges import MEMORY
from bench.soak.trend import Points


def plot(series: Mapping[str, Points], path: Path) -> None:
    """*series*: what `Soak.series` gives. Needs bench/requirements.txt."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 4), dpi=130)
    for name, points in series.items():
        if name.endswith(MEMORY):
            axes.plot([at / 60 for at, _ in points], [value for _, value in points], label=name.split(":")[0])
    axes.set(xlabel="minutes", ylabel="resident memory, MB")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path)
