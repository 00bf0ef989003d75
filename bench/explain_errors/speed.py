"""How soon is the evidence there in a large repository? `python -m bench.explain_errors.speed`

Two pinned projects in one folder, more than 100,000 lines. In random files one name, attribute, import, or
keyword is misspelt, and the message is worded as CPython words it. Timed: from the problem to the finished
explanation without a model, in a repository that is indexed and a file that the editor has open.
"""

import ast
import random
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click

from bench.explain_errors.mutations import NAME_MIN, misspelt
from bench.registries import CACHE, fetched
from bench.sources import pins
from lsp_server.app.session import Session, open_session
from lsp_server.cancellation import Cancellation
from lsp_server.explanation.explain import explain_problem
from lsp_server.explanation.kinds import read_message
from lsp_server.explanation.problem import Problem
from lsp_server.fixes.python_code import PythonCode
from lsp_server.text.document import Document

PROJECTS = ("sphinx", "scrapy")  # of sources.toml, context_report
LINES_MIN = 100_000
SEED = 11
GOAL_MS = 30
INDEX_WAIT_S = 900.0  # a session itself goes on with part of a repository

Slip = tuple[int, int, str, str]  # from, to, the wrong text, the message


def together() -> Path:
    """A folder that holds the Python files of all projects."""
    root = CACHE / "-".join(PROJECTS)
    if not root.is_dir():
        started = root.with_name(f"{root.name}.unpacking")
        shutil.rmtree(started, ignore_errors=True)
        for name in PROJECTS:
            folder = fetched(name, registry="wheel", version=pins("context_report")[name]["version"])  # type: ignore[index]
            for path in sorted(folder.rglob("*.py")):
                target = started / path.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        started.rename(root)
    return root


def slips(code: PythonCode, rng: random.Random) -> Iterator[Slip]:
    nodes = list(ast.walk(code.tree))
    rng.shuffle(nodes)
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and len(node.id) >= NAME_MIN:
            wrong = misspelt(node.id, rng)
            yield code.start(node), code.end(node), wrong, f"name '{wrong}' is not defined"
        elif isinstance(node, ast.Attribute) and len(node.attr) >= NAME_MIN:
            wrong = misspelt(node.attr, rng)
            around = code.class_around(node.lineno - 1)
            owner = around.name if around is not None else "Node"
            at = code.end(node) - len(node.attr)
            yield at, code.end(node), wrong, f"'{owner}' object has no attribute '{wrong}'"
        elif isinstance(node, ast.ImportFrom) and node.module and len(node.names[0].name) >= NAME_MIN:
            wrong = misspelt(node.names[0].name, rng)
            at = code.document.text.find(
                node.names[0].name, code.start(node) + len("from ") + len(node.module)
            )
            message = f"cannot import name '{wrong}' from '{node.module}'"
            yield at, at + len(node.names[0].name), wrong, message
        elif isinstance(node, ast.Call) and node.keywords and node.keywords[0].arg:
            name = node.keywords[0].arg
            if len(name) >= NAME_MIN:
                at = code.document.text.rfind(name, 0, code.start(node.keywords[0].value))
                wrong = misspelt(name, rng)
                function = ast.unparse(node.func).rpartition(".")[2]
                yield at, at + len(name), wrong, f"{function}() got an unexpected keyword argument '{wrong}'"


def timed(session: Session, path: str, code: PythonCode, slip: Slip) -> float:
    """Milliseconds."""
    start, end, wrong, message = slip
    text = code.document.text
    document = Document(path=path, text=text[:start] + wrong + text[end:], language="python")
    snapshot = session.snapshot.with_outline(document).with_document(document)
    snapshot.imported_paths(path)  # an editor has asked that before
    problem = Problem(message=message, start=start, end=start + len(wrong), source="traceback")
    began = time.perf_counter()
    explain_problem(
        problem, document, snapshot=snapshot, storyteller=None, language="en", cancellation=Cancellation(),
        on_text=lambda text: None,
    )  # fmt: skip
    return 1000 * (time.perf_counter() - began)


@click.command(help=__doc__)
@click.option("--problems", default=240, show_default=True)
@click.option("--show", is_flag=True, help="Print what took longer than the goal.")
def main(*, problems: int, show: bool) -> None:
    root = together()
    paths = sorted(root.rglob("*.py"))
    lines = sum(path.read_bytes().count(b"\n") for path in paths)
    assert lines >= LINES_MIN, f"only {lines} lines"
    rng = random.Random(SEED)
    times: dict[str, list[float]] = defaultdict(list)
    with open_session(root, root=root, model=None) as session:
        session.workspace.wait_until_indexed(INDEX_WAIT_S, Cancellation())
        while sum(map(len, times.values())) < problems:
            path = rng.choice(paths)
            relative = path.relative_to(root).as_posix()
            try:
                code = PythonCode(session.document(path))
            except (SyntaxError, ValueError):
                continue
            for slip in list(slips(code, rng))[:1]:
                took = timed(session, relative, code, slip)
                times[read_message(slip[3]).kind].append(took)
                if show and took > GOAL_MS:
                    print(f"{took:6.1f} ms {relative} ({len(code.document.text)} characters): {slip[3]}")
    everything = sorted(each for group in times.values() for each in group)
    for kind, group in sorted(times.items()):
        print(f"{kind:20} {len(group):4}  median {_share(sorted(group), 0.5):5.1f} ms")
    print(
        f"{len(everything)} problems, {len(paths)} files, {lines} lines: evidence ready in "
        f"{_share(everything, 0.5):.1f} ms (median), {_share(everything, 0.95):.1f} ms (p95), "
        f"{everything[-1]:.1f} ms (slowest); goal: {GOAL_MS} ms (p95)"
    )


def _share(ordered: list[float], share: float) -> float:
    return ordered[int(share * (len(ordered) - 1))]


if __name__ == "__main__":
    main()
