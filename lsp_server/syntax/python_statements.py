"""What the queries of Python find, by a walk over its statements alone.

A query looks at every node, and most are parts of expressions, in which Python defines nothing. This walk
takes a third of the time, also because it does not enter what holds none of the words that define something.
It may be trusted where a tree has no error: there, nodes are only where the grammar says.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter

import tree_sitter

from lsp_server.syntax.found import Found, last_row
from lsp_server.syntax.names import parameter_names
from lsp_server.syntax.tree import Tree, grammar

Captures = dict[str, list[tree_sitter.Node]]

# Whatever holds statements, itself or in a clause.
_HOLDERS = (
    "block", "if_statement", "elif_clause", "else_clause", "for_statement", "while_statement",
    "with_statement", "try_statement", "except_clause", "finally_clause", "match_statement", "case_clause",
)  # fmt: skip
# In a list of parameters without brackets and strings, whatever follows a comma is a name.
_PLAIN_PARAMETERS = re.compile(rb"[^()\[\]{}\"'#\\\x80-\xff]*")
_PARAMETER = re.compile(r"(?:^|,)\s*\*{0,2}\s*([A-Za-z_]\w*)")
# Without one of them, nothing is defined or imported but by assignments to mere names.
DEFINING_WORDS = ("def", "class", "import", "type", "self")
_DEFINING_WORD = re.compile(rf"\b(?:{'|'.join(DEFINING_WORDS)})\b".encode())
# At one of them. Of an attribute of self, whatever might be an assignment.
_MAY_DEFINE = re.compile(rb"[dcit]|self[\s\\]*+\.[\s\\]*+[\w\x80-\xff]++[\s\\]*+(?:=(?!=)|:)")
_USUAL_PARAMETERS = {b"": (), b"self": ("self",), b"cls": ("cls",)}


def defining_words_in(source: bytes) -> list[int]:
    """Where they begin."""
    return [it.start() for it in _DEFINING_WORD.finditer(source)]


def definitions_and_imports(tree: Tree, words: Iterable[int]) -> tuple[list[Found], list[Captures]]:
    """What is defined, in source order, and what is imported. *tree* has no error; *words* are where its
    `DEFINING_WORDS` begin, in bytes and in order."""
    found: list[Found] = []
    imports: list[Captures] = []
    kind_of = _kinds().get
    numbers, source = _numbers(), tree.source
    may_define = _MAY_DEFINE.match
    places = [it for it in words if may_define(source, it)]
    places.append(len(source))  # beyond any node
    # What holds statements, and what an assignment to a mere name is right in it, if it is anything.
    rest: list[tuple[tree_sitter.Node, str]] = [(tree.root, "variable")]
    while rest:
        holder, of_name = rest.pop()
        for node in holder.children:
            kind = kind_of(node.kind_id)
            if kind is None:
                continue
            if kind == "expression_statement":
                if of_name or places[bisect_left(places, node.start_byte)] < node.end_byte:
                    _assigned(numbers, source, node, of_name, found)
            elif kind == "holder":
                if places[bisect_left(places, node.start_byte)] < node.end_byte:
                    rest.append((node, ""))
            elif kind in ("definition", "decorated_definition"):
                body, of_name_in_it = _defined(numbers, tree, node, found)
                if of_name_in_it or places[bisect_left(places, body.start_byte)] < body.end_byte:
                    rest.append((body, of_name_in_it))
            elif kind == "type_alias_statement":
                found += _alias(source, node)
            else:
                imports += _imported(node)
    found.sort(key=attrgetter("start_byte"))  # no two are the same
    imports.sort(key=lambda it: it["import"][0].start_byte)
    return found, imports


def _defined(
    numbers: "_Numbers", tree: Tree, outer: tree_sitter.Node, found: list[Found]
) -> tuple[tree_sitter.Node, str]:
    """Its body, and what an assignment to a name is right in it. *outer* may hold decorators, too."""
    node = outer
    if outer.kind_id == numbers.decorated:
        definition = outer.child_by_field_id(numbers.definition)
        assert definition is not None
        node = definition
    name, parameters = node.child_by_field_id(numbers.name), node.child_by_field_id(numbers.parameters)
    body = node.child_by_field_id(numbers.body)
    assert name is not None
    assert body is not None
    kind = "class" if parameters is None else "function"
    entry = _entry(tree.source, kind, node, name)
    if outer is not node:
        entry.outer_row = outer.start_point.row
    entry.body_row = body.start_point.row
    if parameters is not None:
        entry.parameters = _parameters(tree, parameters)
    found.append(entry)
    return body, "field" if parameters is None else ""


def _parameters(tree: Tree, node: tree_sitter.Node) -> tuple[str, ...]:
    """As `parameter_names`; most lists are so plain that their text says it."""
    text = tree.source[node.start_byte + 1 : node.end_byte - 1]
    usual = _USUAL_PARAMETERS.get(text)
    if usual is not None:
        return usual
    names = text.decode("utf-8", "replace").split(", ")
    if all(map(str.isidentifier, names)):
        return tuple(names)
    if _PLAIN_PARAMETERS.fullmatch(text) is None or b"lambda" in text:
        return parameter_names(tree, node)
    return tuple(_PARAMETER.findall(text.decode("ascii")))


def _assigned(
    numbers: "_Numbers", source: bytes, statement: tree_sitter.Node, of_name: str, found: list[Found]
) -> None:
    """`name = …` where such a name counts, and `self.name = …`; there may be several in a row."""
    node: tree_sitter.Node | None = statement.child(0)
    while node is not None and node.kind_id in numbers.assignments:
        left = node.child_by_field_id(numbers.left)
        if left is not None and node.kind_id == numbers.assignment:
            kind = left.kind_id
            if kind == numbers.attribute:
                owner, name = left.child_by_field_id(numbers.object), left.child_by_field_id(numbers.member)
                if (
                    name is not None
                    and owner is not None
                    and owner.kind_id == numbers.identifier
                    and source[owner.start_byte : owner.end_byte] == b"self"
                ):
                    found.append(_entry(source, "field", node, name))
            elif of_name and kind == numbers.identifier:
                found.append(_entry(source, of_name, node, left))
        of_name = ""
        node = node.child_by_field_id(numbers.right)


def _alias(source: bytes, node: tree_sitter.Node) -> list[Found]:
    left = node.child_by_field_name("left")
    names = [] if left is None else left.children
    return [_entry(source, "type", node, it) for it in names if it.type == "identifier"]


def _entry(source: bytes, kind: str, node: tree_sitter.Node, name: tree_sitter.Node) -> Found:
    row = node.start_point.row
    return Found(
        kind, source[name.start_byte : name.end_byte].decode("utf-8", "replace"), node.start_byte,
        node.end_byte, row, last_row(row, node.end_point), name.start_point.row, row,
    )  # fmt: skip


def _imported(node: tree_sitter.Node) -> list[Captures]:
    found: list[Captures] = []
    module = node.child_by_field_name("module_name")
    front: Captures = {"import": [node]} if module is None else {"import": [node], "module": [module]}
    if module is not None:
        found.append(front)
    here, there = ("as", "module") if module is None else ("alias", "name")
    for it in node.children_by_field_name("name"):
        if it.type == "aliased_import":
            name, alias = it.child_by_field_name("name"), it.child_by_field_name("alias")
            if name is not None and alias is not None:
                found.append({**front, there: [name], here: [alias]})
        else:
            found.append({**front, there: [it]})
    found += [{**front, "everything": [it]} for it in node.children if it.type == "wildcard_import"]
    return found


@cache
def _kinds() -> dict[int, str]:
    """The number of a kind of nodes → what it means here."""
    itself = (
        "expression_statement", "decorated_definition", "type_alias_statement", "import_statement",
        "import_from_statement",
    )  # fmt: skip
    meanings = dict.fromkeys(_HOLDERS, "holder") | {it: it for it in itself}
    meanings |= {"function_definition": "definition", "class_definition": "definition"}
    return {number: it for kind, it in meanings.items() if (number := _number(kind)) is not None}


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What the grammar calls what definitions and assignments are made of: names would be looked up in
    it each time."""

    decorated: int | None  # kinds of nodes
    assignments: tuple[int | None, ...]
    assignment: int | None
    attribute: int | None
    identifier: int | None
    name: int  # fields of nodes
    parameters: int
    body: int
    definition: int
    left: int
    right: int
    object: int
    member: int


@cache
def _numbers() -> _Numbers:
    assignments = (_number("assignment"), _number("augmented_assignment"))
    fields = ("name", "parameters", "body", "definition", "left", "right", "object", "attribute")
    numbers = [grammar("python").field_id_for_name(it) or 0 for it in fields]
    return _Numbers(
        _number("decorated_definition"),
        assignments,
        assignments[0],
        _number("attribute"),
        _number("identifier"),
        *numbers,
    )


def _number(kind: str) -> int | None:
    is_named = True
    return grammar("python").id_for_node_kind(kind, is_named)
