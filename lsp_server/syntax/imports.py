"""Imports of one file, as written; which files they mean is the index's business."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lsp_server.syntax.matches import Match
from lsp_server.syntax.outline import Import
from lsp_server.syntax.tree import Tree

_USE_TOKEN = re.compile(r"[{},]|[^{},]+")
_USE_MAX = 500


@dataclass(slots=True)
class _Statement:
    module: str
    line: int
    names: dict[str, str] = field(default_factory=dict)  # name here → name there
    alias: str = ""


def imports_in(tree: Tree, found: Sequence[Match]) -> tuple[Import, ...]:
    """All imports in source order, of the matches *found* in *tree*."""
    statements: dict[tuple[int, str], _Statement] = {}
    rust: list[Import] = []
    for captures in found:
        if "package" in captures:
            continue
        node = captures["import"][0]
        line = node.start_point.row
        if "use" in captures:
            rust += rust_use(tree.text_of(captures["use"][0]), line)
            continue
        module = _module(tree, captures)
        statement = statements.setdefault((node.start_byte, module), _Statement(module, line))
        if "as" in captures:
            statement.alias = tree.text_of(captures["as"][0])
        if "default" in captures:
            statement.names[tree.text_of(captures["default"][0])] = "default"
        if "everything" in captures:
            statement.names["*"] = "*"
        if "name" in captures:
            name = tree.text_of(captures["name"][0])
            here = tree.text_of(captures["alias"][0]) if captures.get("alias") else name
            statement.names[here] = name
    imports = rust + [
        Import(
            module=it.module,
            line=it.line,
            names=tuple((there, here) for here, there in it.names.items()),
            alias=it.alias,
        )
        for it in statements.values()
    ]
    return tuple(sorted(imports, key=lambda it: it.line))


def _module(tree: Tree, captures: Match) -> str:
    """The module as written; an include keeps its brackets, `mod x;` reads as self::x."""
    if "mod" in captures:
        return "self::" + tree.text_of(captures["mod"][0])
    if "include" in captures:
        return tree.text_of(captures["include"][0]).strip('"')
    text = tree.text_of(captures["module"][0])
    if text.startswith("import "):  # Scala, whose selectors are for the index to read
        return " ".join(text.split()).removeprefix("import ")
    return text + ".*" if "star" in captures else text.strip("\"'`")


def rust_use(text: str, line: int) -> list[Import]:
    """`a::{b, c as d, e::*}` → one Import per path it names."""
    imports: list[Import] = []
    for path in _use_paths(_USE_TOKEN.findall(text)):
        parts, _, here = path.partition(" as ")
        module, _, name = parts.strip().rpartition("::")
        if name == "self":
            imports.append(Import(module=module, line=line, alias=here.strip()))
        elif name == "*":
            imports.append(Import(module=module, line=line, names=(("*", "*"),)))
        elif module:
            imports.append(Import(module=module, line=line, names=((name, here.strip() or name),)))
        else:
            imports.append(Import(module=name, line=line, alias=here.strip()))
        if len(imports) >= _USE_MAX:
            break
    return imports


def _use_paths(tokens: Sequence[str]) -> Iterator[str]:
    prefixes = [""]
    pending = ""
    for part in tokens:
        if part == "{":
            prefixes.append(prefixes[-1] + pending)
            pending = ""
        elif part in (",", "}"):
            if pending:
                yield prefixes[-1] + pending
            pending = ""
            if part == "}" and len(prefixes) > 1:
                prefixes.pop()
        else:
            pending = " ".join(part.split())
    if pending:
        yield prefixes[-1] + pending
