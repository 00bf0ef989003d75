"""What a kept prompt costs in quality: `nice python -m bench.append_only [--places 1000] [--model NAME]`

While somebody types, the prompt stays as it was made some lines ago and only grows at its end
(`completion/frames.py`). Here the rest of a line is completed twice at each place of held-out files: with a
prompt made just there, and with one made one to eight lines earlier, before those lines were typed. Reported:
how often the first line of the suggestion is the rest of the line, to the character; the difference, with its
95 % interval over the pairs; and the prompt tokens evaluated, median.
"""

import json
import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bench.keystrokes import typed_lines
from bench.sources import project, python_projects
from lsp_server.app.session import Session, open_session
from lsp_server.cancellation import Cancellation
from lsp_server.completion.completion import Completion
from lsp_server.completion.engine import Trigger
from lsp_server.text.document import Document

LINES_EARLIER = (1, 2, 4, 8)


@dataclass(frozen=True, kw_only=True)
class Pair:
    own: Completion  # with a prompt made at the place
    kept: Completion
    rest: str  # what a person wrote

    def is_right(self, completion: Completion) -> bool:
        return completion.text.split("\n")[0].rstrip() == self.rest


def pair(session: Session, path: Path, line: int, earlier: int, cut: float) -> Pair:
    document = session.document(path)
    anchor = document.line_starts[line - earlier]
    start = document.line_starts[line]
    text = document.line_text(line)
    indent = len(text) - len(text.lstrip())
    typed = indent + int((len(text) - indent) * cut)
    after = document.text[start + len(text) :]

    def at(offset: int) -> Document:
        whole = document.text[:offset] + after
        return Document(path=document.path, text=whole, language=document.language, version=offset)

    def asked(places: Sequence[int]) -> Completion:
        engine = session.engine()
        for offset in places:
            engine.forget_shown()
            answer = engine.complete(session.snapshot, at(offset), offset, Trigger.AUTOMATIC, Cancellation())
        return answer

    return Pair(own=asked([start + typed]), kept=asked([anchor, start + typed]), rest=text[typed:].rstrip())


def summary(pairs: Sequence[Pair]) -> dict[str, float]:
    kept = [it for it in pairs if it.kept.source == "kept"]
    differences = [it.is_right(it.kept) - it.is_right(it.own) for it in kept]
    mean = statistics.fmean(differences)
    return {
        "places": len(kept),
        "places where the prompt was made anew": len(pairs) - len(kept),
        "exact match, own prompt, %": round(100 * statistics.fmean(it.is_right(it.own) for it in kept), 2),
        "exact match, kept prompt, %": round(100 * statistics.fmean(it.is_right(it.kept) for it in kept), 2),
        "difference, points": round(100 * mean, 2),
        "± (95 %)": round(196 * statistics.stdev(differences) / math.sqrt(len(differences)), 2),
        "evaluated, own prompt": statistics.median(it.own.tokens.evaluated for it in kept),
        "evaluated, kept prompt": statistics.median(it.kept.tokens.evaluated for it in kept),
    }


@click.command(help=__doc__)
@click.option("--places", default=1_000, show_default=True)
@click.option("--seed", default=11, show_default=True)
@click.option("--model", default="bundled", show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(*, places: int, seed: int, model: str, as_json: bool) -> None:
    rng = random.Random(seed)
    pairs: list[Pair] = []
    names = python_projects()
    for name in names:
        root = project(name)
        with open_session(root, root=root, model=model) as session:
            for path, line in typed_lines(root, rng, math.ceil(places / len(names))):
                earlier = rng.choice(LINES_EARLIER)
                pairs.append(pair(session, path, line, earlier, rng.choice((0.0, 0.3, 0.6))))
    figures = summary(pairs)
    if as_json:
        print(json.dumps(figures))
        return
    print("| | |\n|---|---:|")
    for name, figure in figures.items():
        print(f"| {name} | {figure} |")


if __name__ == "__main__":
    main()
