"""Draw quality against budget from what `python -m bench.context_quality --json FILE` wrote.

`python -m bench.context_quality.plot FILE docs/context_quality.png`; needs matplotlib
(`pip install -r bench/requirements.txt`).
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt

from bench.context_quality.measures import Outcome, definitions_found, interval, names_found, saved

PANELS = {
    "bits saved": saved,
    "names not seen in the file, found": names_found,
    "their definitions found": definitions_found,
}
LEFT_OUT = ("nothing",)


def main(data: Path, picture: Path) -> None:
    by_project = {
        name: [Outcome(**it) for it in rows] for name, rows in json.loads(data.read_text("utf-8")).items()
    }
    everything = [it for rows in by_project.values() for it in rows]
    budgets = sorted({it.budget for it in everything})
    providers = [it for it in dict.fromkeys(it.provider for it in everything) if it not in LEFT_OUT]
    figure, panels = plt.subplots(1, len(PANELS), figsize=(12, 4), constrained_layout=True)
    for panel, (title, measure) in zip(panels, PANELS.items(), strict=True):
        for provider in providers:
            groups = [_groups(by_project.values(), provider, budget) for budget in budgets]
            means = [sum(map(measure, each)) / len(each) for each in groups]
            low, high = zip(*(interval(each, measure) for each in groups), strict=True)
            style = "--" if provider.startswith("bound") else "-"
            width = 2.5 if provider == "Kibitz" else 1.2
            (line,) = panel.plot(budgets, means, style, marker="o", linewidth=width, label=provider)
            panel.fill_between(budgets, low, high, color=line.get_color(), alpha=0.1)
        panel.set_xscale("log", base=2)
        panel.set_xticks(budgets, [f"{it:,}" for it in budgets])
        panel.set_ylim(bottom=0)
        panel.yaxis.set_major_formatter(mpl.ticker.PercentFormatter(1.0, decimals=0))
        panel.set_xlabel("tokens of context")
        panel.set_title(title)
    figure.legend(*panels[0].get_legend_handles_labels(), fontsize=9, loc="outside upper center", ncols=4)
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=110)
    print(f"wrote {picture}")


def _groups(projects: Sequence[Sequence[Outcome]], provider: str, budget: int) -> list[list[Outcome]]:
    return [[it for it in rows if it.provider == provider and it.budget == budget] for rows in projects]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
