"""What a model is shown of the rest of the repository, for one place in one document.

Pure: the same snapshot, document and offset give the same snippets in the same order.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import takewhile

import pathspec

from lsp_server.context.candidates import candidates_at
from lsp_server.context.pack import CountTokens, Packing
from lsp_server.context.place import place_of
from lsp_server.context.recent import NOTHING_RECENT, Recent
from lsp_server.context.snippet import Snippet
from lsp_server.context.stability import settled
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document
from lsp_server.text.secrets import is_secret_file


def gather(
    snapshot: Snapshot,
    document: Document,
    offset: int,
    *,
    budget_tokens: int,
    count_tokens: CountTokens,
    exclude: Sequence[str] = (),
    previous: Sequence[Snippet] = (),
    previous_offset: int | None = None,
    recent: Recent = NOTHING_RECENT,
    visible: tuple[int, int] | None = None,
) -> list[Snippet]:
    """Return what fits into *budget_tokens*, in the order it should stand in the prompt.

    *visible* is what the prompt shows of *document* itself, from one offset to another; None: all of it. Of
    the rest of it come snippets, too. *exclude* holds paths and patterns as in a .gitignore. Every snippet's
    text is free of secrets.
    *previous* is what was gathered for this document before: of equals those stay, and what stays keeps
    its place. *previous_offset* is where in *document* that was: on the same line, more stays. *recent* is
    what was edited or viewed lately.
    """
    if budget_tokens <= 0:
        return []
    is_hidden = hidden_by(exclude)
    place = place_of(snapshot, document, offset, recent, visible)
    found = candidates_at(snapshot, place, is_hidden)
    packing = Packing(snapshot, place, found, count_tokens)
    if not previous:
        return packing.snippets(packing.choice(budget_tokens), budget_tokens)
    # What the prompt has come to show itself, and whatever stands behind it, is chosen anew.
    kept = [*takewhile(lambda it: not it.touches(place.path, *place.visible), previous)]
    is_same_line = previous_offset is not None and _is_one_line(document.text, previous_offset, offset)
    return settled(
        snapshot, packing, found, kept,
        budget_tokens=budget_tokens, is_hidden=is_hidden, is_same_line=is_same_line,
    )  # fmt: skip


def _is_one_line(text: str, one: int, other: int) -> bool:
    between = text[min(one, other) : max(one, other)]
    return "\n" not in between and "\r" not in between


def hidden_by(exclude: Sequence[str]) -> Callable[[str], bool]:
    """Which paths nothing may be taken from; *exclude* as in `gather`."""
    if not exclude:
        return is_secret_file
    excluded = pathspec.GitIgnoreSpec.from_lines(exclude)
    return cache(lambda path: is_secret_file(path) or excluded.match_file(path))
