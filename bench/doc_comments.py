"""Documentation comments of other languages than Python: `python -m bench.doc_comments [--each 300]`

Real functions of pinned projects, no model. *New*: a function loses the comment above it, if it has one, and
is given one. *Lags behind*: in a comment that a person wrote and that names each parameter, one name is left
out, spelt in another way, or added, or in Go the function's own name is spelt in another way; it is brought
up to date. Checked by other means than the product's: that outside of the comment each byte is the same, and
so is the syntax tree with its shape, but for comments; the parameters as an own look at the tree finds them;
and of what lagged behind that each other line of the comment stayed.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.registries import fetched
from bench.sources import pins
from lsp_server.cancellation import Cancellation
from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.docstring.write import write_docstring
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.syntax.tree import Tree, parse
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from tree_sitter import Node

FILE_MAX = 60_000  # bytes
# Comments with parameters are rare in the C of sources.toml.
MORE = {
    "Doxygen": [
        ("react-native", "npm", "0.72.17", "package/ReactCommon"),
        ("llama-cpp-python", "sdist", "0.3.36", "llama_cpp_python-0.3.36/vendor/llama.cpp"),
    ]
}
# style → languages, and whether it names parameters
STYLES: dict[str, tuple[tuple[str, ...], bool]] = {
    "JSDoc": (("typescript", "tsx", "javascript"), True),
    "Javadoc": (("java",), True),
    "Doxygen": (("c", "cpp"), True),
    "godoc": (("go",), False),
    "rustdoc": (("rust",), False),
}
FUNCTIONS = {
    "function_declaration", "method_definition", "method_signature", "generator_function_declaration",
    "method_declaration", "constructor_declaration", "function_definition", "function_item", "declaration",
}  # fmt: skip
BESIDE = {"attribute_item", "decorator"}  # stand between a comment and what it is about
WRAPPERS = {"export_statement", "template_declaration"}
PARAMETERS = {
    "identifier", "required_parameter", "optional_parameter", "assignment_pattern", "rest_pattern",
    "formal_parameter", "spread_parameter", "parameter_declaration", "optional_parameter_declaration",
    "variadic_parameter_declaration",
}  # fmt: skip
TAG = re.compile(r"^(\s*\*?\s*[@\\]param(?:\[[\w, ]*\])?\s+(?:\{[^{}]*\}\s+)?\[?)([\w$]+)(?=\W|$)")
KINDS = ("left out", "renamed", "gone")


@dataclass(frozen=True)
class Case:
    path: Path
    line: int  # 0-based, of the name
    name: str
    parameters: tuple[str, ...]
    first: int  # 0-based; the line a comment goes above
    document: Document
    comment: tuple[int, int] | None  # 0-based lines, inclusive


@dataclass(frozen=True)
class Lagging:
    case: Case
    kind: str
    text: str
    comment: tuple[str, ...]  # as the person wrote it
    kept: tuple[str, ...]  # of it, what has to be there again
    first: int  # line of the comment


def cases(path: Path, language: str) -> Iterator[Case]:
    text = path.read_bytes().decode("utf-8", "replace")
    document = Document(path=path.name, text=text, language=language)
    tree = parse(text, language)
    if tree is None or "\r" in text:
        return
    found = [(node, name) for node in walk(tree.root) if node.type in FUNCTIONS and (name := name_of(node))]
    rows = Counter(name.start_point.row for _, name in found)
    for node, name in found:
        first, comments = above(node)
        if rows[name.start_point.row] > 1 or before_on_line(document, first) or node.has_error:
            continue
        row, lines = first.start_point.row, None
        if comments:
            lines = (comments[0].start_point.row, row - 1)
            if any(before_on_line(document, it) for it in comments):
                continue
        elif row and document.line_text(row - 1).strip().startswith(("//", "/*", "*")):
            continue
        yield Case(
            path=path, line=name.start_point.row, name=tree.text_of(name),
            parameters=tuple(parameters(tree, node)), first=row, document=document, comment=lines,
        )  # fmt: skip


def walk(node: "Node") -> "Iterator[Node]":
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(reversed(each.named_children))


def name_of(node: "Node") -> "Node | None":
    name = node.child_by_field_name("name")
    declarator = node.child_by_field_name("declarator")
    is_function = False  # and no variable; of C
    while name is None and declarator is not None:
        if declarator.type in ("identifier", "field_identifier"):
            return declarator if is_function else None
        is_function = declarator.type == "function_declarator"
        declarator = declarator.child_by_field_name("declarator")
    return name


def above(node: "Node") -> "tuple[Node, list[Node]]":
    """(the first node that belongs to it, the comments right above that)."""
    while node.parent is not None and node.parent.type in WRAPPERS:
        node = node.parent
    comments: list[Node] = []
    before = node.prev_named_sibling
    while before is not None and before.type in BESIDE:
        node, before = before, before.prev_named_sibling
    row = node.start_point.row
    while before is not None and "comment" in before.type:
        last = before.end_point.row - (before.end_point.column == 0)  # of rustdoc its line's end is a part
        if last + 1 != row:
            break
        comments.insert(0, before)
        row, before = before.start_point.row, before.prev_named_sibling
    return node, comments


def before_on_line(document: Document, node: "Node") -> str:
    line = document.line_text(node.start_point.row).encode()
    return line[: node.start_point.column].decode("utf-8", "replace").strip()


def parameters(tree: Tree, node: "Node") -> list[str]:
    """Those with a name of their own."""
    holder: Node | None = node
    while holder is not None and holder.child_by_field_name("parameters") is None:
        holder = holder.child_by_field_name("declarator")
    listed = holder.child_by_field_name("parameters") if holder is not None else None
    names = []
    for each in listed.named_children if listed is not None else ():
        if each.type not in PARAMETERS:
            continue
        inner: Node | None = each
        while inner is not None and inner.type not in ("identifier", "this"):
            following = None
            for field in ("pattern", "name", "left", "declarator"):
                following = following or inner.child_by_field_name(field)
            if following is None and inner.type in (
                "rest_pattern", "spread_parameter", "parenthesized_declarator", "reference_declarator",
                "variadic_declarator",
            ):  # fmt: skip
                following = inner.named_children[-1] if inner.named_children else None
            inner = following
        if inner is not None and inner.type == "identifier":  # and not TypeScript's `this`
            names.append(tree.text_of(inner))
    return names


def shape(text: str, language: str) -> object:
    """The syntax tree, its tokens with their text, without comments."""
    tree = parse(text, language)
    assert tree is not None
    opened: list[object] = []

    def enter(node: "Node") -> None:
        if "comment" in node.type:
            return
        opened.append(("(", node.type, "" if node.child_count else tree.text_of(node)))
        for it in node.children:
            enter(it)
        opened.append(")")

    enter(tree.root)
    return opened


def without_comment(case: Case) -> tuple[str, int]:
    """(the text, the line of the name)."""
    lines = case.document.text.split("\n")
    if case.comment is None:
        return case.document.text, case.line
    first, last = case.comment
    return "\n".join(lines[:first] + lines[last + 1 :]), case.line - (last + 1 - first)


def documented(lines: Sequence[str]) -> list[str]:
    return [match[2] for line in lines if (match := TAG.match(line.replace("/**", "", 1)))]


def lagging(case: Case, style: str, rng: random.Random) -> Lagging | None:
    if case.comment is None:
        return None
    lines = case.document.text.split("\n")
    first, last = case.comment
    comment = lines[first : last + 1]
    changed, kept = list(comment), list(comment)
    if style == "godoc":
        if not comment[0].lstrip().startswith(f"// {case.name} ") or not case.name[0].isupper():
            return None
        kind, changed[0] = "renamed", comment[0].replace(case.name, f"{case.name}Of", 1)
    else:
        names = documented(comment)
        tags = [number for number, line in enumerate(comment) if TAG.match(line)]
        if not names or tuple(names) != case.parameters or len(tags) != len(names):
            return None
        kind, number = rng.choice(KINDS), rng.choice(tags)
        match = TAG.match(comment[number])
        assert match is not None
        if kind == "left out":
            end = number + 1
            while end < len(comment) and re.match(r"\s*\*?\s*[^\s@\\*/]", comment[end]):
                end += 1  # what goes on in the next line
            if len(tags) == 1:
                return None  # then nobody says that parameters are described here
            changed[number:end] = []
            kept = list(changed)
        elif kind == "renamed":
            changed[number] = match[1] + match[2] + "Old" + comment[number][match.end() :]
        else:
            changed.insert(number, match[1].replace("[", "") + "formerly What is not there any more.")
    text = "\n".join([*lines[:first], *changed, *lines[last + 1 :]])
    return Lagging(case=case, kind=kind, text=text, comment=tuple(comment), kept=tuple(kept), first=first)


def edit_of(document: Document, line: int) -> DocstringEdit:
    snapshot = Snapshot.of(Path("/nowhere"), [], name="bench")
    return write_docstring(
        document, line, snapshot=snapshot, model=None, family=None, cancellation=Cancellation()
    )


def judge_new(case: Case, style: str, count: Counter[str], *, show: bool) -> None:
    text, line = without_comment(case)
    language = case.document.language
    try:
        edit = edit_of(Document(path=case.path.name, text=text, language=language), line)
    except CannotDocument as refused:
        count[f"refused: {str(refused).replace(case.name, 'it')}"] += 1
        if show:
            click.echo(f"{case.path}:{case.line + 1} {case.name}: {refused}", err=True)
        return
    after = edit.applied_to(text)
    count["offered"] += 1
    lines, added = after.split("\n"), edit.text.count("\n")
    first = text[: edit.offset].count("\n")
    is_rest_same = edit.offset == edit.end_offset and lines[:first] + lines[first + added :] == text.split(
        "\n"
    )
    is_same = is_rest_same and shape(after, language) == shape(text, language)
    comment = lines[first : first + added]
    if STYLES[style][1]:
        is_exact = tuple(documented(comment)) == case.parameters
    elif style == "godoc":
        is_exact = comment[0].lstrip().startswith(f"// {case.name}")
    else:
        is_exact = all(it.lstrip().startswith("///") for it in comment)
    count["same"] += is_same
    count["exact"] += is_exact
    if show and not (is_same and is_exact):
        click.echo(
            f"{case.path}:{case.line + 1} {case.parameters} {is_rest_same} {is_same}\n{edit.text}", err=True
        )


def judge_lagging(it: Lagging, style: str, count: Counter[str], *, show: bool) -> None:
    language = it.case.document.language
    moved = it.text.count("\n") - it.case.document.text.count("\n")
    count["lagging"] += 1
    try:
        edit = edit_of(
            Document(path=it.case.path.name, text=it.text, language=language), it.case.line + moved
        )
    except CannotDocument as refused:
        count[f"refused ({it.kind}): {str(refused).replace(it.case.name, 'it')}"] += 1
        if show:
            click.echo(f"{it.case.path}:{it.case.line + 1} {it.kind} {it.case.name}: {refused}", err=True)
        return
    after = edit.applied_to(it.text)
    lines = after.split("\n")
    end = len(lines) - (len(it.case.document.text.split("\n")) - it.first - len(it.comment))
    comment = lines[it.first : end]
    whole = it.case.document.text.split("\n")
    is_rest_same = (
        lines[: it.first] == whole[: it.first] and lines[end:] == whole[it.first + len(it.comment) :]
    )
    is_same = is_rest_same and shape(after, language) == shape(it.text, language)
    is_exact = style == "godoc" or tuple(documented(comment)) == it.case.parameters
    kept = is_kept(it, comment)
    count["updated"] += 1
    count["updated same"] += is_same
    count["updated exact"] += is_exact
    count["updated kept"] += kept
    if show and not (is_same and is_exact and kept):
        click.echo(f"{it.case.path}:{it.case.line + 1} {it.kind} {is_same} {is_exact} {kept}", err=True)
        click.echo("\n".join([*it.comment, "→", *comment]), err=True)


def is_kept(it: Lagging, comment: Sequence[str]) -> bool:
    """Each line that a person wrote, letter by letter and in order; but what was left out."""
    rest = iter(comment)
    return all(line in rest for line in it.kept)


def files_of(style: str) -> list[tuple[Path, str]]:
    languages = STYLES[style][0]
    roots = [
        fetched(name, registry=it, version=version) / below
        for name, it, version, below in MORE.get(style, ())
    ]
    for table in ("context_report", "context_fit", "errors_report", "errors_develop"):
        for name, pin in pins(table).items():
            assert isinstance(pin, dict)
            if pin["language"] in languages and "archive" not in pin:
                package = fetched(name, registry=pin["registry"], version=pin["version"])
                roots.append(package / pin.get("folder", ""))
    found: list[tuple[Path, str]] = []
    for path in (path for root in roots for path in sorted(root.rglob("*"))):
        language = language_of(path.name)
        is_code = language in languages and not path.name.endswith((".d.ts", ".min.js"))
        if is_code and path.is_file() and path.stat().st_size <= FILE_MAX:
            found.append((path, language))
    return list(dict.fromkeys(found))


@click.command(help=__doc__)
@click.option("--each", default=300, show_default=True, help="Functions of a style, new and lagging behind.")
@click.option("--style", "styles", multiple=True, type=click.Choice(list(STYLES)), help="Repeatable.")
@click.option("--seed", default=1, show_default=True)
@click.option("--per-file", default=10, show_default=True, help="Functions of one file, at most.")
@click.option("--show", is_flag=True, help="Print what was refused or is not as it should be.")
def main(*, each: int, styles: tuple[str, ...], seed: int, per_file: int, show: bool) -> None:
    for style in styles or STYLES:
        rng = random.Random(f"{seed} {style}")
        files = files_of(style)
        rng.shuffle(files)
        count: Counter[str] = Counter()
        for path, language in files:
            found = list(cases(path, language))
            for case in rng.sample(found, min(per_file, len(found))):
                if count["new"] < each:
                    count["new"] += 1
                    judge_new(case, style, count, show=show)
            late = [it for case in found if (it := lagging(case, style, rng)) is not None]
            for one in rng.sample(late, min(per_file, len(late))):
                if count["lagging"] < each:
                    judge_lagging(one, style, count, show=show)
            click.echo(f"{style}: {dict(count)}", err=True)
            if count["new"] >= each and count["lagging"] >= each:
                break
        told(style, count)


def told(style: str, count: Counter[str]) -> None:
    print(f"{style}: {count['new']:,} new, offered {count['offered']:,}")
    print(f"    rest and tree the same {count['same']:,}, parameters or form exact {count['exact']:,}")
    print(f"    {count['lagging']:,} lagging behind, offered {count['updated']:,}")
    print(f"    rest and tree the same {count['updated same']:,}, exact {count['updated exact']:,}")
    print(f"    what a person wrote kept {count['updated kept']:,}", flush=True)
    for why, times in count.most_common():
        if why.startswith("refused"):
            print(f"    {times} × {why}", flush=True)


if __name__ == "__main__":
    main()
