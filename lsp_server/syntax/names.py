"""Names inside declarations: what a declarator declares, what a receiver belongs to, parameters."""

import tree_sitter

from lsp_server.syntax.tree import Tree

_STEPS_MAX = 12
_NAME_FIELDS = ("name", "pattern", "declarator", "left")


def declared_name(
    tree: Tree, declarator: tree_sitter.Node
) -> tuple[tree_sitter.Node | None, str, tree_sitter.Node | None]:
    """(name node, qualifying owner, parameters) of a C or C++ declarator, however wrapped."""
    node: tree_sitter.Node | None = declarator
    owner, parameters = [], None
    for _ in range(_STEPS_MAX):
        if node is None:
            break
        if node.type == "qualified_identifier":
            scope = node.child_by_field_name("scope")
            if scope is not None:
                owner.append(_plain_name(tree, scope))
            node = node.child_by_field_name("name")
        elif "identifier" in node.type or node.type in ("destructor_name", "operator_name"):
            return node, ".".join(owner), parameters
        else:
            parameters = node.child_by_field_name("parameters") or parameters
            inner = node.child_by_field_name("declarator") or node.child_by_field_name("name")
            node = inner or next(
                (it for it in node.named_children if "declarator" in it.type or "identifier" in it.type), None
            )
    return None, "", None


def owner_name(tree: Tree, node: tree_sitter.Node) -> str:
    """The type a Go receiver or a Rust impl block is about: `(s *Cart[T])` → "Cart"."""
    found = _first_of(node, ("type_identifier",))
    return _plain_name(tree, found if found is not None else node)


_DECLARATIONS = ("parameter_declaration", "optional_parameter_declaration")
# Patterns with one name in them: JavaScript's defaults, Python's stars.
_HOLDS_A_NAME = ("assignment_pattern", "list_splat_pattern", "dictionary_splat_pattern", "splat_pattern")


def parameter_names(tree: Tree, parameters: tree_sitter.Node | None) -> tuple[str, ...]:
    """The parameters' names in order, without stars, types or defaults; `self` included."""
    if parameters is None:
        return ()
    if parameters.type == "identifier":  # x => …
        return (tree.text_of(parameters),)
    names: list[str] = []
    for child in parameters.named_children:
        kind = child.type
        if kind == "identifier":  # most are, in languages without types
            names.append(tree.text_of(child))
        elif kind in ("comment", "line_comment", "block_comment", "attribute_item", "ERROR"):
            continue
        elif kind in _DECLARATIONS and child.child_by_field_name("declarator") is None:
            given = child.children_by_field_name("name")  # Go: several names of one type; C++: none
            names += [tree.text_of(it) for it in given]
        elif kind == "self_parameter":
            names.append("self")
        else:
            named = _parameter(child)
            if named is not None:
                names.append(tree.text_of(named))
    return tuple(names)


def _parameter(node: tree_sitter.Node) -> tree_sitter.Node | None:
    inner: tree_sitter.Node | None = node
    for _ in range(_STEPS_MAX):
        if (
            inner is None
            or inner.child_count == 0
            or (inner.type.endswith("pattern") and inner.type not in _HOLDS_A_NAME)
        ):
            break
        by_field = next(
            (it for name in _NAME_FIELDS if (it := inner.child_by_field_name(name)) is not None), None
        )
        inner = by_field or next((it for it in inner.named_children if "type" not in it.type), None)
    return (
        inner
        if inner is not None
        and ("identifier" in inner.type or inner.type.endswith("pattern") or inner.type == "name")
        else None
    )


def _plain_name(tree: Tree, node: tree_sitter.Node) -> str:
    return tree.text_of(node).split("<")[0].split("[")[0].strip("*& ()\n")


def _first_of(node: tree_sitter.Node, types: tuple[str, ...]) -> tree_sitter.Node | None:
    """The first node of these types at most a few levels below."""
    level = [node]
    for _ in range(_STEPS_MAX):
        for it in level:
            if it.type in types:
                return it
        level = [child for it in level for child in it.named_children][:50]
    return None
