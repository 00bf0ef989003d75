"""Tools about names: where one is defined and used, what a file defines, what is known of one."""

import re
from typing import Annotated

from pydantic import Field

from lsp_server.cancellation import Cancellation
from lsp_server.explanation.where import symbols_like
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition
from lsp_server.text.lines import lines_of
from lsp_server.text.secrets import redact
from lsp_server.tools.shown import line_at, need_lines, path_matches
from lsp_server.tools.tool import Arguments, NothingFound, Tool

MEMBERS_SHOWN = 40
BODY_LINES_SHOWN = 30
USES_SHOWN = 12

Name = Annotated[str, Field(min_length=1, max_length=200, description="A name, or Owner.member.")]
Limit = Annotated[int, Field(ge=1, le=200, description="Most results.")]


class FindDefinition(Arguments):
    name: Name
    limit: Limit = 20


class FindReferences(Arguments):
    name: Annotated[str, Field(min_length=1, max_length=200, description="One identifier.")]
    path: Annotated[str, Field(max_length=500, description="Only below this folder or pattern.")] = ""
    limit: Limit = 50


class ListSymbols(Arguments):
    path: Annotated[str, Field(min_length=1, max_length=500, description="A file, relative to the root.")]


class ExplainSymbol(Arguments):
    name: Name


def find_definition(snapshot: Snapshot, asked: FindDefinition, cancellation: Cancellation) -> str:
    found, is_exact = _found(snapshot, asked.name, asked.limit)
    head = "" if is_exact else f"Nothing is called {asked.name}; the nearest names:\n"
    return head + "\n".join(_row(it) for it in found)


def find_references(snapshot: Snapshot, asked: FindReferences, cancellation: Cancellation) -> str:
    rows = _uses(snapshot, asked.name, asked.path, asked.limit, cancellation)
    if not rows:
        raise NothingFound(
            f"{asked.name} is used nowhere in this repository",
            hint="find_definition lists names that are alike",
        )
    return "\n".join(rows)


def list_symbols(snapshot: Snapshot, asked: ListSymbols, cancellation: Cancellation) -> str:
    need_lines(snapshot, asked.path)
    file = snapshot.file(asked.path)
    rows = []
    for it in file.outline.definitions if file is not None else ():
        indent = "  " * (it.owner.count(".") + 1 if it.owner else 0)
        rows.append(f"{it.start_line + 1}-{it.end_line + 1}: {indent}{it.kind} {_signature(it)}")
    return "\n".join(rows) or f"{asked.path} defines nothing that is known."


def explain_symbol(snapshot: Snapshot, asked: ExplainSymbol, cancellation: Cancellation) -> str:
    found, is_exact = _found(snapshot, asked.name, 3)
    if not is_exact:
        return f"Nothing is called {asked.name}; the nearest names:\n" + "\n".join(map(_row, found))
    first = found[0]
    parts = [_row(first)]
    members = snapshot.members(first.name) if snapshot.is_class(first.name) else []
    if members:
        parts.append("Members:\n" + "\n".join(_row(it) for it in members[:MEMBERS_SHOWN]))
    else:
        lines = need_lines(snapshot, first.path)[first.start_line : first.end_line + 1]
        start = first.start_line + 1
        parts.append(
            "\n".join(f"{start + n}: {line}" for n, line in enumerate(lines[:BODY_LINES_SHOWN]))
            + ("\n… and more; read_lines shows the rest" if len(lines) > BODY_LINES_SHOWN else "")
        )
    if len(found) > 1:
        parts.append("Of the same name:\n" + "\n".join(_row(it) for it in found[1:]))
    uses = _uses(snapshot, first.name, "", USES_SHOWN, cancellation)
    if uses:
        parts.append("Used:\n" + "\n".join(uses))
    return "\n\n".join(parts)


def _found(snapshot: Snapshot, name: str, limit: int) -> tuple[list[Definition], bool]:
    found, is_exact = symbols_like(snapshot, name, limit)
    if not found:
        raise NothingFound(f"nothing here is called {name} or alike", hint="search_text looks for any text")
    return found, is_exact


def _uses(snapshot: Snapshot, name: str, below: str, limit: int, cancellation: Cancellation) -> list[str]:
    last = name.rpartition(".")[2]
    word = re.compile(rf"(?<![\w$]){re.escape(last)}(?![\w$])")
    rows: list[str] = []
    paths = {*snapshot.files_with(last), *snapshot.documents}
    for path in sorted(it for it in paths if path_matches(it, below)):
        cancellation.check()
        try:
            lines = need_lines(snapshot, path)
        except NothingFound:
            continue
        for number, line in enumerate(lines):
            if last in line and word.search(line):
                rows.append(line_at(path, number, line))
                if len(rows) >= limit:
                    return rows
    return rows


def _row(it: Definition) -> str:
    doc = f" — {redact(it.doc)}" if it.doc else ""
    return f"{it.path}:{it.name_line + 1}: {it.kind} {_signature(it)}{doc}"


def _signature(it: Definition) -> str:
    text = " ".join(part.strip() for part in lines_of(it.signature or it.name))
    return f"{it.owner}: {text}" if it.owner else text


TOOLS = (
    Tool(
        name="find_definition",
        description="Where a name is defined, with signature and first line of documentation.",
        arguments=FindDefinition,
        work=find_definition,
    ),
    Tool(
        name="find_references",
        description="The lines that use a name, strings and comments included.",
        arguments=FindReferences,
        work=find_references,
    ),
    Tool(
        name="list_symbols",
        description="What one file defines, with line ranges.",
        arguments=ListSymbols,
        work=list_symbols,
    ),
    Tool(
        name="explain_symbol",
        description="All that is known of a name: definition, body or members, and where it is used.",
        arguments=ExplainSymbol,
        work=explain_symbol,
    ),
)
