"""Tools about text: list files, read lines, search, and say what is wrong with a file."""

from typing import Annotated

from pydantic import Field

from lsp_server.cancellation import Cancellation
from lsp_server.fixes.findings import findings
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.errors import errors_in
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document
from lsp_server.tools.shown import line_at, need_lines, path_matches
from lsp_server.tools.tool import Arguments, NothingFound, Tool

LINES_MAX = 400  # of one read
CHECKED_MAX = 400_000  # characters
PROBLEMS_SHOWN = 20

File = Annotated[str, Field(min_length=1, max_length=500, description="A file, relative to the root.")]
Below = Annotated[str, Field(max_length=500, description="Only below this folder or pattern, as src/*.py.")]


class ListFiles(Arguments):
    path: Below = ""
    limit: Annotated[int, Field(ge=1, le=2_000)] = 200


class ReadLines(Arguments):
    path: File
    first: Annotated[int, Field(ge=1, le=10_000_000, description="First line, from 1.")] = 1
    last: Annotated[int, Field(ge=1, le=10_000_000, description="Last line, inclusive.")] = 100


class SearchText(Arguments):
    # Not a pattern: one that backtracks without end could not be stopped.
    text: Annotated[str, Field(min_length=2, max_length=200, description="Text as it stands, no pattern.")]
    path: Below = ""
    ignore_case: bool = False
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class GetDiagnostics(Arguments):
    path: File


def list_files(snapshot: Snapshot, asked: ListFiles, cancellation: Cancellation) -> str:
    found = sorted(it for it in snapshot.paths if path_matches(it, asked.path))
    if not found:
        raise NothingFound(f"no file matches {asked.path}", hint="An empty path lists all that were read")
    more = len(found) - asked.limit
    return "\n".join(found[: asked.limit]) + (f"\n… and {more:,} more" if more > 0 else "")


def read_lines(snapshot: Snapshot, asked: ReadLines, cancellation: Cancellation) -> str:
    lines = need_lines(snapshot, asked.path)
    if asked.first > len(lines) or asked.last < asked.first:
        raise NothingFound(
            f"{asked.path} has lines 1 to {len(lines)}, not {asked.first} to {asked.last}",
            hint="list_symbols says where things stand",
        )
    last = min(asked.last, asked.first + LINES_MAX - 1, len(lines))
    shown = [f"{number}: {lines[number - 1]}" for number in range(asked.first, last + 1)]
    if last < len(lines):
        shown.append(f"… lines {last + 1} to {len(lines)} were not read")
    return "\n".join(shown)


def search_text(snapshot: Snapshot, asked: SearchText, cancellation: Cancellation) -> str:
    wanted = asked.text.casefold() if asked.ignore_case else asked.text
    rows: list[str] = []
    for path in sorted(it for it in snapshot.paths if path_matches(it, asked.path)):
        cancellation.check()
        for number, line in enumerate(need_lines(snapshot, path)):
            if wanted in (line.casefold() if asked.ignore_case else line):
                rows.append(line_at(path, number, line))
                if len(rows) >= asked.limit:
                    return "\n".join([*rows, "… there may be more"])
    if not rows:
        raise NothingFound(f"{asked.text!r} stands nowhere", hint="Try a shorter text, or ignore_case")
    return "\n".join(rows)


def get_diagnostics(snapshot: Snapshot, asked: GetDiagnostics, cancellation: Cancellation) -> str:
    """What Kibitz itself can see without running anything: syntax, and for Python what pyflakes says."""
    text = "\n".join(need_lines(snapshot, asked.path))
    if len(text) > CHECKED_MAX:
        raise NothingFound(f"{asked.path} is too long to check", hint="Check a shorter file")
    language = language_of(asked.path)
    document = Document(path=asked.path, text=text, language=language)
    places = errors_in(text, language)
    rows = []
    for start, _ in (places or [])[:PROBLEMS_SHOWN]:
        line = document.line_of(start)
        rows.append("does not parse: " + line_at(asked.path, line, document.line_text(line)))
    if language == "python":
        found = findings(document)
        rows += [found.syntax_error] if found.syntax_error else []
        rows += list(found.messages)[:PROBLEMS_SHOWN]
    elif places is None:
        raise NothingFound(f"{asked.path} cannot be checked", hint="Its language has no grammar here")
    return "\n".join(rows) or f"Nothing wrong was found in {asked.path} by its syntax."


TOOLS = (
    Tool(
        name="list_files",
        description="The files of the repository that were read; ignored ones are not among them.",
        arguments=ListFiles,
        work=list_files,
    ),
    Tool(name="read_lines", description="Lines of a file, numbered.", arguments=ReadLines, work=read_lines),
    Tool(
        name="search_text",
        description="The lines that hold a text.",
        arguments=SearchText,
        work=search_text,
    ),
    Tool(
        name="get_diagnostics",
        description="What is wrong with a file: its syntax, and for Python what pyflakes says.",
        arguments=GetDiagnostics,
        work=get_diagnostics,
    ),
)
