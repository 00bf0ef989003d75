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
        new = lines[first][:start_column] + text + lines[last][end_column:]
        if first > 0 and new.startswith("\n") and lines[first - 1].endswith("\r"):
            first -= 1  # two ends become one
            new = lines[first] + new
        if not new.isascii() and _HALVES.search(new):
            new = _HALVES.sub(_whole, new)
        is_last = last == len(lines) - 1
        pieces = _split(new)
        if not is_last and not pieces[-1]:
            pieces.pop()
        lines[first : last + 1] = pieces
        self._text = None


def _split(text: str) -> list[str]:
    lines = _LINES.findall(text)
    if not lines or lines[-1].endswith(_ENDS):
        lines.append("")
    return lines


def _whole(halves: re.Match[str]) -> str:
    """One character from the two halves that two edits brought."""
    return halves[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")
