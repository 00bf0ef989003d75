"""The one place that knows how to ask for context; `│` is the cursor."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lsp_server.context.gather import gather
from lsp_server.context.recent import NOTHING_RECENT, Recent
from lsp_server.context.snippet import Snippet
from tests.index.check import document_of, snapshot_of

CURSOR = "│"
CHARACTERS_PER_TOKEN = 3.5


def count_tokens(texts: Sequence[str]) -> list[int]:
    return [int(len(text) / CHARACTERS_PER_TOKEN) + 1 for text in texts]


def gathered(
    path: str,
    text: str,
    others: Mapping[str, str],
    *,
    budget_tokens: int = 400,
    exclude: Sequence[str] = (),
    recent: Recent = NOTHING_RECENT,
) -> list[Snippet]:
    """What is shown at the cursor in *text*; the file itself is in the index too, as in life."""
    text = textwrap.dedent(text).lstrip("\n")
    assert text.count(CURSOR) == 1
    offset = text.index(CURSOR)  # perhaps on a line of white space, which `document_of` would not keep
    document = replace(document_of(path, ""), text=text.replace(CURSOR, ""))
    snapshot = snapshot_of({**others, path: document.text})
    return gather(
        snapshot, document, offset,
        budget_tokens=budget_tokens, count_tokens=count_tokens, exclude=exclude, recent=recent,
    )  # fmt: skip


def check_shows(snippets: Sequence[Snippet], *expected: str) -> None:
    """Each of *expected* is a whole line of what is shown."""
    shown = {line.strip() for snippet in snippets for line in snippet.text.split("\n")}
    assert [line for line in expected if line not in shown] == []
