"""Docstrings for real functions whose own were removed: `python -m bench.docstrings [--functions 2000]`

The projects are pinned; functions with a docstring are drawn from all of them, each loses its docstring,
and one is written without a model. Checked by other means than the product's: that the file is the same but
for the insertion, and the same to CPython's parser but for the docstring; parameters, returns and raises as
an own look at the syntax tree finds them, read from the text by `docstring_parser`; and what the person who
wrote the removed docstring had documented.
Needs `docstring_parser` (bench/requirements.txt).
"""

import ast
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import docstring_parser

from bench.registries import fetched
from bench.sources import project, python_projects
from lsp_server.cancellation import Cancellation
from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.docstring.write import write_docstring
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

Function = ast.FunctionDef | ast.AsyncFunctionDef
FILE_MAX = 300_000  # characters
MORE = {"scrapy": "2.19.0", "sphinx": "9.0.4", "networkx": "3.6.1"}  # wheels
SELF = ("self", "cls", "mcs")


@dataclass(frozen=True)
class Case:
    path: Path
    line: int  # 0-based, of the name
    text: str  # of the file without this docstring
    node: Function  # as it was
    human: str


def cases(root: Path) -> Iterator[Case]:
    for path in sorted(root.rglob("*.py")):
        text = path.read_text("utf-8", "replace")
        if len(text) > FILE_MAX or "\r" in text or "\f" in text:
            continue
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, Function) and (human := ast.get_docstring(node)) and len(node.body) > 1:
                without = removed(text, node)
                if without is not None:
                    yield Case(path, node.lineno - 1, without, node, human)


def removed(text: str, node: Function) -> str | None:
    """*text* without the lines of the docstring; None if something else stands on them."""
    first = node.body[0]
    assert first.end_lineno is not None
    lines = text.split("\n")
    mine = lines[first.lineno - 1 : first.end_lineno]
    before, after = lines[first.lineno - 1][: first.col_offset], lines[first.end_lineno - 1]
    if before.strip() or len(after.encode()) != first.end_col_offset or not mine:
        return None
    kept = "\n".join(lines[: first.lineno - 1] + lines[first.end_lineno :])
    try:
        ast.parse(kept)
    except SyntaxError:
        return None
    return kept


def tree_without(text: str, name: str, line: int) -> str:
    """The syntax tree as text, without the docstring of the function *name* nearest to *line*."""
    tree = ast.parse(text)
    same = [it for it in ast.walk(tree) if isinstance(it, Function) and it.name == name]
    node = min(same, key=lambda it: abs(it.lineno - 1 - line))
    if ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:]
    return ast.dump(tree)


def parameters(node: Function) -> list[str]:
    every = node.args
    names = [it.arg for it in [*every.posonlyargs, *every.args]]
    names = names[1:] if names[:1] and names[0] in SELF else names
    names += [it.arg for it in (every.vararg,) if it] + [it.arg for it in every.kwonlyargs]
    return names + [it.arg for it in (every.kwarg,) if it]


def inside(node: Function) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function | ast.ClassDef | ast.Lambda):
            yield child
            yield from inside(child)  # type: ignore[arg-type]


def gives(node: Function) -> bool:
    """Whether a value comes back, one by one or at once; an annotation counts."""
    annotated = ast.unparse(node.returns) if node.returns else ""
    if annotated.rpartition(".")[2] in ("NoReturn", "Never"):
        return False
    values = [
        it for it in inside(node)
        if isinstance(it, ast.Yield | ast.YieldFrom)
        or (isinstance(it, ast.Return) and it.value is not None
            and not (isinstance(it.value, ast.Constant) and it.value.value is None))
    ]  # fmt: skip
    return bool(values) or annotated not in ("", "None")


def raised(node: Function) -> set[str]:
    """Names that are raised anywhere, what is caught again included."""
    names = set()
    for it in inside(node):
        if isinstance(it, ast.Raise) and it.exc is not None:
            name = ast.unparse(it.exc.func if isinstance(it.exc, ast.Call) else it.exc)
            if name.rpartition(".")[2][:1].isupper():
                names.add(name)
    return names


def documented(text: str) -> tuple[list[str], bool, set[str]]:
    """(parameters, whether a result is named, exceptions) as `docstring_parser` reads them."""
    try:
        found = docstring_parser.parse(text)
    except docstring_parser.ParseError:
        return [], False, set()
    names = [
        part for it in found.params for part in it.arg_name.replace("*", "").replace("\\", "").split(", ")
    ]
    return names, found.returns is not None, {it.type_name for it in found.raises if it.type_name}


@click.command(help=__doc__)
@click.option("--functions", default=2_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(*, functions: int, seed: int) -> None:
    rng = random.Random(seed)
    roots = {name: project(name) for name in python_projects()}
    roots |= {name: fetched(name, registry="wheel", version=it) for name, it in MORE.items()}
    found = [(name, case) for name, root in roots.items() for case in cases(root)]
    chosen = rng.sample(found, min(functions, len(found)))
    count: Counter[str] = Counter()
    for number, (name, case) in enumerate(chosen, 1):
        judge(case, name, count)
        if number % 200 == 0:
            click.echo(f"{number} of {len(chosen)} …", err=True)
    offered = count["offered"]
    print(f"{len(chosen):,} functions of {len({name for name, _ in chosen})} projects, no model\n")
    print("| | |\n|---|---|")
    print(f"| offered | {offered:,} of {len(chosen):,} |")
    print(f"| rest of the file identical, syntax tree identical | {count['same']:,} of {offered:,} |")
    print(
        f"| parameters exact, in order | {count['exact']:,} of {offered:,} ({count['exact'] / offered:.1%}) |"
    )
    for what in ("result", "exception"):
        told, right, there = (count[f"{what} {it}"] for it in ("told", "right", "there"))
        print(f"| {what}s: precision, recall | {right / max(1, told):.1%}, {right / max(1, there):.1%} |")
    print(f"| parameters that a person had described, named | {share(count, 'human parameter')} |")
    print(
        f"| exceptions that a person had named, raised in the code itself | {share(count, 'human raises')} |"
    )
    for why, times in count.most_common():
        if why.startswith("refused: "):
            print(f"\n{times} × {why}")


def share(count: Counter[str], what: str) -> str:
    return f"{count[f'{what} told']:,} of {count[f'{what} there']:,}"


def judge(case: Case, name: str, count: Counter[str]) -> None:
    document = Document(path=case.path.name, text=case.text, language="python")
    snapshot = Snapshot.of(case.path.parent, [], name=name)
    try:
        edit: DocstringEdit = write_docstring(
            document, case.line, snapshot=snapshot, model=None, family=None, cancellation=Cancellation()
        )
    except CannotDocument as error:
        count[f"refused: {str(error).replace(case.node.name, 'it')}"] += 1
        return
    count["offered"] += 1
    after = edit.applied_to(case.text)
    is_only_inserted = (
        after[: edit.offset] == case.text[: edit.offset]
        and after[edit.offset + len(edit.text) :] == case.text[edit.end_offset :]
        and not case.text[edit.offset : edit.end_offset].strip()
    )
    trees = [tree_without(it, case.node.name, case.line) for it in (case.text, after)]
    count["same"] += is_only_inserted and trees[0] == trees[1]
    same = [it for it in ast.walk(ast.parse(after)) if isinstance(it, Function) and it.name == case.node.name]
    node = min(same, key=lambda it: abs(it.lineno - 1 - case.line))
    names, has_result, exceptions = documented(ast.get_docstring(node) or "")
    count["exact"] += names == parameters(case.node)
    is_property = any("property" in ast.unparse(it) for it in case.node.decorator_list)
    if not is_property:  # read as a value: its first sentence says what it is
        count["result told"] += has_result
        count["result there"] += gives(case.node)
        count["result right"] += has_result and gives(case.node)
    there = raised(case.node)
    count["exception told"] += len(exceptions)
    count["exception there"] += len(there)
    count["exception right"] += len(exceptions & there)
    by_person, _, raises = documented(case.human)
    mine = set(parameters(case.node))
    count["human parameter there"] += len(mine & set(by_person))
    count["human parameter told"] += len(mine & set(by_person) & set(names))
    count["human raises there"] += len(raises & there)
    count["human raises told"] += len(raises & there & exceptions)


if __name__ == "__main__":
    main()
