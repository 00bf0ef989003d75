"""The names that can be used at a place, and how each came there: parameter, assignment, import, definition.

By patterns over lines, since the text around a problem is often broken; what is missed only costs a hint.
"""

import builtins
import keyword
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lsp_server.index.outline import Definition, Import
from lsp_server.syntax.outlining import IDENTIFIER, outline
from lsp_server.text.document import Document

How = Literal["parameter", "assigned", "imported", "defined"]

LINES_MAX = 4_000

# Where a class's members need no `this.` in its methods.
_MEMBERS_IN_SCOPE = ("java", "csharp", "cpp", "kotlin", "scala", "swift")

PYTHON_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
PYTHON_MODULES = frozenset(name for name in sys.stdlib_module_names if not name.startswith("_"))
PYTHON_WORDS = PYTHON_BUILTINS | PYTHON_MODULES | frozenset(keyword.kwlist) | {"self", "cls"}

_PYTHON = re.compile(
    r"^\s*\(?(?P<names>\w[\w, *]*?)\)?\s*(?::[^=\n]+)?=(?!=)"
    r"|\bfor (?P<looped>\w[\w, *]*?) in\b"
    r"|\bas (?P<caught>\w+)\s*(?:,|:|\)|$)"
    r"|\b(?P<walrus>\w+)\s*:="
)
_BRACES = re.compile(
    r"\b(?:let|const|var|mut)\s+(?P<names>[\w$, {}\[\]]+?)\s*(?::[^=\n]+)?(?:=|;|\bof\b|\bin\b|$)"
    r"|\bfor\s*\(\s*(?:(?:final|const|let|var)\s+)?(?:[\w:<>\[\]]+[\s*&]+){0,4}(?P<counted>\w+)\s*(?:=|:|in\b|of\b)"
    r"|(?:^\s*|[;{]\s*|\b(?:if|for|switch)\s+)(?P<looped>[\w, ]{1,120}?)\s*:="
    r"|^\s*(?!return\b|throw\b|delete\b|goto\b|else\b|new\b)(?:[\w:<>\[\]]+[\s*&]+)+(?P<caught>\w+)\s*(?:=(?!=)|;)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeName:
    name: str
    how: How
    line: int  # 0-based
    function: str = ""  # whose parameter it is


def names_in_scope(document: Document, line: int) -> dict[str, ScopeName]:
    """Innermost first: a parameter hides what the module assigned."""
    known = outline(document)
    around = [
        it
        for it in known.definitions
        if it.kind in ("function", "method", "class") and it.start_line <= line <= it.end_line
    ]
    found: dict[str, ScopeName] = {}
    for function in sorted(around, key=lambda it: -it.start_line):
        if function.kind == "class":
            continue
        for parameter in function.parameters:
            name = parameter.strip("*&. ")
            found.setdefault(
                name,
                ScopeName(name=name, how="parameter", line=function.name_line, function=function.name),
            )
        for each in _assigned(document, function.start_line + 1, function.end_line):
            found.setdefault(each.name, each)
    for definition in known.definitions:
        if not definition.owner or definition.owner in {it.name for it in around}:
            _keep(found, definition, document)
    for imported in known.imports:
        names = [here for _, here in imported.names] or [
            imported.alias or _bound(imported, document.language)
        ]
        for name in names:
            if name != "*":
                found.setdefault(name, ScopeName(name=name, how="imported", line=imported.line))
    for each in _assigned(document, 0, document.line_count - 1, is_module=True):
        found.setdefault(each.name, each)
    return found


def _bound(imported: Import, language: str) -> str:
    """The name that an import of a whole module brings."""
    if language == "python":
        return imported.module.split(".")[0]
    return imported.module.rpartition("/")[2].rpartition(".")[2]


def _keep(found: dict[str, ScopeName], definition: Definition, document: Document) -> None:
    if definition.kind in ("method", "field") and document.language not in _MEMBERS_IN_SCOPE:
        return  # reached through its object only
    how: How = "assigned" if definition.kind in ("variable", "constant") else "defined"
    found.setdefault(definition.name, ScopeName(name=definition.name, how=how, line=definition.name_line))


def _assigned(document: Document, first: int, last: int, *, is_module: bool = False) -> Iterator[ScopeName]:
    """*is_module*: on lines that are not indented only."""
    pattern = _PYTHON if document.language == "python" else _BRACES
    for line in range(first, min(last, first + LINES_MAX, document.line_count - 1) + 1):
        text = document.line_text(line)[:400]
        if is_module and text[:1].isspace():
            continue
        for match in pattern.finditer(text):
            for group in match.groupdict().values():
                for name in IDENTIFIER.findall(group or ""):
                    if name not in keyword.kwlist:
                        yield ScopeName(name=name, how="assigned", line=line)
