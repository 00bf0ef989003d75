"""How often is the rest of a line right? `python -m bench.rest_of_line [--places 200] [--json]`

Places: a random word start inside a random line of code of held-out projects, fixed seed; the rest of
the line is taken out. Reported: exact match of the first line of what would be shown, shown at all, and
right among shown; next to copying the rest of the latest earlier line that has the same four characters
before. `--cache-share` overrules the family's own, to measure what it gives; `--folder` takes projects
from elsewhere.
"""

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import click

from bench.sources import project, python_projects
from lsp_server.app.session import Session, open_session
from lsp_server.cancellation import Cancellation
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.limits import limits_for

WORD_START = re.compile(r"(?<=[ .(=,\[{\"':])(?=[A-Za-z_\"'(\[{\d])")
COPIED_AFTER = 4  # characters before the cursor that an earlier line must share


def places_of(root: Path, rng: random.Random, count: int) -> list[tuple[Path, int, int]]:
    """(file, offset of the cursor, offset of the line's end)."""
    found = []
    paths = sorted(path for path in root.rglob("*.py") if path.stat().st_size > 2_000)
    while len(found) < count:
        path = rng.choice(paths)
        text = path.read_text("utf-8")
        start = text.rfind("\n", 0, rng.randrange(len(text))) + 1
        end = text.find("\n", start)
        line = text[start:end]
        if end < 0 or len(line.strip()) < 12 or line.lstrip().startswith(("#", '"', "'")):
            continue
        indent = len(line) - len(line.lstrip())
        starts = [it.start() for it in WORD_START.finditer(line) if indent < it.start() < len(line) - 2]
        if starts:
            found.append((path, start + rng.choice(starts), end))
    return found


def copied(before: str) -> str:
    """What the baseline says: the rest of the latest earlier line that has the same characters before."""
    key = before[-COPIED_AFTER:]
    at = before.rfind(key, 0, len(before) - COPIED_AFTER)
    return "" if at < 0 else before[at + len(key) :].split("\n", 1)[0]


def engine_of(session: Session, cache_share: float | None) -> CompletionEngine:
    assert session.loaded is not None
    assert session.loaded.family is not None
    family = session.loaded.family
    if cache_share is not None:
        family = replace(family, cache_share=cache_share)
    limits = limits_for(
        session.loaded.model.info.context_length,
        max_tokens=48, max_lines=1, deadline_ms=60_000, context_tokens=0,
    )  # fmt: skip
    return CompletionEngine(session.loaded.model, family, limits)


@click.command(help=__doc__)
@click.option("--places", default=200, show_default=True)
@click.option("--seed", default=11, show_default=True)
@click.option("--model", default="bundled", show_default=True)
@click.option("--cache-share", type=float)
@click.option("--folder", "folders", type=click.Path(path_type=Path), multiple=True)
@click.option("--json", "as_json", is_flag=True)
def main(
    *, places: int, seed: int, model: str, cache_share: float | None, folders: tuple[Path, ...], as_json: bool
) -> None:
    rng = random.Random(seed)
    roots = list(folders) or [project(name) for name in python_projects()]
    shown = right = baseline = asked = 0
    for root in roots:
        with open_session(root, root=root, model=model) as session:
            engine = engine_of(session, cache_share)
            for path, offset, end in places_of(root, rng, places // len(roots)):
                text = path.read_text("utf-8")
                before, wanted, after = text[:offset], text[offset:end], text[end:]
                document = session.document(path, before + after)
                completion = engine.complete(
                    session.snapshot, document, offset, Trigger.AUTOMATIC, Cancellation()
                )
                said = completion.text.split("\n", 1)[0].rstrip()
                asked += 1
                shown += bool(said)
                right += said == wanted.rstrip()
                baseline += copied(before).rstrip() == wanted.rstrip()
    result = {
        "places": asked,
        "exact": round(right / asked, 3),
        "shown": round(shown / asked, 3),
        "exact_among_shown": round(right / max(1, shown), 3),
        "copy_baseline_exact": round(baseline / asked, 3),
    }
    if as_json:
        print(json.dumps(result))
        return
    for key, value in result.items():
        print(f"{key.replace('_', ' '):22} {value}")


if __name__ == "__main__":
    main()
