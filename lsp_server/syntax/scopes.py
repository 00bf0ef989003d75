"""Where a long text may be cut: its definitions, or, in prose, its headings."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document
from lsp_server.text.lines import lines_of

_MARKDOWN = {".md", ".markdown", ".mdx"}
_UNDERLINED = {".rst", ".txt", *_MARKDOWN}
_HASHES = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t#]*$")
_LINE_UNDER = re.compile(r"^([=\-~^\"'`#*+.:_])\1{2,}[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_TITLE_MAX = 80  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Lines count from 0; *last* is inclusive."""

    names: tuple[str, ...]  # of those around it and its own: ("Cart", "total")
    first: int
    body: int  # the first line that can be left out while one still sees what it is
    last: int


def scopes_in(document: Document) -> list[Scope]:
    """In the order of their first lines; empty where nothing is known of the text's form."""
    suffix = PurePosixPath(document.path).suffix.lower()
    found = _sections(document, suffix) if suffix in _UNDERLINED else _definitions(document)
    return sorted(found, key=lambda it: (it.first, -it.last))


def anchor(path: str, names: tuple[str, ...], first: int, last: int) -> str:
    """`path › class › method, lines 10–42`."""
    return f"{' › '.join((path, *names))}, lines {first + 1}–{last + 1}"


def _definitions(document: Document) -> list[Scope]:
    return [
        Scope(
            names=(*filter(None, it.owner.split(".")), it.name),
            first=it.start_line,
            body=it.name_line + it.signature.count("\n") + 1 + bool(it.doc),
            last=it.end_line,
        )
        for it in outline(document).definitions
    ]


def _sections(document: Document, suffix: str) -> list[Scope]:
    lines = lines_of(document.text)
    headings = _headings(lines, is_markdown=suffix in _MARKDOWN)
    found: list[Scope] = []
    around: list[tuple[int, str]] = []
    for number, (line, body, level, title) in enumerate(headings):
        around = [*(it for it in around if it[0] < level), (level, title)]
        end = next((it[0] for it in headings[number + 1 :] if it[2] <= level), len(lines))
        names = tuple(name for _, name in around)
        found.append(Scope(names=names, first=line, body=body, last=end - 1))
    return found


def _headings(lines: list[str], *, is_markdown: bool) -> list[tuple[int, int, int, str]]:
    """(its line, the line after it, level from 1, title). Underlines rank as they are first used."""
    found: list[tuple[int, int, int, str]] = []
    ranks: dict[str, int] = {"=": 1, "-": 2} if is_markdown else {}
    fence = ""
    for number, line in enumerate(lines):
        opening = _FENCE.match(line) if is_markdown else None
        if opening is not None:
            if not fence:
                fence = opening[1]
            elif opening[1].startswith(fence):
                fence = ""
            continue
        if fence:
            continue
        hashes = _HASHES.match(line) if is_markdown else None
        if hashes is not None:
            found.append((number, number + 1, len(hashes[1]), hashes[2][:_TITLE_MAX]))
            continue
        under = _LINE_UNDER.match(lines[number + 1]) if number + 1 < len(lines) else None
        title = line.strip()
        if under is None or not title or _LINE_UNDER.match(line):
            continue
        if (is_markdown and under[1] not in ranks) or (
            number > 0 and is_markdown and lines[number - 1].strip()
        ):
            continue
        if not is_markdown and len(lines[number + 1].strip()) < len(title):
            continue
        found.append((number, number + 2, ranks.setdefault(under[1], len(ranks) + 1), title[:_TITLE_MAX]))
    return found
