"""The one place that knows how to read an outline."""

import textwrap

from lsp_server.index.outline import Outline
from lsp_server.syntax.languages import language_of
from lsp_server.syntax.outlining import outline
from lsp_server.syntax.scope import scope_at
from lsp_server.text.document import Document

CURSOR = "│"


def outline_of(path: str, text: str) -> Outline:
    return outline(Document(path=path, text=textwrap.dedent(text).lstrip("\n"), language=language_of(path)))


def check_definitions(path: str, text: str, *expected: str) -> None:
    """*expected*: "kind Owner.name" in source order."""
    found = [
        f"{it.kind} {it.owner + '.' if it.owner else ''}{it.name}"
        for it in outline_of(path, text).definitions
    ]
    assert found == list(expected), found


def check_imports(path: str, text: str, *expected: str) -> None:
    """*expected*: "module", "module: name, there as here", "module as alias"."""
    found = []
    for it in outline_of(path, text).imports:
        names = ", ".join(there if there == here else f"{there} as {here}" for there, here in it.names)
        found.append(it.module + (f" as {it.alias}" if it.alias else "") + (f": {names}" if names else ""))
    assert found == list(expected)


def check_scope(path: str, text: str, *expected: str) -> None:
    """The names around the cursor, outermost first."""
    text = textwrap.dedent(text).lstrip("\n")
    assert text.count(CURSOR) == 1
    document = Document(path=path, text=text.replace(CURSOR, ""), language=language_of(path))
    assert [it.name for it in scope_at(document, text.index(CURSOR))] == list(expected)
