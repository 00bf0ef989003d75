"""An import statement as far as it is written: what the text at the cursor says of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lsp_server.text.document import Document

BRACKET_LINES_MAX = 80

_FROM = re.compile(r"\s*from\s+(?P<module>[\w.]*)$")
_FROM_MODULE = re.compile(r"\s*from\s+(?P<module>[\w.]+)\s+(?P<word>|i|im|imp|impo|impor)$")
_NAMES = re.compile(
    r"\s*from\s+(?P<module>[\w.]+)\s+import(?P<gap>\s*)(?P<bracket>\()?\s*"
    r"(?P<done>(?:\w+(?:\s+as\s+\w+)?\s*,\s*)*)(?P<typed>\w*)$"
)
_IMPORT = re.compile(r"\s*import\s+(?P<typed>[\w.]*)$")
_IMPORT_LINE = re.compile(r"(?:from|import)\b|\)")  # or the end of one in brackets
_LISTED = re.compile(r"\s+(?P<done>(?:\w+(?:\s+as\s+\w+)?\s*,\s*)*)(?P<typed>\w*)$")
_OPENING = re.compile(r"\s*from\s+(?P<module>[\w.]+)\s+import\s*\((?P<listed>[^()]*)$")
_HERE = re.compile(r"(?:\bas\s+)?(\w+)\s*(?:,|$|\)|\n)")
_IMPORT_WORD = "import "
_CLOSED = ("", ")")  # what an editor may have put behind the cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Lines count from 0. *typed* is the beginning of the word at the cursor: of a module, or of a name."""

    asks: Literal["statement", "module", "names", "plain"]  # plain: `import …`
    module: str = ""
    typed: str = ""
    done: tuple[str, ...] = ()  # names that it lists already
    lead: str = ""  # what has to be written before the names
    bracket: Literal["", "here", "above"] = ""  # where the names' bracket was opened
    is_closed: bool = False  # the bracket is, behind the cursor
    indent: str = ""  # of a line of names between brackets
    first_line: int
    last_line: int


def statement_at(document: Document, offset: int) -> Statement | None:
    """The Python import statement that is written at *offset*; None where none is, or none may begin."""
    line = document.line_of(offset)
    whole = document.line_text(line)
    before = whole[: offset - document.line_starts[line]]
    behind = whole[len(before) :].strip()
    if behind not in _CLOSED:
        return None
    if not whole.strip():
        if (listed := _listed(document, line, before)) is not None:
            return listed
        beside = [document.line_text(it) for it in (line - 1, line + 1) if 0 <= it < document.line_count]
        if not any(it.startswith(before) and _IMPORT_LINE.match(it, len(before)) for it in beside):
            return None
        return Statement(asks="statement", first_line=line, last_line=line)
    if match := _NAMES.fullmatch(before):
        if not match["gap"] and not match["bracket"] and (match["done"] or match["typed"]):
            return None
        return Statement(
            asks="names", module=match["module"], typed=match["typed"], done=_names_in(match["done"]),
            lead="" if before[-1] in " \t(" or match["typed"] else " ", first_line=line, last_line=line,
            bracket="here" if match["bracket"] else "", is_closed=behind == ")",
        )  # fmt: skip
    if behind:
        return None
    if match := _FROM.fullmatch(before):
        return Statement(asks="module", typed=match["module"], first_line=line, last_line=line)
    if match := _FROM_MODULE.fullmatch(before):
        lead = _IMPORT_WORD.removeprefix(match["word"])
        return Statement(asks="names", module=match["module"], lead=lead, first_line=line, last_line=line)
    if match := _IMPORT.fullmatch(before):
        return Statement(asks="plain", typed=match["typed"], first_line=line, last_line=line)
    return _listed(document, line, before)


def _listed(document: Document, line: int, before: str) -> Statement | None:
    """A line of names between brackets that were opened above."""
    match = _LISTED.fullmatch(before)
    if match is None:
        return None
    first = max(0, line - BRACKET_LINES_MAX)
    above = [document.line_text(it) for it in range(first, line)]
    for number in range(len(above) - 1, -1, -1):
        opening = _OPENING.match(above[number])
        if opening is not None:
            break
        if "(" in above[number] or ")" in above[number]:
            return None
    else:
        return None
    below: list[str] = []
    for after in range(line + 1, min(document.line_count, line + BRACKET_LINES_MAX)):
        below.append(document.line_text(after))
        if ")" in below[-1]:
            break
    else:
        return None
    inside = [opening["listed"], *above[number + 1 :], match["done"], *(it.partition(")")[0] for it in below)]
    return Statement(
        asks="names", module=opening["module"], typed=match["typed"], done=_names_in("\n".join(inside)),
        bracket="above", is_closed=True, indent=before[: len(before) - len(before.lstrip())],
        first_line=first + number, last_line=line + len(below),
    )  # fmt: skip


def _names_in(text: str) -> tuple[str, ...]:
    """The names that `a, b as c` brings here."""
    return tuple(_HERE.findall(_without_comments(text.split("\n"))))


def _without_comments(lines: Sequence[str]) -> str:
    return "\n".join(it.partition("#")[0] for it in lines)
