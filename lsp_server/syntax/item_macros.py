"""Rust's macros around items, as `cfg_io! { mod pipe; }` and `pin_project! { struct Pipe { … } }`.

What stands in a macro's braces is only tokens to the grammar. Where it reads as items, it is taken for
items: a macro that conditions or decorates what it is given is the usual reason to give it any.
"""

from collections.abc import Iterator

import tree_sitter

from lsp_server.syntax.tree import Tree, parse

_LANGUAGE = "rust"
_NESTED_MAX = 3
_MACROS_MAX = 400  # of one text
_BLOCKS = ("declaration_list", "impl_item", "trait_item", "mod_item")
_ITEMS = (
    "function_item", "function_signature_item", "struct_item", "enum_item", "union_item", "trait_item",
    "impl_item", "mod_item", "use_declaration", "const_item", "static_item", "type_item", "macro_invocation",
    "macro_definition", "extern_crate_declaration", "foreign_mod_item",
)  # fmt: skip
_BESIDE_ITEMS = ("attribute_item", "inner_attribute_item", "line_comment", "block_comment", "empty_statement")


def with_items_of_macros(tree: Tree, language: str) -> Tree:
    """The tree of the same text with such macros' names and braces blank: every byte keeps its place."""
    if language != _LANGUAGE or b"! {" not in tree.source:
        return tree
    for _ in range(_NESTED_MAX):
        source = bytearray(tree.source)
        for macro, body in _around_items(tree):
            _blank(source, macro.start_byte, body.start_byte + 1)
            _blank(source, body.end_byte - 1, body.end_byte)
        if source == tree.source:
            break
        opened = parse(source.decode("utf-8", "replace"), language)
        if opened is None:
            break
        tree = opened
    return tree


def _around_items(tree: Tree) -> Iterator[tuple[tree_sitter.Node, tree_sitter.Node]]:
    """(macro invocation, its braces)"""
    pending, left = [tree.root], _MACROS_MAX
    while pending and left:
        node = pending.pop()
        for child in node.named_children:
            if child.type in _BLOCKS:
                pending.append(child)
            elif child.type == "macro_invocation" and left:
                body = child.named_children[-1]
                text = tree.source[body.start_byte : body.end_byte]
                if text[:1] == b"{" and text[-1:] == b"}":
                    left -= 1
                    if _are_items(text[1:-1].decode("utf-8", "replace")):
                        yield child, body


def _are_items(text: str) -> bool:
    tree = parse(text, _LANGUAGE)
    if tree is None or tree.root.has_error:
        return False
    kinds = {it.type for it in tree.root.named_children}
    return not kinds.isdisjoint(_ITEMS) and kinds <= {*_ITEMS, *_BESIDE_ITEMS}


def _blank(source: bytearray, start: int, end: int) -> None:
    """Line ends stay, so that every row does."""
    source[start:end] = bytes(it if it == ord("\n") else ord(" ") for it in source[start:end])
