"""How much sooner do guesses bring the same answer? `python -m bench.drafting [--places 100] [--model NAME]`

Places in held-out files, asked as the editors' engine asks; each request goes to the host twice, with guesses
ahead and without, in turns first, the prompt in memory. Compared: the whole answers of up to 64 tokens, and
the time between their first token and their last. An answer may differ where two tokens are so close that the
order of summing up decides between them; how many do is reported.
"""

import random
import statistics
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from bench.keystrokes import typed_lines
from bench.sources import project, python_projects
from lsp_server.app.session import open_session
from lsp_server.cancellation import Cancellation
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.limits import limits_for
from lsp_server.model.port import Generation, GenerationRequest, Model, OnText

TOKENS = 64


class Twice:
    """A model that answers each request with guesses and without, and keeps both answers."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.info = model.info
        self.pairs: list[tuple[Generation, Generation]] = []

    def generate(
        self, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None = None
    ) -> Generation:
        del on_text  # nothing ends an answer early: both have the same length
        whole = replace(request, max_tokens=TOKENS)
        self._model.generate(replace(request, max_tokens=0), cancellation)
        order = (True, False) if len(self.pairs) % 2 else (False, True)
        answers = {may: self._model.generate(replace(whole, may_draft=may), cancellation) for may in order}
        self.pairs.append((answers[True], answers[False]))
        return answers[True]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._model.count_tokens(texts)

    def close(self) -> None:
        """The session closes the model."""


def measured(places: int, seed: int, model: str) -> list[tuple[Generation, Generation]]:
    names = python_projects()
    found: list[tuple[Generation, Generation]] = []
    for name in names:
        root = project(name)
        with open_session(root, root=root, model=model) as session:
            loaded = session.loaded
            assert loaded is not None
            assert loaded.family is not None
            limits = limits_for(
                loaded.model.info.context_length, max_tokens=TOKENS, max_lines=8, deadline_ms=60_000,
                context_tokens=0,
            )  # fmt: skip
            twice = Twice(loaded.model)
            engine = CompletionEngine(twice, loaded.family, limits)
            dice = random.Random(f"{seed} {name}")
            for path, line in typed_lines(root, dice, -(-places // len(names))):
                document = session.document(path)
                text = document.line_text(line)
                offset = document.line_starts[line] + len(text) - len(text.lstrip())
                rest = document.text[offset + len(text.lstrip()) :]
                document = replace(document, text=document.text[:offset] + rest)
                engine.complete(session.snapshot, document, offset, Trigger.AUTOMATIC, Cancellation())
            found += twice.pairs
    return found


def total_s(answers: Sequence[Generation]) -> float:
    return sum(it.generation_ms for it in answers) / 1000


@click.command(help=__doc__)
@click.option("--places", default=100, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--model", default="bundled", show_default=True)
def main(**options: Any) -> None:
    pairs = [it for it in measured(**options) if it[1].tokens.generated > 1]
    with_guesses, without = [it for it, _ in pairs], [it for _, it in pairs]
    same = sum(one.text == other.text for one, other in pairs)
    each = sorted(other.generation_ms / max(0.01, one.generation_ms) for one, other in pairs)
    guessed, held = (sum(getattr(it.tokens, of) for it in with_guesses) for of in ("drafted", "accepted"))
    generated = sum(it.tokens.generated for it in with_guesses)
    print(f"{len(pairs)} answers, {generated / len(pairs):.0f} tokens each: {same} the same to the character")
    print(f"{held / max(1, guessed):.0%} of {guessed} guesses held")
    in_all = total_s(without) / total_s(with_guesses)
    print(f"{in_all:.2f} × as fast in all, {statistics.median(each):.2f} × in the middle")


if __name__ == "__main__":
    main()
