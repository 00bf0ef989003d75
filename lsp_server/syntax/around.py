"""What the code around a place does with it: hands it to a call, gives it back, keeps it under a name.

By node types that the grammars share; a grammar that calls them otherwise gives less, never something wrong.
"""

from dataclasses import dataclass

import tree_sitter

from lsp_server.syntax.tree import Tree, parse
from lsp_server.text.document import Document

CALLS_MAX = 3
STEPS_MAX = 60

# Type → the fields in which the name of what is called may stand.
_CALLS = {
    "call": ("function",),
    "call_expression": ("function",),
    "new_expression": ("constructor",),
    "method_invocation": ("name",),
    "object_creation_expression": ("type",),
    "invocation_expression": ("function",),
    "composite_literal": ("type",),
    "struct_expression": ("name",),
}
_RESULTS = ("return_statement", "return_expression")
_ASSIGNED = {
    "variable_declarator": ("name", "value"),
    "init_declarator": ("declarator", "value"),
    "let_declaration": ("pattern", "value"),
    "assignment": ("left", "right"),
    "assignment_expression": ("left", "right"),
    "assignment_statement": ("left", "right"),
    "short_var_declaration": ("left", "right"),
    "var_spec": ("name", "value"),
    "public_field_definition": ("name", "value"),
}
_FUNCTIONS = {
    "function_definition", "function_declaration", "function_expression", "function_item", "arrow_function",
    "generator_function_declaration", "generator_function", "method_definition", "method_declaration",
    "constructor_declaration", "lambda", "lambda_expression", "closure_expression", "func_literal",
}  # fmt: skip
_CALLED_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Called:
    name: str  # "total"
    qualifier: str  # what stands before its dot: "self.cart", "Cart", ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    calls: tuple[Called, ...] = ()  # the innermost first; structs that are filled in count as called
    is_result: bool = False  # of the function around
    assigned: str = ""  # the name it is kept under: "self.total"
    value: Called | None = None  # what is called for the value, where the name is what was asked about


NOTHING_AROUND = Around()


def around(document: Document, start: int, end: int) -> Around:
    """What holds the text from *start* to *end*, up to the function it is in."""
    tree = parse(document.text, document.language)
    if tree is None:
        return NOTHING_AROUND
    first, last = tree.byte_of(start), tree.byte_of(max(start, end))
    node = tree.root.named_descendant_for_byte_range(first, last)
    calls: list[Called] = []
    is_result, assigned = False, ""
    value: Called | None = None
    for _ in range(STEPS_MAX):
        if node is None or (node.type in _FUNCTIONS and not _is_in_head(node, first)):
            break
        fields = _CALLS.get(node.type)
        if fields is not None and len(calls) < CALLS_MAX:
            calls.extend(_called(tree, node, fields))
        if node.type in _RESULTS or _is_last_value(node):
            is_result = is_result or not calls or node.type in _RESULTS
        if node.type in _ASSIGNED and not assigned:
            assigned = _kept_as(tree, node, first)
            value = _value_of(tree, node, first)
        node = node.parent
    return Around(calls=tuple(calls), is_result=is_result, assigned=assigned, value=value)


def _called(tree: Tree, node: tree_sitter.Node, fields: tuple[str, ...]) -> list[Called]:
    named = next((it for field in fields if (it := node.child_by_field_name(field)) is not None), None)
    if named is None:
        return []
    text = tree.text_of(named)[-_CALLED_CHARACTERS:].split("<")[0].replace("::", ".").replace("->", ".")
    qualifier, _, name = text.replace("?.", ".").rpartition(".")
    before = node.child_by_field_name("object")  # of a Java method
    if before is not None and not qualifier:
        qualifier = tree.text_of(before)[-_CALLED_CHARACTERS:]
    return [Called(name.strip(), qualifier.strip())] if name.strip().isidentifier() else []


def _is_last_value(node: tree_sitter.Node) -> bool:
    """Rust: the expression that ends a function's block."""
    parent = node.parent
    if parent is None or parent.type != "block" or parent.parent is None:
        return False
    last = parent.named_children[-1]
    return parent.parent.type == "function_item" and last.id == node.id and "statement" not in node.type


def _kept_as(tree: Tree, node: tree_sitter.Node, byte: int) -> str:
    kept, value = (node.child_by_field_name(it) for it in _ASSIGNED[node.type])
    if kept is None or (value is not None and byte >= value.end_byte):
        return ""
    return tree.text_of(kept)[:_CALLED_CHARACTERS].strip("*& ")


def _value_of(tree: Tree, node: tree_sitter.Node, byte: int) -> Called | None:
    value = node.child_by_field_name(_ASSIGNED[node.type][1])
    if value is None or byte >= value.start_byte:
        return None
    while value.type in ("await_expression", "await", "expression_list", "parenthesized_expression"):
        if not value.named_children:
            return None
        value = value.named_children[0]
    return next(iter(_called(tree, value, _CALLS.get(value.type, ()))), None)


def _is_in_head(node: tree_sitter.Node, byte: int) -> bool:
    body = node.child_by_field_name("body")
    return body is not None and byte < body.start_byte
