"""The place a suggestion is made for: what filters need to know of the text around the cursor."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from lsp_server.postprocess.lexing import Lexical, closed_by, scan
from lsp_server.text.document import Document

# Brackets and strings are followed this far from the cursor; further away they hardly matter.
SCANNED_CHARACTERS = 100_000
SURVEYED_LINES = 400
SPACES = "    "


@dataclass(frozen=True, kw_only=True)
class Site:
    """One offset of one document. Every text in here has `\\n` for line ends."""

    language: str
    before: str  # all the text up to the cursor
    after: str  # all the text behind it
    eol: str  # the document's own line end
    max_lines: int

    @cached_property
    def line_prefix(self) -> str:
        return self.before[self.before.rfind("\n") + 1 :]

    @cached_property
    def line_suffix(self) -> str:
        return self.after.partition("\n")[0]

    @property
    def is_line_start(self) -> bool:
        """Nothing but white space is before the cursor on its line."""
        return not self.line_prefix.strip()

    @property
    def is_line_end(self) -> bool:
        """Nothing but white space is behind the cursor on its line."""
        return not self.line_suffix.strip()

    @cached_property
    def lines_above(self) -> list[str]:
        """The lines before the cursor's, nearest last; only the near ones."""
        return self.before.split("\n")[-SURVEYED_LINES:-1]

    @cached_property
    def lines_below(self) -> list[str]:
        """The lines after the cursor's, nearest first; only the near ones."""
        return self.after.split("\n", SURVEYED_LINES)[1:SURVEYED_LINES]

    @cached_property
    def line_above(self) -> str:
        """The nearest line before the cursor's that is not blank, or ""."""
        return next((line for line in reversed(self.lines_above) if line.strip()), "")

    @cached_property
    def line_below(self) -> str:
        """The nearest line after the cursor's that is not blank, or ""."""
        return next((line for line in self.lines_below if line.strip()), "")

    @cached_property
    def lexical(self) -> Lexical:
        """Open brackets and strings at the cursor."""
        return scan(self.line_prefix, self.language, self.line_lexical)

    @cached_property
    def line_lexical(self) -> Lexical:
        """Open brackets and strings at the start of the cursor's line."""
        near = self.before[-SCANNED_CHARACTERS:]
        return _scanned(near[: len(near) - len(self.line_prefix)], self.language)

    @cached_property
    def closed_after(self) -> tuple[bool, ...]:
        """For each bracket open at the cursor: whether the document closes it further on."""
        return _closed(self.after[:SCANNED_CHARACTERS], self.language, self.lexical)

    @cached_property
    def is_quote_closed_after(self) -> bool:
        """The string or comment the cursor is in ends further on; not so while its start is being typed."""
        quote = self.lexical.quote
        if quote == "/*":
            end, start = self.after.find("*/"), self.after.find("/*")
            return end >= 0 and (start < 0 or end < start)
        return bool(quote) and self.after[:SCANNED_CHARACTERS].count(quote) % 2 == 1

    @cached_property
    def indent_unit(self) -> str:
        """One level of indentation as this document writes it."""
        usual = _usual_step((*self.lines_above, *self.lines_below))
        if usual:
            return usual
        return "\t" if self.language == "go" or self.line_prefix.startswith("\t") else SPACES

    def width(self, line: str) -> int:
        """Columns that *line* is indented by; a tab counts as one level."""
        level = 4 if self.indent_unit == "\t" else len(self.indent_unit)
        return sum(level if character == "\t" else 1 for character in indent_of(line))


@lru_cache(maxsize=4)  # asked for after every token of one request
def site_of(document: Document, offset: int, *, max_lines: int) -> Site:
    """The site at *offset*, which is moved into the text where it lies outside."""
    offset = min(max(offset, 0), len(document.text))
    return Site(
        language=document.language,
        before=_plain(document.text[:offset]),
        after=_plain(document.text[offset:]),
        eol="\r\n" if document.text.count("\r\n") * 2 > document.text.count("\n") else "\n",
        max_lines=max_lines,
    )


# At a keystroke the same lines stand around the cursor's as at the one before.
@lru_cache(maxsize=4)
def _scanned(text: str, language: str) -> Lexical:
    return scan(text, language)


@lru_cache(maxsize=4)
def _closed(after: str, language: str, at_cursor: Lexical) -> tuple[bool, ...]:
    return closed_by(after, language, at_cursor)


@lru_cache(maxsize=4)
def _usual_step(lines: tuple[str, ...]) -> str:
    """By what these lines are mostly indented further than the one before; "" if by nothing usual."""
    steps: Counter[str] = Counter()
    for above, below in pairwise(line for line in lines if line.strip()):
        outer, inner = indent_of(above), indent_of(below)
        if len(inner) > len(outer) and inner.startswith(outer):
            steps[inner[len(outer) :]] += 1
    usual = [(count, step) for step, count in steps.items() if re.fullmatch(r"\t| {2}| {4}| {8}", step)]
    return max(usual)[1] if usual else ""


def indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
