"""The text of one open document, kept as the editor has it through every edit.

Lines end with `\\n`, `\\r\\n` or `\\r` and with nothing else. An edit touches the lines it names and no
other, so that typing costs the same at any length. Columns are code points; `convert.py` makes them.
"""

import re
from collections.abc import Sequence

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_ENDS = ("\n", "\r")
_HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class TextStore:
    """`lines` are with their ends; the last one has none, and may be empty."""

    def __init__(self, text: str) -> None:
        self._lines = _split(text)
        self._text: str | None = text

    @property
    def lines(self) -> Sequence[str]:
        return self._lines

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = "".join(self._lines)
        return self._text

    def body(self, line: int) -> str:
        """*line* without its end."""
        return self._lines[line].rstrip("\r\n")

    def replace(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        """Put *text* between two (line, column) places that exist and are in order."""
        (first, start_column), (last, end_column) = start, end
        lines = self._lines
        tail = lines[last][end_column:]
        new = _split(text)
        new[0] = _joined(lines[first][:start_column], new[0])
        if len(new) > 1 and tail.startswith("\n") and not new[-1] and new[-2].endswith("\r"):
            new.pop()  # two ends become one, here and below
        new[-1] = _joined(new[-1], tail)
        if first > 0 and new[0].startswith("\n") and lines[first - 1].endswith("\r"):
            first -= 1
            new[0] = lines[first] + new[0]
        lines[first : last + 1] = new
        self._text = None


def _split(text: str) -> list[str]:
    lines = _LINES.findall(text)
    if not lines or lines[-1].endswith(_ENDS):
        lines.append("")
    return lines


def _joined(before: str, after: str) -> str:
    """Both; where they meet, two halves of a character that two edits brought become it."""
    halves = before[-1:] + after[:1]
    if halves.isascii() or not _HALVES.fullmatch(halves):
        return before + after
    whole = halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    return before[:-1] + whole + after[1:]
