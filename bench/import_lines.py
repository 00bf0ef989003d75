"""How often an import that a file lacks is written to its end. `python -m bench.import_lines [--each 40]`

Each project's one-line import statements outside of functions, the rest of the file as it is, taken out in
turn and asked for from several places: an empty line, after `from `, after the module, between braces, and so
on. What is said without a model is counted over all; beside it, at a sample of the same places, what the
bundled model says by itself.
"""

import ast
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from bench.context_quality.__main__ import FIT, REPORT
from bench.context_quality.__main__ import pins as pins_of
from bench.context_quality.project import texts_in
from bench.registries import fetched
from bench.sources import pins, project
from lsp_server.app.session import Session, open_session
from lsp_server.cancellation import Cancellation
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.importing.writing import import_rest
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

    def first_line(self, text: str, replaces: int) -> str:
        """The line with *text* at the cursor, from there on."""
        behind = self.text[self.offset + replaces :].partition("\n")[0]
        return (text + behind).partition("\n")[0].rstrip()

    @property
    def right(self) -> str:
        return self.first_line(self.written, 0)


def python_cuts(path: Path, text: str) -> Iterator[Cut]:
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


_SCRIPT = re.compile(
    r"^(?P<head>import (?:type )?)(?P<what>(?:\{ ?(?P<names>[\w$, ]+?) ?\}|[\w$* ]+?)) from (?P<quote>[\"'])"
    r"(?P<module>[^\"'\n]+)(?P=quote);?$",
    re.M,
)


def script_cuts(path: Path, text: str) -> Iterator[Cut]:
    for match in _SCRIPT.finditer(text):
        ends = {
            "an empty line": (match.start(), match.end()),
            "after `import`": (match.end("head"), match.end()),
            "the module": (match.start("module"), match.end("module")),
        }
        if match["names"]:
            ends["between braces, the module behind"] = match.span("names")
            ends["between braces"] = match.start("names"), match.end()
        for kind, (start, end) in ends.items():
            yield Cut(kind, path, text[:start] + text[end:], start, text[start:end])


def ask(session: Session, cut: Cut) -> tuple[str, float]:
    """(the rest of the line, milliseconds)."""
    document = session.document(cut.path, cut.text)
    snapshot = session.snapshot.with_outline(document)
    started = time.perf_counter()
    rest = import_rest(snapshot, document, cut.offset, hidden_by(()))
    taken = 1000 * (time.perf_counter() - started)
    return "" if rest is None else cut.first_line(rest.text, rest.replaces), taken


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
    return cut.first_line(said.text, said.replace_end_offset - said.offset)


def roots(*, is_fit: bool) -> Iterator[tuple[str, Path, str]]:
    """(name, folder, language) of each project."""
    table = "calibration" if is_fit else "python"
    for name in sorted(pins(table)):
        yield name, project(name, table), "python"
    for name, pin in pins_of(FIT if is_fit else REPORT).items():
        if pin["language"] == "typescript":
            unpacked = fetched(name, registry=pin["registry"], version=pin["version"])
            yield name, unpacked / pin.get("folder", ""), "typescript"


@click.command(help=__doc__)
@click.option("--fit", "is_fit", is_flag=True, help="The projects that the layout was worked out on.")
@click.option("--most", default=1_200, show_default=True, help="Places a project.")
@click.option("--each", default=40, show_default=True, help="Places a project that the model is asked at.")
@click.option("--seed", default=3, show_default=True)
@click.option("--verbose", is_flag=True, help="Show what was said wrongly, and not at all.")
def main(*, is_fit: bool, most: int, each: int, seed: int, verbose: bool) -> None:
    counts: dict[tuple[str, str], Count] = defaultdict(Count)
    milliseconds: dict[str, list[float]] = defaultdict(list)
    for name, root, language in roots(is_fit=is_fit):
        cuts_in = python_cuts if language == "python" else script_cuts
        asked = [
            cut
            for path, text in texts_in(root, language)
            if "\r" not in text
            for cut in cuts_in(root / path, text)
        ]
        random.Random(f"{seed} {name}").shuffle(asked)
        with open_session(root, root=root, model="bundled") as session:
            while not session.snapshot.is_complete:
                time.sleep(0.1)
            for number, cut in enumerate(asked[:most]):
                (said, taken), written = ask(session, cut), cut.right
                milliseconds[language].append(taken)
                by_model = ask_model(session, cut) if number < each else None
                for kind in (cut.kind, "all"):
                    count = counts[language, kind]
                    count.asked += 1
                    count.said += bool(said)
                    count.exact += said == written
                    if by_model is not None:
                        count.by_model_asked += 1
                        count.by_model += by_model == written
                if verbose and said != written:
                    print(f"{name} {cut.path.name} {cut.kind}: {written!r}, said {said!r}")
    print("| place | asked | said | of these exact | of all exact | the model alone |")
    print("|---|---|---|---|---|---|")
    for language, kind in sorted(counts, key=lambda it: (it[0], it[1] == "all", it[1])):
        print(counts[language, kind].row(f"{language}: {kind}"))
    for language, times in milliseconds.items():
        times.sort()
        middle, late = times[len(times) // 2], times[int(0.95 * len(times))]
        print(f"{language}: {middle:.1f} ms (median), {late:.1f} ms (p95)")


if __name__ == "__main__":
    main()
