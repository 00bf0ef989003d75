"""Text as the core sees it: a path, a string, and offsets in code points.

Only `\\n`, `\\r\\n` and `\\r` end a line, as in LSP; form feeds and U+2028 are ordinary characters.
Positions as editors count them (UTF-16 and friends) exist in `editor/convert.py` alone.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, count
from operator import add

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, kw_only=True)
class Document:
    """One version of one file's text."""

    path: str  # POSIX, relative to the repository's root; absolute for a file outside of it
    text: str
    language: str  # as in syntax/languages.py: "python", "typescript", …, "plain"
    version: int | None = None  # the editor's, None for text read from disk

    @cached_property
    def line_starts(self) -> list[int]:
        """Offset of each line's first character; an empty text has one line."""
        if "\r" in self.text:
            return [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        lengths = map(len, self.text.split("\n")[:-1])
        return list(map(add, accumulate(lengths, initial=0), count()))  # three times as fast as the search

    @property
    def line_count(self) -> int:
        return len(self.line_starts)

    def line_of(self, offset: int) -> int:
        """The 0-based line that holds *offset*."""
        return bisect_right(self.line_starts, offset) - 1

    def line_text(self, line: int) -> str:
        """The text of 0-based *line* without its line end."""
        start = self.line_starts[line]
        end = self.line_starts[line + 1] if line + 1 < self.line_count else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def offset_at(self, line: int, column: int) -> int:
        """The offset of 0-based *line* and *column* in characters, clamped into the text."""
        if line < 0:
            return 0
        if line >= self.line_count:
            return len(self.text)
        return self.line_starts[line] + min(max(column, 0), len(self.line_text(line)))
