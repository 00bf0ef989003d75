"""How often an import that a file lacks is written to its end. `python -m bench.import_lines [--each 40]`

Each project's one-line import statements outside of functions, the rest of the file as it is, taken out in
turn and asked for from five places: an empty line, after `from `, after the module, after `import `, and
after the first of several names. What is said without a model is counted over all; beside it, at a sample of
the same places, what the bundled model says by itself.
"""

import ast
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from bench.sources import pins, project
from lsp_server.app.session import Session, open_session
from lsp_server.cancellation import Cancellation
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.importing.line import import_rest
from lsp_server.completion.limits import limits_for
from lsp_server.context.gather import hidden_by
from lsp_server.text.document import Document


@dataclass(frozen=True, slots=True)
class Cut:
    """A text with the rest of one of its import statements taken out at *offset*."""

    kind: str
    path: Path
    text: str
    offset: int
    written: str


def cuts(path: Path, text: str) -> Iterator[Cut]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    lines = text.splitlines(keepends=True)
    for statement in tree.body:
        if not isinstance(statement, ast.Import | ast.ImportFrom) or statement.lineno != statement.end_lineno:
            continue
        line = lines[statement.lineno - 1].rstrip("\r\n")
        if "#" in line or ";" in line or line.endswith(("(", "\\")) or "*" in line:
            continue
        start = sum(map(len, lines[: statement.lineno - 1]))
        for kind, column in _columns(line, statement):
            at = start + column
            yield Cut(kind, path, text[:at] + text[start + len(line) :], at, line[column:])


def _columns(line: str, statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, int]]:
    yield "an empty line", 0
    if isinstance(statement, ast.Import):
        yield "after `import`", len("import ")
        return
    at = line.index(" import ")
    yield "after `from`", len("from ")
    yield "after the module", at + 1
    yield "after `import`", at + len(" import ")
    if len(statement.names) > 1:
        yield "after a name", line.index(",") + 2


@dataclass(slots=True)
class Count:
    asked: int = 0
    said: int = 0
    exact: int = 0
    by_model_asked: int = 0
    by_model: int = 0

    def row(self, kind: str) -> str:
        precision = _percent(self.exact, self.said)
        model = f"{_percent(self.by_model, self.by_model_asked)} of {self.by_model_asked}"
        said, exact = _percent(self.said, self.asked), _percent(self.exact, self.asked)
        return f"| {kind} | {self.asked} | {said} | {precision} | {exact} | {model} |"


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def ask(session: Session, cut: Cut) -> str:
    document = session.document(cut.path, cut.text)
    snapshot = session.snapshot.with_outline(document)
    return import_rest(snapshot, document, cut.offset, hidden_by(())).split("\n")[0].rstrip()


def ask_model(session: Session, cut: Cut) -> str:
    loaded = session.loaded
    assert loaded is not None
    assert loaded.family is not None
    limits = limits_for(
        loaded.model.info.context_length, max_tokens=48, max_lines=1, deadline_ms=120_000, context_tokens=0
    )
    engine = CompletionEngine(loaded.model, loaded.family, limits, is_writing_imports=False)
    document: Document = session.document(cut.path, cut.text)
    snapshot = session.snapshot.with_outline(document)
    said = engine.complete(snapshot, document, cut.offset, Trigger.AUTOMATIC, Cancellation())
    return said.text.split("\n")[0].rstrip()


@click.command(help=__doc__)
@click.option("--table", default="python", show_default=True, help="Of bench/sources.toml.")
@click.option("--each", default=40, show_default=True, help="Places a project that the model is asked at.")
@click.option("--seed", default=3, show_default=True)
@click.option("--verbose", is_flag=True, help="Show what was said wrongly.")
def main(*, table: str, each: int, seed: int, verbose: bool) -> None:
    counts: dict[str, Count] = defaultdict(Count)
    for name in sorted(pins(table)):
        root = project(name, table)
        asked = [
            cut
            for path in sorted(root.rglob("*.py"))
            if "\r" not in (text := path.read_text("utf-8"))
            for cut in cuts(path, text)
        ]
        sample = {id(it) for it in random.Random(f"{seed} {name}").sample(asked, min(each, len(asked)))}
        with open_session(root, root=root, model="bundled") as session:
            for cut in asked:
                said, written = ask(session, cut), cut.written.rstrip()
                by_model = ask_model(session, cut) if id(cut) in sample else None
                for kind in (cut.kind, "all"):
                    count = counts[kind]
                    count.asked += 1
                    count.said += bool(said)
                    count.exact += said == written
                    if by_model is not None:
                        count.by_model_asked += 1
                        count.by_model += by_model == written
                if verbose and said and said != written:
                    print(f"{name} {cut.path.name} {cut.kind}: {written!r}, said {said!r}")
    print("| place | asked | said | of these exact | of all exact | the model alone |")
    print("|---|---|---|---|---|---|")
    for kind in sorted(counts, key=lambda it: (it == "all", it)):
        print(counts[kind].row(kind))


if __name__ == "__main__":
    main()
