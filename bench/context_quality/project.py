"""The files of one project in one language, and who defines and uses which names in them."""

import importlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import tree_sitter

from bench.context_quality.grammar import BINDINGS, CLASS, FUNCTION, GRAMMARS, IMPORTS, INTERPOLATED, NOT_CODE

IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
FILE_MAX_BYTES = 400_000
_LEFT_OUT = {"node_modules", "vendor", "target", "dist", "build", "__pycache__", "third_party"}
_NAMES = ("identifier", "field_identifier", "type_identifier")


@dataclass(frozen=True, slots=True)
class Defined:
    name: str
    path: str
    line: int  # 0-based, where the name stands


@dataclass(frozen=True, slots=True)
class Used:
    name: str
    line: int
    column: int  # in bytes; lines with others than ASCII are not drawn


@dataclass(eq=False)
class File:
    path: str
    text: str
    defined: list[Defined] = field(default_factory=list)
    used: list[Used] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)  # names of locals and parameters
    imported: set[str] = field(default_factory=set)
    not_code: set[int] = field(default_factory=set)  # lines of imports, comments and long strings

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")


class Project:
    def __init__(self, texts: Iterable[tuple[str, str]], language: str) -> None:
        """*texts* are (path, text)."""
        self.language = language
        self.files = {path: _read(path, text, language) for path, text in texts}
        self.defined: dict[str, list[Defined]] = defaultdict(list)
        self.files_with: Counter[str] = Counter()
        for file in self.files.values():
            self.files_with.update(set(IDENTIFIER.findall(file.text)))
            for it in file.defined:
                self.defined[it.name].append(it)

    @property
    def line_count(self) -> int:
        return sum(len(file.lines) for file in self.files.values())


def is_read(path: str, language: str) -> bool:
    """Whether a file of that name is one of a project in *language*."""
    return path.endswith(GRAMMARS[language].suffixes) and not path.endswith(".d.ts")


def texts_in(root: Path, language: str) -> Iterator[tuple[str, str]]:
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if (
            is_read(path.name, language)
            and not any(part in _LEFT_OUT or part.startswith(".") for part in inside.parts[:-1])
            and path.is_file()
            and not path.is_symlink()
            and path.stat().st_size <= FILE_MAX_BYTES
        ):
            try:
                yield inside.as_posix(), path.read_text("utf-8").replace("\r\n", "\n")
            except UnicodeDecodeError:
                continue


def _read(path: str, text: str, language: str) -> File:
    file = File(path, text)
    known = GRAMMARS[language]
    package = importlib.import_module(known.package)
    grammar = tree_sitter.Language(getattr(package, known.function)())
    tree = tree_sitter.Parser(grammar).parse(text.encode("utf-8", "replace"))
    pending: list[tuple[tree_sitter.Node, int, bool]] = [(tree.root_node, 0, False)]
    while pending:
        node, functions, is_text = pending.pop()
        if node.type in IMPORTS:
            file.imported.update(IDENTIFIER.findall(_text(node)))
            file.not_code.update(_rows(node))
            continue
        if node.type in NOT_CODE:
            if node.end_point.row > node.start_point.row or node.type.endswith("comment"):
                file.not_code.update(_rows(node))
            if node.type not in INTERPOLATED:
                continue
            is_text = True
        kind = _define(file, node, language, functions)
        if kind is None and node.child_count == 0 and "identifier" in node.type and not is_text:
            _use(file, node)
        functions += kind == FUNCTION
        pending += [(child, functions, is_text) for child in node.children]
    return file


def _define(file: File, node: tree_sitter.Node, language: str, functions: int) -> str | None:
    """Note what *node* defines; its kind, or None if it defines nothing."""
    known = GRAMMARS[language].definitions.get(node.type)
    if known is None:
        if language == "python" and node.type == "assignment":
            _define_assigned(file, node, functions)
        return None
    kind, named_by = known
    named = node.child_by_field_name(named_by)
    parent = node.parent
    match language, node.type:
        case "c", "struct_specifier" | "enum_specifier" if node.child_by_field_name("body") is None:
            return None
        case "c", "declaration" if functions or named is None or named.type != "function_declarator":
            return None
        case "typescript", "variable_declarator" if functions:
            return None
        case "java", "variable_declarator" if parent is None or parent.type != "field_declaration":
            return None
        case "go", "const_spec" | "var_spec" if functions:
            return None
    if language == "c" and named is not None:
        named = _declared(named)
    if named is None or not IDENTIFIER.fullmatch(_text(named)):
        return None
    file.defined.append(Defined(_text(named), file.path, named.start_point.row))
    return kind if kind in (FUNCTION, CLASS) else "other"


def _define_assigned(file: File, node: tree_sitter.Node, functions: int) -> None:
    left = node.child_by_field_name("left")
    if left is None:
        return
    attribute = left.child_by_field_name("attribute") if left.type == "attribute" else None
    if left.type == "identifier" and not functions:
        file.defined.append(Defined(_text(left), file.path, left.start_point.row))
    elif attribute is not None and _text(left) == f"self.{_text(attribute)}":
        file.defined.append(Defined(_text(attribute), file.path, attribute.start_point.row))


def _use(file: File, node: tree_sitter.Node) -> None:
    name, parent = _text(node), node.parent
    file.used.append(Used(name, node.start_point.row, node.start_point.column))
    if parent is None or parent.type not in BINDINGS:
        return
    if node.type in ("identifier", "shorthand_property_identifier_pattern"):
        bound_by = BINDINGS[parent.type]
        if not bound_by or any(it.id == node.id for it in parent.children_by_field_name(bound_by)):
            file.bound.add(name)


def _declared(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """The name inside a C declarator."""
    inner: tree_sitter.Node | None = node
    while inner is not None and inner.type not in _NAMES:
        deeper = inner.child_by_field_name("declarator")
        inner = deeper or next((it for it in inner.named_children if it.type in _NAMES), None)
    return inner


def _rows(node: tree_sitter.Node) -> range:
    return range(node.start_point.row, node.end_point.row + 1)


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
