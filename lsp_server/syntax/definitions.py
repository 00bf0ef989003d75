"""Definitions of one file, with their owners, signatures and the first line of their documentation."""

from collections.abc import Sequence

import tree_sitter

from lsp_server.syntax.comments import first_doc_line
from lsp_server.syntax.found import Found, last_row
from lsp_server.syntax.matches import Match
from lsp_server.syntax.names import declared_name, owner_name, parameter_names
from lsp_server.syntax.outline import Definition
from lsp_server.syntax.tree import Tree

SIGNATURE_MAX_LINES = 6
SIGNATURE_LINE_MAX = 160  # characters
_OWNERS_MAX = 12  # deeper nesting is generated or hostile

_KINDS = ("function", "method", "class", "type", "constant", "variable", "field", "module", "macro")
_SCOPES = {"function", "method", "class", "type", "module", "scope"}
_CLASSES = {"class", "scope"}


def definitions_in(
    tree: Tree, found: Sequence[Match], path: str, language: str, lines: Sequence[str]
) -> tuple[Definition, ...]:
    """All definitions in source order, of the matches *found* in *tree*. *lines* are the text's, as
    `text.lines.lines_of` cuts them."""
    return with_owners(_found(tree, language, found), path, language, lines)


def _found(tree: Tree, language: str, all_matches: Sequence[Match]) -> list[Found]:
    """One entry per name: the match that says most, widened to its decorators."""
    by_name: dict[int, Found] = {}
    decorated: dict[int, int] = {}
    for captures in all_matches:
        if "decorated" in captures:
            decorated[captures["name"][0].start_byte] = captures["decorated"][0].start_point.row
            continue
        if "scope" in captures:
            node = captures["scope"][0]
            by_name[-1 - node.start_byte] = _entry(
                "scope", owner_name(tree, captures["owner"][0]), node, node, node
            )
            continue
        for kind in _KINDS:
            if kind in captures:
                break
        node = captures[kind][0]
        owner, parameters = "", captures.get("parameters", [None])[0]
        if "declarator" in captures:
            named, owner, parameters = declared_name(tree, captures["declarator"][0])
            if named is None:
                continue
        else:
            named = captures["name"][0]
            if "owner" in captures:
                owner = owner_name(tree, captures["owner"][0])
        old = by_name.get(named.start_byte)
        body = captures.get("body", [None])[0]
        if old is not None and (old.body_row is not None or body is None):
            continue
        outer = _with_template(node) if language == "cpp" else node
        entry = _entry(kind, tree.text_of(named), node, named, outer)
        entry.owner = owner
        entry.body_row = None if body is None else body.start_point.row
        entry.parameters = parameter_names(tree, parameters)
        by_name[named.start_byte] = entry
    for byte, row in decorated.items():
        if byte in by_name:
            by_name[byte].outer_row = row
    return sorted(by_name.values(), key=lambda it: (it.start_byte, -it.end_byte))


def _entry(
    kind: str, name: str, node: tree_sitter.Node, named: tree_sitter.Node, outer: tree_sitter.Node
) -> Found:
    start = node.start_point.row
    return Found(
        kind=kind, name=name, start_byte=node.start_byte, end_byte=node.end_byte, start_row=start,
        end_row=last_row(start, node.end_point), name_row=start if named is node else named.start_point.row,
        outer_row=start if outer is node else outer.start_point.row,
    )  # fmt: skip


def _with_template(node: tree_sitter.Node) -> tree_sitter.Node:
    """*node*, or the `template <…>` right around it. Not cheap: a parent is sought from the root down."""
    while node.parent is not None and node.parent.type == "template_declaration":
        node = node.parent
    return node


def with_owners(
    found: Sequence[Found], path: str, language: str, lines: Sequence[str]
) -> tuple[Definition, ...]:
    """The definitions among what is *found*, which is in source order."""
    result: list[Definition] = []
    seen_fields: set[tuple[str, str]] = set()
    scopes: list[Found] = []
    for entry in found:
        while scopes and scopes[-1].end_byte <= entry.start_byte:
            scopes.pop()
        if entry.kind == "class" and scopes and scopes[-1].kind == "type":
            scopes.pop()  # typedef struct cart { … } cart_t: the struct is nobody's member
        if len(scopes) > _OWNERS_MAX:
            continue
        owners, kind = scopes, entry.kind
        if kind == "field" and language == "python":
            while owners and owners[-1].kind != "class":  # self.x = … belongs to the class
                owners = owners[:-1]
        elif kind in ("variable", "field") and owners and owners[-1].kind in ("function", "method"):
            continue  # a local name
        if kind == "function" and (entry.owner or (owners and owners[-1].kind in _CLASSES)):
            kind = "method"
        owner = owners[-1].chain if owners else ""
        if entry.owner:
            owner = f"{owner}.{entry.owner}" if owners else entry.owner
        if entry.kind in _SCOPES:
            entry.chain = f"{scopes[-1].chain}.{entry.name}" if scopes else entry.name
            scopes.append(entry)
        if entry.kind == "scope" or not entry.name or len(entry.name) > SIGNATURE_LINE_MAX:
            continue
        if kind == "field":
            if (owner, entry.name) in seen_fields:
                continue
            seen_fields.add((owner, entry.name))
        result.append(_definition(entry, kind, owner, path, language, lines))
    return tuple(result)


def _definition(
    entry: Found, kind: str, owner: str, path: str, language: str, lines: Sequence[str]
) -> Definition:
    start = entry.outer_row
    while start > 0 and "#[" in lines[start - 1] and lines[start - 1].lstrip().startswith("#["):
        start -= 1
    first, last = _signature_rows(entry, kind, language, lines)
    signature = _dedented_line(lines[first]) if first == last else _dedented(lines[first : last + 1])
    doc = "" if kind in ("field", "variable") else first_doc_line(lines, start, last, language)
    end = entry.end_row if entry.end_row > last else last
    # Made so in half of the time that its own way takes.
    return Definition._make(
        (entry.name, kind, path, start, end, entry.name_row, owner, signature, doc, entry.parameters)
    )


def _signature_rows(entry: Found, kind: str, language: str, lines: Sequence[str]) -> tuple[int, int]:
    first, name_row = entry.start_row, entry.name_row
    while first < name_row and lines[first].lstrip()[:1] in ("@", "#", "/", "*", ""):
        first += 1
    if entry.body_row is not None:
        last = entry.body_row
        if last > name_row and (language == "python" or lines[last].strip() == "{"):
            last -= 1
    elif kind in ("function", "method", "type"):
        last = entry.end_row
    elif kind == "macro":
        last = min(entry.end_row, name_row + 1)  # its first rule
    else:
        first = last = name_row
    if first == last == name_row:  # nearly all
        return first, last
    first = max(first, name_row - 2)
    return first, min(max(last, name_row), first + SIGNATURE_MAX_LINES - 1)


def _dedented_line(line: str) -> str:
    return line.strip() if len(line) <= SIGNATURE_LINE_MAX else line.lstrip()[:SIGNATURE_LINE_MAX].rstrip()


def _dedented(lines: Sequence[str]) -> str:
    margin = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(
        (line[margin:] if line[:margin].isspace() or not margin else line.lstrip())[
            :SIGNATURE_LINE_MAX
        ].rstrip()
        for line in lines
    )
