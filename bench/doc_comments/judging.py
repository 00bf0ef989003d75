"""Is what was written the comment that belongs there, and is all else as it was?"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.doc_comments.functions import Case
from bench.doc_comments.lagging import Lagging
from bench.doc_comments.styles import STYLES, documented
from lsp_server.cancellation import Cancellation
from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.docstring.write import write_docstring
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.tree import parse
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from tree_sitter import Node


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
