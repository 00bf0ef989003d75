"""How good are suggestions? `python -m bench.model_quality [--places 100] [--beside FILE.gguf]`

Held-out Python projects (bench/sources.toml), places drawn with a fixed seed, each text taken out and
asked for through the engine that the editors use. Exact: the suggestion is what stood there. Similar: 1
minus the normalized insertions and deletions. Baselines in the same run: a 6-gram model with cache over
repository and file, and copying what followed the same characters last. `--beside` puts any other GGUF
file next to the bundled one.

Three lines are counted twice. "three lines": what would be shown, everybody's words post-processed alike; a
model may say less, or nothing. "…, written to the end": nobody may end early, and nothing is cut away.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from bench.model_quality.copying import copied
from bench.model_quality.cost import bits_per_byte
from bench.model_quality.ngram import TOKEN, Counts, rest_of_line
from bench.model_quality.places import KINDS, Place, Project, draw
from bench.model_quality.plot import plot
from bench.model_quality.scores import Said, exact, half_width, precision_by_share, similarity
from bench.model_quality.writing_on import Overheard, written_out
from bench.sources import project, python_projects
from lsp_server.app.session import open_session
from lsp_server.cancellation import Cancellation
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.limits import limits_for
from lsp_server.postprocess.pipeline import clean
from lsp_server.postprocess.unknown_names import without_unknown_names
from lsp_server.settings import SETTINGS
from lsp_server.text.document import Document

CONTEXT_LENGTH_MAX = 4096
DEADLINE_MS, TOKENS_MAX = 120_000, 64
WRITTEN_OUT = "three lines, written to the end"
ROOT = Path(__file__).resolve().parent.parent.parent
Answers = defaultdict[str, list[Said]]  # by kind


@dataclass(slots=True)
class Run:
    """All answers of one provider, and what its tokens took."""

    name: str
    answers: Answers = field(default_factory=lambda: defaultdict(list))
    first_token_ms: list[float] = field(default_factory=list)
    tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """The places of one project, by kind."""

    project: Project
    places: dict[str, list[Place]]

    def each(self) -> Iterator[tuple[str, Place]]:
        return ((kind, place) for kind, places in self.places.items() for place in places)


def drawn(places: int, seed: int, kinds: tuple[str, ...]) -> list[Drawn]:
    names = python_projects()
    count = -(-places // len(names))
    projects = [Project.read(project(name)) for name in names]
    return [
        Drawn(it, {kind: draw(kind, it, random.Random(f"{seed} {kind} {name}"), count) for kind in kinds})
        for name, it in zip(names, projects, strict=True)
    ]


def ask(
    model: str, drawn_: list[Drawn], *, is_with_context: bool, name: str, cache_share: float | None
) -> Run:
    """The engine's own answers, nothing hidden for doubt; the first line or lines of what would be shown."""
    run = Run(name)
    for it in drawn_:
        with open_session(it.project.root, root=it.project.root, model=model) as session:
            loaded = session.loaded
            assert loaded is not None
            assert loaded.family is not None, loaded.cannot_complete
            family = loaded.family if cache_share is None else replace(loaded.family, cache_share=cache_share)
            for kind, place in it.each():
                limits = limits_for(
                    min(CONTEXT_LENGTH_MAX, loaded.model.info.context_length),
                    max_tokens=TOKENS_MAX, max_lines=place.lines, deadline_ms=DEADLINE_MS, context_tokens=0,
                    is_with_context=is_with_context,
                )  # fmt: skip
                asked = Overheard(loaded.model)
                engine = CompletionEngine(asked, family, limits)
                document = session.document(place.path, place.before + place.after)
                # On the disk the answer is there still, and its names would count as ones that the file has.
                seen = session.snapshot.with_outline(document)
                completion = engine.complete(
                    seen, document, len(place.before), Trigger.AUTOMATIC, Cancellation()
                )
                text = "\n".join(completion.text.split("\n")[: place.lines])
                run.answers[kind].append(Said(text, place.written, completion.confidence))
                if place.lines > 1 and asked.request is not None:
                    whole = written_out(loaded.model, asked.request, place.lines)
                    run.answers[WRITTEN_OUT].append(Said(whole, place.written))
                run.first_token_ms.append(completion.milliseconds.prompt)
                run.tokens += completion.tokens.generated
                run.seconds += completion.milliseconds.generation / 1000
    return run


def baselines(drawn_: list[Drawn]) -> list[Run]:
    grams, copies = Run("6-gram with cache"), Run("copy of the last similar line")
    for it in drawn_:
        repository = Counts()
        tokens = {path: TOKEN.findall(text) for path, text in it.project.texts.items()}
        for each in tokens.values():
            repository.add(each)
        by_path: dict[Path, list[tuple[str, Place]]] = defaultdict(list)
        for kind, place in it.each():
            by_path[place.path].append((kind, place))
            add_baseline(copies, kind, place, copied(place.before, place.lines))
        for path, asked in by_path.items():
            repository.remove(tokens[path])
            for kind, place in asked:
                add_baseline(grams, kind, place, rest_of_line(repository, place.before, place.lines))
            repository.add(tokens[path])
    return [grams, copies]


def add_baseline(run: Run, kind: str, place: Place, said: str) -> None:
    """One line as it is, in the baselines' favour; of three also what would be shown of them."""
    if place.lines == 1:
        run.answers[kind].append(Said(said, place.written))
        return
    document = Document(path=place.path.as_posix(), text=place.before + place.after, language="python")
    at = len(place.before)
    cleaned = clean(said, document, at, max_lines=place.lines)
    cleaned = without_unknown_names(cleaned, document, at, max_lines=place.lines)
    run.answers[kind].append(Said(cleaned.text, place.written))
    run.answers[WRITTEN_OUT].append(Said(said, place.written))


def markdown(runs: list[Run], costs: dict[str, float]) -> str:
    lines = ["| | " + " | ".join(run.name for run in runs) + " |", "|---" * (len(runs) + 1) + "|"]
    if costs:
        cells = [f"{costs[run.name]:.3f}" if run.name in costs else "" for run in runs]
        lines.append("| bits per byte, no context | " + " | ".join(cells) + " |")
    for kind in (*KINDS, WRITTEN_OUT):
        if not runs[0].answers[kind]:
            continue
        each = [run.answers[kind] for run in runs]
        cells = [f"{exact(it):.1%} ± {half_width(it):.1%}, {similarity(it):.2f}" for it in each]
        lines.append(f"| {kind}: exact, similar ({len(runs[0].answers[kind])}) | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def at_threshold(run: Run) -> str:
    """What a person sees of it who keeps the default of kibitz.completion.minConfidence."""
    percent = next(it.default for it in SETTINGS if it.key == "completion.minConfidence")
    assert isinstance(percent, int)
    asked = run.answers["rest of a line"]
    shown = [it for it in asked if it.text.strip() and (it.confidence or 0.0) >= percent / 100]
    share = len(shown) / max(1, len(asked))
    what = f"{run.name}, rest of a line, at least {percent} % sure"
    return f"{what}: shown {share:.0%}, exact {exact(shown):.0%}"


def speed(run: Run) -> str:
    times = sorted(run.first_token_ms)
    rate = run.tokens / max(run.seconds, 1e-9)
    first = times[len(times) // 2]
    return f"{run.name}: whole prompt to first token {first:.0f} ms (median), {rate:.0f} tokens/s"


@click.command(help=__doc__)
@click.option("--places", default=100, show_default=True, help="Of each kind, over all projects.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help="Only these rows.")
@click.option("--seed", default=11, show_default=True)
@click.option("--model", default="bundled", show_default=True)
@click.option("--beside", multiple=True, help="Another GGUF file to put beside it, with context.")
@click.option("--texts", default=40, show_default=True, help="Windows of text for bits per byte; 0: none.")
@click.option("--cache-share", type=float, help="Instead of the family's own; 0 measures without it.")
@click.option("--out", type=click.Path(path_type=Path), help="All answers, as JSON.")
@click.option("--png", type=click.Path(path_type=Path), help="Precision against the share shown.")
def main(
    *, places: int, kinds: tuple[str, ...], seed: int, model: str, beside: tuple[str, ...], texts: int,
    cache_share: float | None, out: Path | None, png: Path | None,
) -> None:  # fmt: skip
    drawn_ = drawn(places, seed, kinds or tuple(KINDS))
    runs = [ask(model, drawn_, is_with_context=True, name=model, cache_share=cache_share)]
    runs.append(
        ask(model, drawn_, is_with_context=False, name=f"{model}, no context", cache_share=cache_share)
    )
    runs += [
        ask(it, drawn_, is_with_context=True, name=Path(it).stem, cache_share=cache_share) for it in beside
    ]
    runs += baselines(drawn_)
    costs = bits_per_byte([model, *beside], [it.project for it in drawn_], texts, seed) if texts else {}
    print(markdown(runs, costs))
    if runs[0].answers["rest of a line"]:
        print(at_threshold(runs[0]))
    for run in runs[: 2 + len(beside)]:
        print(speed(run))
    if out:
        dumped = {
            run.name: {
                kind: [[it.text, it.written, it.confidence] for it in answers]
                for kind, answers in run.answers.items()
            }
            for run in runs
        }
        out.write_text(json.dumps(dumped, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if png:
        plot({kind: precision_by_share(answers) for kind, answers in runs[0].answers.items()}, png)


if __name__ == "__main__":
    main()
