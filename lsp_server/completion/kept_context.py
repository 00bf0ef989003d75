"""Keep what a model was shown while its reader types on one line.

Snippets stand before everything else in a prompt, so a different choice makes the model evaluate the
whole prompt again. A keystroke is no reason for that: the choice stays while only the cursor's line
changes, until a name is typed that the repository defines and the snippets do not show.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lsp_server.context.snippet import Snippet
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

_NAME = re.compile(r"[A-Za-z_$][\w$]*")
# A name with more definitions than this, such as `get`, tells nothing about what is meant.
DEFINITIONS_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    before: str  # the document's text before the line
    after: str  # and after it
    line: str  # as it was when the snippets were chosen
    is_complete: bool  # whether the whole repository had been read
    snippets: tuple[Snippet, ...]


class KeptContext:
    """The last choice for each of the last few documents."""

    def __init__(self, *, documents: int) -> None:
        self._limit = documents
        self._by_path: dict[str, _Kept] = {}

    def snippets(
        self,
        snapshot: Snapshot,
        document: Document,
        offset: int,
        gather: Callable[[], Sequence[Snippet]],
    ) -> tuple[Snippet, ...]:
        """The kept ones if they still serve, else what *gather* returns, which is then kept."""
        number = document.line_of(offset)
        line = document.line_text(number)
        start = document.line_starts[number]
        before, after = document.text[:start], document.text[start + len(line) :]
        kept = self._by_path.pop(document.path, None)
        if (
            kept is None
            or kept.is_complete != snapshot.is_complete
            or kept.before != before
            or kept.after != after
            or self._is_missing(snapshot, kept, document.text[start:offset])
        ):
            kept = _Kept(
                before=before,
                after=after,
                line=line,
                is_complete=snapshot.is_complete,
                snippets=tuple(gather()),
            )
        self._by_path[document.path] = kept
        while len(self._by_path) > self._limit:
            self._by_path.pop(next(iter(self._by_path)))
        return kept.snippets

    @staticmethod
    def _is_missing(snapshot: Snapshot, kept: _Kept, typed: str) -> bool:
        """Whether *typed*, the line up to the cursor, names something new. A half-typed word does not."""
        known = set(_NAME.findall(kept.line))
        names = {match.group() for match in _NAME.finditer(typed) if match.end() < len(typed)} - known
        shown = "\n".join(snippet.text for snippet in kept.snippets)
        return any(
            0 < len(snapshot.definitions(name)) <= DEFINITIONS_MAX and name not in shown for name in names
        )
