"""Functions of a file with the comment above each and its parameters, by an own look at the tree."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_server.syntax.tree import Tree, parse
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from tree_sitter import Node

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


@dataclass(frozen=True)
class Case:
    path: Path
    line: int  # 0-based, of the name
    name: str
    parameters: tuple[str, ...]
    first: int  # 0-based; the line a comment goes above
    document: Document
    comment: tuple[int, int] | None  # 0-based lines, inclusive


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
