"""`python -m training.confidence`: fit when the bundled model may trust itself, for its family file.

Logistic regression by Newton's method on places of the projects under [calibration] in
bench/sources.toml. Every other place is left out of the fit and used for the tables printed.
"""

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.model_quality.places import Place, Project, block, next_line, rest_of_line
from bench.sources import pins, project
from lsp_server.app.session import open_session
from lsp_server.cancellation import Cancellation
from lsp_server.completion.confidence import confidence, features
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.limits import limits_for
from lsp_server.prompting.families import Calibration

KINDS = {"rest of a line": (rest_of_line, 3), "next line": (next_line, 1), "three lines": (block, 1)}
RIDGE = 1e-2
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    figures: tuple[float, ...]
    logprobs: tuple[float, ...]
    is_right: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="bundled")
    parser.add_argument("--places", type=int, default=600)
    parser.add_argument("--out", type=Path, help="the examples, as JSON")
    options = parser.parse_args()
    examples = gathered(options.model, options.places)
    if options.out:
        options.out.write_text(json.dumps([[it.logprobs, it.is_right] for it in examples]), "utf-8")
    fitted = fit(examples[::2])
    report(fitted, examples[1::2])


def gathered(model: str, count: int) -> list[Example]:
    rng = random.Random(5)
    names = sorted(pins("calibration"))
    weight = sum(share for _, share in KINDS.values())
    examples: list[Example] = []
    for name in names:
        of_project = Project.read(project(name, "calibration"))
        places: list[Place] = []
        for draw, share in KINDS.values():
            wanted = round(count * share / weight / len(names))
            while wanted:
                place = draw(of_project, rng)
                if place is not None and place.written.strip():
                    places.append(place)
                    wanted -= 1
        examples += asked(model, of_project, places)
    rng.shuffle(examples)
    return examples


def asked(model: str, of_project: Project, places: list[Place]) -> list[Example]:
    """One example for each place where something would be shown."""
    examples = []
    with open_session(of_project.root, root=of_project.root, model=model) as session:
        loaded = session.loaded
        assert loaded is not None
        assert loaded.family is not None
        for place in places:
            limits = limits_for(
                loaded.model.info.context_length, max_tokens=64, max_lines=place.lines, deadline_ms=120_000,
                context_tokens=0,
            )  # fmt: skip
            document = session.document(place.path, place.before + place.after)
            completion = CompletionEngine(loaded.model, loaded.family, limits).complete(
                session.snapshot.with_outline(document),
                document,
                len(place.before),
                Trigger.AUTOMATIC,
                Cancellation(),
            )
            if completion.text and completion.logprobs:
                is_right = completion.text.rstrip() == place.written.rstrip()
                examples.append(Example(features(completion.logprobs), completion.logprobs, is_right))
    return examples


def fit(examples: list[Example]) -> Calibration:
    """Newton's method with a small ridge; the figures are standardized on the way and put back at the end."""
    raw: Floats = np.array([it.figures for it in examples])
    right: Floats = np.array([it.is_right for it in examples], dtype=np.float64)
    mean, spread = raw.mean(0), raw.std(0) + 1e-9
    columns: Floats = np.column_stack([np.ones(len(raw)), (raw - mean) / spread])
    weights = np.zeros(columns.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-columns @ weights))
        gradient = columns.T @ (right - chance) - RIDGE * weights
        curvature = (columns.T * (chance * (1 - chance))) @ columns + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    scaled = weights[1:] / spread
    return Calibration(float(weights[0] - scaled @ mean), tuple(float(it) for it in scaled))


def report(fitted: Calibration, examples: list[Example]) -> None:
    print("[confidence]")
    print(f"intercept = {fitted.intercept:.3f}")
    print(f"weights = [{', '.join(f'{it:.3f}' for it in fitted.weights)}]\n")
    chances = sorted(((confidence(fitted, it.logprobs), it.is_right) for it in examples), reverse=True)
    print("| said | right | of |\n|---|---|---|")
    for low in (0.8, 0.6, 0.4, 0.2, 0.1, 0.0):
        inside = [right for chance, right in chances if low <= chance and (chance < low + 0.2 or low == 0.8)]
        if inside:
            print(f"| {low:.1f}… | {sum(inside) / len(inside):.2f} | {len(inside)} |")
    print("\n| show if at least | share shown | exact among them |\n|---|---|---|")
    for limit in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        kept = [right for chance, right in chances if chance >= limit]
        if kept:
            print(f"| {limit:.2f} | {len(kept) / len(chances):.2f} | {sum(kept) / len(kept):.2f} |")


if __name__ == "__main__":
    main()
