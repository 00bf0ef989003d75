"""Where a documentation comment goes, and what the syntax tree says a definition returns and throws."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.docstring.edit import CannotDocument
from lsp_server.index.outline import Definition
from lsp_server.syntax.tree import DEPTH_MAX, Tree, parse
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from tree_sitter import Node

_WRAPPERS = {"template_declaration", "export_statement"}
_CONTAINERS = ("body", "block", "list", "compound_statement", "preproc_ifdef", "preproc_if")
_FUNCTIONS = ("function", "method", "lambda", "closure")
_NESTED = ("function", "class", "lambda", "closure", "method")
_NOTHING = {"void", "undefined", "never", "()", "!", "None"}
_NODES_MAX = 20_000  # of one definition's body


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentFacts:
    first_line: int  # 0-based; the comment goes above it
    returns_value: bool = False
    throws: tuple[str, ...] = ()


def comment_facts(document: Document, definition: Definition) -> CommentFacts:
    """Raises CannotDocument where a comment above the line would belong to something else."""
    tree = parse(document.text, document.language)
    if tree is None:
        raise CannotDocument(
            f"{document.path} cannot be parsed", hint="It may be too large; write the comment by hand."
        )
    node = _node_of(tree, document, definition)
    first = node.start_point.row
    start = tree.offset_of(node.start_byte)
    if document.text[document.line_starts[first] : start].strip():
        raise CannotDocument(
            f"{definition.name} begins in the middle of line {first + 1}",
            hint="Put it on a line of its own first.",
        )
    first = min(first, definition.start_line)  # attributes of Rust are neighbours, not parents
    function = next((it for it in _inside(node) if _is_function(it)), None)
    if definition.kind not in ("function", "method") and node.type != "lexical_declaration":
        function = None
    if function is None:
        return CommentFacts(first_line=first)
    own = list(_own(function))
    declared = _declared(tree, function)
    returned = any(it.type == "return_statement" and it.named_child_count for it in own)
    arrow = function.child_by_field_name("body")
    is_expression = function.type == "arrow_function" and arrow is not None and "block" not in arrow.type
    return CommentFacts(
        first_line=first,
        returns_value=declared not in _NOTHING if declared else returned or is_expression,
        throws=tuple(dict.fromkeys(_thrown(tree, own))),
    )


def _node_of(tree: Tree, document: Document, definition: Definition) -> "Node":
    """The outermost node that is this definition and nothing more than its wrapping."""
    node = _name_of(tree, document, definition)
    while (parent := node.parent) is not None:
        is_inside = (
            definition.start_line <= parent.start_point.row
            and parent.end_point.row <= definition.end_line
            and parent.parent is not None
            and not parent.type.endswith(_CONTAINERS)
        )
        if not is_inside and parent.type not in _WRAPPERS:
            break
        node = parent
    return node


def _name_of(tree: Tree, document: Document, definition: Definition) -> "Node":
    """Where the same word stands twice on the line, as in `func (e Error) Error()`, the one that names."""
    line = document.line_text(definition.name_line)
    found = [
        tree.root.descendant_for_byte_range(at, at + 1) or tree.root
        for match in re.finditer(rf"(?<![\w$]){re.escape(definition.name)}(?![\w$])", line)
        for at in [tree.byte_of(document.offset_at(definition.name_line, match.start()))]
    ]
    names = (it for it in found if it.parent is not None and it.parent.child_by_field_name("name") == it)
    at = tree.byte_of(document.line_starts[definition.name_line])
    first = found[0] if found else tree.root.descendant_for_byte_range(at, at + 1) or tree.root
    return next(names, first)


def _inside(node: "Node") -> "Iterator[Node]":
    waiting = [node]
    for _ in range(_NODES_MAX):
        if not waiting:
            return
        each = waiting.pop()
        yield each
        waiting.extend(reversed(each.named_children))


def _own(function: "Node") -> "Iterator[Node]":
    waiting = [(it, 0) for it in reversed(function.named_children)]
    for _ in range(_NODES_MAX):
        if not waiting:
            return
        each, depth = waiting.pop()
        yield each
        if depth < DEPTH_MAX and not any(word in each.type for word in _NESTED):
            waiting.extend((it, depth + 1) for it in reversed(each.named_children))


def _is_function(node: "Node") -> bool:
    return any(word in node.type for word in _FUNCTIONS) and (
        node.child_by_field_name("parameters") is not None
        or node.child_by_field_name("declarator") is not None
        or node.child_by_field_name("parameter") is not None
    )


def _declared(tree: Tree, function: "Node") -> str:
    """The return type as written; "" if there is none. A pointer to void is a value."""
    for name in ("return_type", "result", "type"):
        node = function.child_by_field_name(name)
        if node is not None:
            declarator = function.child_by_field_name("declarator")
            pointer = "*" if declarator is not None and declarator.type == "pointer_declarator" else ""
            return tree.text_of(node).lstrip(":-> ").strip() + pointer
    return ""


def _thrown(tree: Tree, own: "list[Node]") -> Iterator[str]:
    for each in own:
        if each.type == "throws":
            yield from (tree.text_of(it) for it in each.named_children)
        elif each.type == "throw_statement" and each.named_child_count and not _is_in_try(each):
            made = each.named_children[0]
            if made.type in ("new_expression", "object_creation_expression"):
                kind = made.child_by_field_name("constructor") or made.child_by_field_name("type")
                if kind is not None:
                    yield tree.text_of(kind)


def _is_in_try(node: "Node") -> bool:
    """Whether something around *node* in its function may catch what it throws."""
    parent = node.parent
    while parent is not None and not _is_function(parent):
        if parent.type.startswith("try"):
            return True
        parent = parent.parent
    return False
