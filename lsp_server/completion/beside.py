"""What may be copied from without being read: the open file's other parts, and around the context's pieces.

An index over n-grams costs microseconds where evaluating the same text costs seconds, so more of it goes
to the model's host than a prompt has room for. The texts are cut such that they stay the same from
keystroke to keystroke, and each is indexed there once: above the cursor counted from the file's first
line, below it from the last.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from lsp_server.context.snippet import Snippet
from lsp_server.index.file import IndexedFile
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document
from lsp_server.text.secrets import redact

LINES = 64  # of one text
# Set by hand: about 80 kilobytes for each request to the host, which takes a millisecond.
OWN_LINES, OTHER_LINES, OTHERS_MAX = 768, 384, 4


def texts_beside(
    snapshot: Snapshot, document: Document, offset: int, snippets: Sequence[Snippet]
) -> tuple[str, ...]:
    """Whole lines, secrets blanked. Other files are those of *snippets*, which may be shown to a model."""
    return tuple(dict.fromkeys([*_own(document, offset), *_others(snapshot, document.path, snippets)]))


def _own(document: Document, offset: int) -> Iterator[str]:
    text, starts = document.text, [*document.line_starts, len(document.text)]
    line, count = document.line_of(offset), len(document.line_starts)
    for first in range(max(0, line - OWN_LINES) // LINES * LINES, line - LINES + 1, LINES):
        yield _shown(text[starts[first] : starts[first + LINES]])
    for last in range(count, line + LINES, -LINES):
        if last - line <= OWN_LINES:
            yield _shown(text[starts[last - LINES] : starts[last]])


def _others(snapshot: Snapshot, path: str, snippets: Sequence[Snippet]) -> Iterator[str]:
    places = {it.path: it.start_line for it in reversed(snippets) if it.path != path}
    for other in list(dict.fromkeys(it.path for it in snippets if it.path in places))[:OTHERS_MAX]:
        file = snapshot.file(other)
        lines = _lines(file) if file is not None else []
        around = max(0, places[other] - OTHER_LINES // 2) // LINES * LINES
        for first in range(around, min(around + OTHER_LINES, len(lines)), LINES):
            yield _shown("\n".join(lines[first : first + LINES]) + "\n")


@lru_cache(maxsize=32)  # a file of the index is packed; as many as are looked at in a row
def _lines(file: IndexedFile) -> list[str]:
    return file.lines


@lru_cache(maxsize=512)
def _shown(text: str) -> str:
    return redact(text)
