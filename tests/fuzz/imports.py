"""Import statements that are written in real files, cut and spoilt at random. Counted in questions.

Whatever the text, nothing is raised. Where the rest of a Python file can be read, what is written is a
statement that Python takes, each name it binds was missing before, and none is missing that was not.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from random import Random

from lsp_server.completion.importing.python.reading import NOTHING, read
from lsp_server.completion.importing.writing import import_rest
from lsp_server.context.gather import hidden_by
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document
from tests.fuzz.effort import Effort
from tests.fuzz.sources import PIECES, where

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("lsp_server/completion", "lsp_server/context", "vscode-client/src")
BEGINNINGS = [
    "", "", "import ", "from ", "from .", "from typing ", "from lsp_server.", "from lsp_server.index.snapshot import ",
    "from collections.abc import (", "from x import a, ", "import {", 'import { a } from "', "import type { ", "from",
    "import * as ", "    from lsp_server.text.document import ", "from . import ", "import numpy as ", "import a from ",
]  # fmt: skip


def fuzz(effort: Effort) -> None:
    snapshot, documents = repository()
    for random in effort:
        document = random.choice(documents)
        text, offset = spoilt(document.text, random)
        is_spoilt = random.random() < 0.5
        if is_spoilt:
            at = random.randrange(len(text) + 1)
            piece = random.choice(PIECES)
            text = text[:at] + piece + text[at:]
            offset += len(piece) if at < offset else 0
        asked = Document(path=document.path, text=text, language=document.language)
        rest = import_rest(snapshot, asked, offset, hidden_by(()))
        effort.done += 1
        if rest is None:
            continue
        effort.note(1, "written on")
        assert rest.text, where(effort)
        assert "\n" not in text[offset : offset + rest.replaces], where(effort)
        if document.language == "python" and not is_spoilt:
            check(asked, offset, rest.text, where(effort))


def check(asked: Document, offset: int, written: str, where: str) -> None:
    """*written* at *offset* of an otherwise whole file."""
    line = asked.line_of(offset)
    before = asked.text[: asked.line_starts[line]]
    behind = asked.text[offset:]
    blank = read(f"{before}\n{behind.partition(chr(10))[2]}")
    start = asked.text[asked.line_starts[line] : offset]
    if blank is NOTHING or behind.partition("\n")[0].strip() or start[:1].isspace() or "(" in start:
        return
    tree = ast.parse(start + written)
    [statement] = tree.body
    assert isinstance(statement, ast.Import | ast.ImportFrom), f"{where}: {start + written!r}"
    listed = [it.asname or it.name.partition(".")[0] for it in statement.names]
    done = len(start.split(",")) - 1
    assert set(listed[done:]) <= blank.unbound or asked.path.endswith("__init__.py"), (
        f"{where}: {start + written!r}"
    )
    after = read(f"{before}{start}{written}{behind}")
    assert after is NOTHING or after.unbound < blank.unbound or asked.path.endswith("__init__.py"), where


def spoilt(text: str, random: Random) -> tuple[str, int]:
    """A line of imports, or beside them, cut or put in; and where the cursor is."""
    lines = text.split("\n")
    numbers = [number for number, it in enumerate(lines) if it.startswith(("import", "from", ")", "}"))]
    number = random.choice(numbers) if numbers and random.random() < 0.9 else random.randrange(len(lines))
    if random.random() < 0.5:
        kept = lines[number][: random.randrange(len(lines[number]) + 1)]
        lines[number] = kept
    else:
        lines.insert(number, kept := random.choice(BEGINNINGS))
    return "\n".join(lines), sum(len(it) + 1 for it in lines[:number]) + len(kept)


@cache
def repository() -> tuple[Snapshot, list[Document]]:
    documents = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".ts"):
                inside = path.relative_to(ROOT).as_posix()
                text = path.read_text("utf-8")
                documents.append(Document(path=inside, text=text, language=language_of(inside)))
    return Snapshot.of(ROOT, [index_file(it) for it in documents]), [it for it in documents if it.text]
