"""Measure providers of context on held-out projects and print a markdown table.

`python -m bench.context_quality` for all projects; `--help` for less. Needs no model.
"""

import argparse
import dataclasses
import json
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.context_quality.aider_map import AiderMap
from bench.context_quality.differences import OURS, differences
from bench.context_quality.kibitz import Kibitz
from bench.context_quality.measures import (
    Outcome,
    costly,
    definitions_found,
    interval,
    measured,
    milliseconds,
    names_found,
    saved,
)
from bench.context_quality.ngram import Background
from bench.context_quality.places import draw
from bench.context_quality.project import Project, texts_in
from bench.context_quality.providers import (
    BM25Windows,
    CrossCodeEval,
    JaccardWindows,
    Nothing,
    Oracle,
    OwnWindows,
    Provider,
)
from bench.registries import fetched
from bench.sources import PINS

REPORT, FIT = "context_report", "context_fit"
FOUR = ("python", "typescript", "go", "rust")
BACKGROUND_BYTES = 250_000
PROVIDERS: dict[str, Callable[[Project], Provider]] = {
    "nothing": lambda project: Nothing(),
    "aider": AiderMap,
    "jaccard": JaccardWindows,
    "crosscodeeval": CrossCodeEval,
    "bm25": BM25Windows,
    "bm25own": OwnWindows,
    "kibitz": Kibitz,
    "oracle": Oracle,
}
FIGURES: dict[str, Callable[[Sequence[Outcome]], float]] = {
    "bits saved": saved,
    "names found": names_found,
    "definitions found": definitions_found,
    "costs more than it gives": costly,
}


def main() -> None:
    asked = _asked()
    outcomes = joined(asked.joined)
    if asked.projects:
        outcomes = {name: found for name, found in outcomes.items() if name in asked.projects}
    for name in [] if asked.joined else asked.projects or list(pins(REPORT)):
        outcomes[name] = _of_project(name, asked)
        print(_table({name: outcomes[name]}), flush=True)
    if len(outcomes) > 1:
        print(_table(outcomes))
        print("Each language counts once:\n")
        print(_table(by_language(outcomes, asked.languages)))
        if any(it.provider != OURS for found in outcomes.values() for it in found):
            print(differences(outcomes, FIGURES))
    if asked.json:
        rows = {name: [dataclasses.asdict(it) for it in found] for name, found in outcomes.items()}
        asked.json.write_text(json.dumps(rows), "utf-8")


def joined(files: Sequence[Path]) -> dict[str, list[Outcome]]:
    """What `--json` wrote, by project. Of what was measured twice at one place, the last file's counts."""
    found: dict[str, dict[tuple[str, int, int], Outcome]] = {}
    for file in files:
        for name, rows in json.loads(file.read_text("utf-8")).items():
            of_project = found.setdefault(name, {})
            for it in (Outcome(**row) for row in rows):
                of_project[it.provider, it.budget, it.place] = it
    return {name: list(it.values()) for name, it in found.items()}


def by_language(
    outcomes: Mapping[str, Sequence[Outcome]], languages: Sequence[str]
) -> dict[str, list[Outcome]]:
    """The places of each language together, whatever project they are in."""
    known = {**pins(FIT), **pins(REPORT)}
    found: dict[str, list[Outcome]] = {}
    for name, of_project in outcomes.items():
        if (language := known[name]["language"]) in languages:
            found.setdefault(language, []).extend(of_project)
    return found


def pins(table: str) -> dict[str, dict[str, str]]:
    """Project → language, registry and version, as sources.toml pins them."""
    known: dict[str, dict[str, str]] = tomllib.loads(PINS.read_text("utf-8"))[table]
    return known


def opened(name: str) -> Project:
    pin = {**pins(FIT), **pins(REPORT)}[name]
    unpacked = fetched(name, registry=pin["registry"], version=pin["version"])
    return Project(texts_in(unpacked / pin.get("folder", ""), pin["language"]), pin["language"])


def background_of(language: str, *, but: str) -> Background:
    """The byte model of a language, from the first project to fit on that is not the one measured."""
    name = next(it for it, pin in pins(FIT).items() if pin["language"] == language and it != but)
    data = bytearray()
    for file in opened(name).files.values():
        if len(data) >= BACKGROUND_BYTES:
            break
        data += file.text.encode("utf-8", "replace")
    return Background(bytes(data[:BACKGROUND_BYTES]))


def _of_project(name: str, asked: argparse.Namespace) -> list[Outcome]:
    project = opened(name)
    places = draw(project, asked.places, in_tests=asked.in_tests)
    print(f"\n{name}: {project.line_count:,} lines of {project.language}, {len(places)} places", flush=True)
    made = [PROVIDERS[it](project) for it in asked.providers]
    background = background_of(project.language, but=name)
    return measured(project, places, made, asked.budgets, background, _tell)


def _tell(done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} places", end="", file=sys.stderr, flush=True)


def _table(by_project: dict[str, list[Outcome]]) -> str:
    """One row per provider and budget: the mean over projects, with 95 % confidence over places."""
    rows = [
        f"| provider | tokens | {' | '.join(FIGURES)} | ms, p50 / p95 |",
        "|---|---|" + "---|" * (len(FIGURES) + 1),
    ]
    everything = [it for found in by_project.values() for it in found]
    for budget in sorted({it.budget for it in everything}):
        for provider in dict.fromkeys(it.provider for it in everything):
            groups = [
                [it for it in found if it.provider == provider and it.budget == budget]
                for found in by_project.values()
            ]
            cells = [_cell(groups, figure) for figure in FIGURES.values()]
            times = [milliseconds(group, share) for share in (0.5, 0.95) for group in groups]
            half, most = max(times[: len(groups)]), max(times[len(groups) :])
            rows.append(f"| {provider} | {budget} | {' | '.join(cells)} | {half:.1f} / {most:.1f} |")
    return "\n".join(rows) + "\n"


def _cell(groups: Sequence[Sequence[Outcome]], figure: Callable[[Sequence[Outcome]], float]) -> str:
    low, high = interval(groups, figure)
    mean = sum(figure(it) for it in groups) / len(groups)
    return f"{mean * 100:.1f} % [{low * 100:.1f}, {high * 100:.1f}]"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.context_quality", description=__doc__.partition("\n")[0],
        epilog="Example: python -m bench.context_quality --projects scrapy --places 50 --providers kibitz",
    )  # fmt: skip
    parser.add_argument("--projects", nargs="+", choices=[*pins(REPORT), *pins(FIT)], metavar="NAME")
    parser.add_argument("--places", type=int, default=200, help="per project")
    parser.add_argument("--providers", nargs="+", choices=list(PROVIDERS), default=list(PROVIDERS))
    parser.add_argument("--budgets", nargs="+", type=int, default=[512, 1_024, 2_048], metavar="TOKENS")
    parser.add_argument("--languages", nargs="+", default=FOUR, help="of the second table")
    parser.add_argument("--in-tests", action="store_true", help="places in tests instead of in other code")
    parser.add_argument(
        "--joined", nargs="+", type=Path, default=[], metavar="FILE",
        help="measure nothing: join what earlier runs wrote; of what two files have, the later counts;"
        " --projects picks among them",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, help="write every single outcome here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
