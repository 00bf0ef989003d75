"""Draw precision against the share of places where something is shown."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def plot(curves: Mapping[str, Sequence[tuple[float, float]]], path: Path) -> None:
    """*curves*: name → (share shown, exact among those). Needs bench/requirements.txt."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), dpi=130)
    for name, points in curves.items():
        kept = [it for it in points if it[0] > 0.03]  # the first few places are noise
        axes.plot([x for x, _ in kept], [y for _, y in kept], label=name)
    axes.axhline(0.5, color="grey", linewidth=0.6, linestyle=":")
    axes.axvline(1 / 3, color="grey", linewidth=0.6, linestyle=":")
    axes.set(xlabel="share of places where something is shown, surest first", ylabel="exact among those")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path)
