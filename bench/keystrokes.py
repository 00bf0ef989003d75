"""What one keystroke costs: `python -m bench.keystrokes [--model NAME] [--json]`

Types lines of held-out files character by character and asks for a completion after each, as an editor
does; what a shown suggestion would answer without the model is asked of the model all the same. Then Enter
is pressed, and the place is left for another and come back to. Reported, for the first keystroke at a place
never seen, for the later ones on its line, for Enter and for coming back: prompt tokens, of them evaluated
(not found in the KV cache), and milliseconds to the first token. Times are this machine's and this moment's;
the tokens are not.
"""

import json
import random
import statistics
from collections.abc import Sequence
from pathlib import Path

import click

from bench.sources import project, python_projects
from lsp_server.app.session import Session, open_session
from lsp_server.cancellation import Cancellation
from lsp_server.completion.completion import Completion
from lsp_server.completion.engine import Trigger
from lsp_server.text.document import Document

SHORTEST, LONGEST = 20, 70  # characters of a line that is typed


def typed_lines(root: Path, rng: random.Random, count: int) -> list[tuple[Path, int]]:
    """(file, line) of *count* lines worth typing."""
    found = []
    for path in sorted(path for path in root.rglob("*.py") if path.stat().st_size > 4_000):
        lines = path.read_text("utf-8").split("\n")
        found += [
            (path, number)
            for number, line in enumerate(lines[20:-20], 20)
            if SHORTEST < len(line.strip()) < LONGEST and line.strip()[0].isalpha()
        ]
    return rng.sample(found, min(count, len(found)))


def typed(session: Session, path: Path, line: int) -> list[Completion]:
    """The answers to every keystroke of one line, typed into the file without it, and to what follows."""
    document = session.document(path)
    start = document.line_starts[line]
    text = document.line_text(line)
    before, after = document.text[:start], document.text[start + len(text) :]
    indent = len(text) - len(text.lstrip())
    answers = []
    engine = session.engine()
    far = document.line_starts[line // 2]
    versions = [(before + text[:length] + after, start + length) for length in range(indent, len(text) + 1)]
    enter = f"{before}{text}\n{text[:indent]}"
    for now, offset in [
        *versions,
        (enter + after, len(enter)),
        (document.text, far),
        (enter + after, len(enter)),
    ]:
        engine.forget_shown()
        at = Document(path=document.path, text=now, language=document.language, version=len(answers))
        answers.append(engine.complete(session.snapshot, at, offset, Trigger.AUTOMATIC, Cancellation()))
    return answers


def summary(answers: Sequence[Completion]) -> dict[str, float]:
    evaluated = sorted(answer.tokens.evaluated for answer in answers)
    first_token = sorted(answer.milliseconds.context + answer.milliseconds.prompt for answer in answers)
    return {
        "keystrokes": len(answers),
        "prompt_tokens_median": statistics.median(answer.tokens.prompt for answer in answers),
        "evaluated_median": statistics.median(evaluated),
        "evaluated_p95": evaluated[int(len(evaluated) * 0.95)],
        "first_token_ms_median": round(statistics.median(first_token), 1),
        "first_token_ms_p95": round(first_token[int(len(first_token) * 0.95)], 1),
        "context_ms_median": round(statistics.median(answer.milliseconds.context for answer in answers), 1),
    }


@click.command(help=__doc__)
@click.option("--lines", default=20, show_default=True)
@click.option("--seed", default=3, show_default=True)
@click.option("--model", default="bundled", show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(*, lines: int, seed: int, model: str, as_json: bool) -> None:
    rng = random.Random(seed)
    kinds: dict[str, list[Completion]] = {
        "first at a place never seen": [], "later on its line": [], "Enter": [], "coming back": [],
    }  # fmt: skip
    names = python_projects()
    for name in names:
        root = project(name)
        with open_session(root, root=root, model=model) as session:
            for path, line in typed_lines(root, rng, max(1, lines // len(names))):
                first, *later, enter, _elsewhere, back = typed(session, path, line)
                for answers, found in zip(kinds.values(), ([first], later, [enter], [back]), strict=True):
                    answers += found
    result = {kind: summary(answers) for kind, answers in kinds.items()}
    if as_json:
        print(json.dumps(result))
        return
    for kind, figures in result.items():
        print(kind)
        for key, value in figures.items():
            print(f"  {key.replace('_', ' '):24} {value}")


if __name__ == "__main__":
    main()
