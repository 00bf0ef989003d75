"""One file with its syntax tree, as the mistakes of slips.py look at it."""

from collections.abc import Callable, Iterator
from functools import cached_property

import tree_sitter

from bench.explain_errors.grammars import GRAMMARS
from lsp_server.index.outline import Definition
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outlining import outline
from lsp_server.syntax.tree import Tree, parse
from lsp_server.text.document import Document

_NAMES = ("identifier", "type_identifier", "property_identifier", "field_identifier")
_NAMING = ("name", "pattern", "declarator", "alias")
_LEFT = ("short_var_declaration", "range_clause", "for_in_statement")
_DECLARING = ("import", "use_", "package", "preproc", "scoped_use", "export_clause", "export_specifier")


class Unparsed(Exception):
    pass


class Code:
    """Raises Unparsed for what has errors already, or is too large."""

    def __init__(self, document: Document, snapshot: Snapshot) -> None:
        tree = parse(document.text, document.language)
        if tree is None or tree.root.has_error:
            raise Unparsed
        self.document = document
        self.snapshot = snapshot
        self.grammar = GRAMMARS[document.language]
        self.tree: Tree = tree
        self.definitions = outline(document).definitions

    @cached_property
    def nodes(self) -> list[tree_sitter.Node]:
        """All named nodes, in source order."""
        found: list[tree_sitter.Node] = []
        waiting = [self.tree.root]
        while waiting:
            node = waiting.pop()
            found.append(node)
            waiting.extend(reversed(node.named_children))
        return found

    def text(self, node: tree_sitter.Node) -> str:
        return self.tree.text_of(node)

    def start(self, node: tree_sitter.Node) -> int:
        return self.tree.offset_of(node.start_byte)

    def end(self, node: tree_sitter.Node) -> int:
        return self.tree.offset_of(node.end_byte)

    def replaced(self, node: tree_sitter.Node, text: str) -> str:
        return self.cut(self.start(node), self.end(node), text)

    def cut(self, start: int, end: int, text: str) -> str:
        whole = self.document.text
        return whole[:start] + text + whole[end:]

    def field(self, node: tree_sitter.Node) -> tuple[str, str]:
        """(type of the parent, field in it), ("", "") where there is none."""
        parent = node.parent
        if parent is None:
            return "", ""
        for number, child in enumerate(parent.children):
            if child.id == node.id:
                return parent.type, parent.field_name_for_child(number) or ""
        return parent.type, ""

    def is_member(self, node: tree_sitter.Node) -> bool:
        """Whether a dot stands before it."""
        return (
            self.field(node) in self.grammar.members
            and self.document.text[: self.start(node)].rstrip()[-1:] in ".>"
        )

    def is_declared(self, node: tree_sitter.Node) -> bool:
        """Whether it gives the name its meaning, in this file or by an import."""
        parent, field = self.field(node)
        if field in _NAMING and (parent, field) not in self.grammar.members:
            return parent not in ("method_invocation", "scoped_identifier", "struct_expression", "pair")
        if field == "key" and parent == "pair":
            return True
        if parent == "field_initializer" or parent.endswith(("parameters", "pattern")):
            return True
        above = node.parent
        for _ in range(4):
            if above is None:
                break
            if above.type.startswith(_DECLARING):
                return True
            if above.type in _LEFT:
                left = above.child_by_field_name("left")
                return left is not None and left.start_byte <= node.start_byte < left.end_byte
            above = above.parent
        return False

    def uses(self, fits: Callable[[str], bool], *types: str) -> list[tree_sitter.Node]:
        """Where names of *types* that fit are used, not declared, and not behind a dot."""
        return [
            it
            for it in self.nodes
            if it.type in (types or _NAMES)
            and fits(self.text(it))
            and not self.is_declared(it)
            and not self.is_member(it)
        ]

    def members(self, fits: Callable[[str], bool]) -> list[tree_sitter.Node]:
        """Where names behind a dot are used."""
        return [it for it in self.nodes if it.type in _NAMES and self.is_member(it) and fits(self.text(it))]

    def function_around(self, node: tree_sitter.Node) -> Definition | None:
        row = node.start_point.row
        around = [
            it
            for it in self.definitions
            if it.kind in ("function", "method") and it.start_line <= row <= it.end_line
        ]
        return max(around, key=lambda it: it.start_line, default=None)

    def locals_of(self, function: Definition) -> set[str]:
        """What the function's head and body declare."""
        names = set(function.parameters)
        for node in self.nodes:
            row = node.start_point.row
            if function.start_line <= row <= function.end_line and node.type == "identifier":
                parent, field = self.field(node)
                is_local = "declarator" in parent or parent in (
                    "let_declaration",
                    "var_spec",
                    "expression_list",
                )
                if is_local and self.is_declared(node) and field != "value":
                    names.add(self.text(node))
        return names

    @cached_property
    def imported(self) -> set[str]:
        """The names that the file's imports bring."""
        names: set[str] = set()
        for it in outline(self.document).imports:
            names |= {here for _, here in it.names}
            names.add(it.alias or it.module.rpartition(".")[2].rpartition("/")[2])
        return names - {""}

    @cached_property
    def own(self) -> set[str]:
        """What the file defines outside of classes and functions."""
        return {it.name for it in self.definitions if not it.owner}

    def calls(self) -> Iterator[tuple[str, tree_sitter.Node, list[tree_sitter.Node]]]:
        """(name, node of the arguments, each argument) of calls, on one line, of what the repository has."""
        for node in self.nodes:
            fields = self.grammar.calls.get(node.type)
            if fields is None:
                continue
            called, arguments = (node.child_by_field_name(it) for it in fields)
            if called is None or arguments is None or arguments.start_point.row != arguments.end_point.row:
                continue
            name = self.text(called).split("<")[0].replace("::", ".").replace("->", ".").rpartition(".")[2]
            given = [it for it in arguments.named_children if "comment" not in it.type]
            spread = any("spread" in it.type or "variadic" in it.type for it in given)
            if name.isidentifier() and not spread and self.snapshot.definitions(name):
                yield name, arguments, given
