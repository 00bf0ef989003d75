"""How often is a whole-line suggestion usable? `python -m bench.line_starts [--places 100] [--json]`

Places: one-line statements of held-out projects, chosen with a fixed seed. The statement is taken out,
the cursor put where it began, and the engine of `kibitz complete` is asked as by a user. Counted: non-empty;
the file parses after the insertion (CPython's own parser); the text does not repeat the next line; it uses no
name that pyflakes calls undefined; and, for information, equal to what stood there.
"""

import ast
import json
import random
from dataclasses import dataclass
from pathlib import Path

import click
from pyflakes.checker import Checker
from pyflakes.messages import UndefinedName

from bench.sources import project, python_projects


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    root: Path
    path: Path
    before: str
    target: str  # the statement, without indentation and line end
    after: str  # from the line end on


def places_of(root: Path, rng: random.Random, count: int) -> list[Place]:
    """Up to *count* one-line statements inside functions, at most two a file."""
    found: list[Place] = []
    paths = sorted(path for path in root.rglob("*.py") if "test" not in path.name)
    for path in rng.sample(paths, len(paths)):
        text = path.read_text("utf-8")
        lines = text.splitlines(keepends=True)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        statements = [
            node
            for function in ast.walk(ast.parse(text))
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign | ast.Return | ast.Expr | ast.AugAssign | ast.Raise)
            and node.lineno == node.end_lineno
            and lines[node.lineno - 1][: node.col_offset].isspace()
            and not lines[node.lineno - 1].isspace()
        ]
        for node in rng.sample(statements, min(2, len(statements))):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[node.lineno - 1] + len(lines[node.lineno - 1].rstrip("\r\n"))
            found.append(
                Place(root=root, path=path, before=text[:start], target=text[start:end], after=text[end:])
            )
        if len(found) >= count:
            break
    return found[:count]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    is_shown: bool
    parses: bool
    repeats: bool
    undefined: tuple[str, ...]
    is_exact: bool

    @property
    def is_usable(self) -> bool:
        return self.is_shown and self.parses and not self.repeats and not self.undefined


def judge(place: Place, text: str, replaced: int) -> Verdict:
    """*replaced*: characters after the cursor that the suggestion stands in for."""
    whole = place.before + text + place.after[replaced:]
    first = place.before.count("\n") + 1
    undefined = undefined_names(whole, range(first, first + text.count("\n") + 1))
    following = next((line.strip() for line in place.after.splitlines() if line.strip()), "")
    last = text.strip().splitlines()[-1].strip() if text.strip() else ""
    return Verdict(
        is_shown=bool(text.strip()),
        parses=undefined is not None,
        repeats=bool(last) and last == following,
        undefined=tuple(undefined or ()),
        is_exact=text.strip().split("\n")[0].strip() == place.target.strip(),
    )


def undefined_names(text: str, lines: range) -> list[str] | None:
    """The names on *lines*, counted from 1, that are bound nowhere; None if *text* does not parse."""
    try:
        messages = Checker(ast.parse(text)).messages
    except (SyntaxError, ValueError):
        return None
    return [
        str(it.message_args[0]) for it in messages if isinstance(it, UndefinedName) and it.lineno in lines
    ]


@click.command(help=__doc__)
@click.option("--places", default=100, show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option("--model", default="bundled", show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.option("--show", is_flag=True, help="Print each suggestion.")
def main(places: int, seed: int, model: str, as_json: bool, show: bool) -> None:  # noqa: FBT001
    from lsp_server.app.session import open_session
    from lsp_server.cancellation import Cancellation

    rng = random.Random(seed)
    names = python_projects()
    verdicts: list[Verdict] = []
    for name in names:
        root = project(name)
        with open_session(root, root=root, model=model) as session:
            for place in places_of(root, rng, places // len(names)):
                document = session.document(place.path, place.before + place.after)
                completion = session.complete(document, len(place.before), Cancellation())
                replaced = completion.replace_end_offset - completion.offset
                verdict = judge(place, completion.text, replaced)
                verdicts.append(verdict)
                if show:
                    mark = "ok " if verdict.is_usable else "BAD"
                    why = completion.dropped_by or verdict.undefined
                    print(f"{mark} {place.path.name}: {completion.text!r}  ({place.target!r}) {why}")
    summary = {
        "places": len(verdicts),
        "non_empty": sum(verdict.is_shown for verdict in verdicts),
        "parses": sum(verdict.parses and verdict.is_shown for verdict in verdicts),
        "repeats_next_line": sum(verdict.repeats for verdict in verdicts),
        "names_nothing": sum(bool(verdict.undefined) for verdict in verdicts),
        "usable": sum(verdict.is_usable for verdict in verdicts),
        "first_line_exact": sum(verdict.is_exact for verdict in verdicts),
    }
    if as_json:
        print(json.dumps(summary))
        return
    for key, value in summary.items():
        print(f"{key.replace('_', ' '):20} {value}")


if __name__ == "__main__":
    main()
