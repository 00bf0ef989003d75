"""How an editor counts the characters of a line: in UTF-16 units, or as both sides agreed."""

from collections.abc import Sequence
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]
DEFAULT_ENCODING: Encoding = "utf-16"


def chosen_encoding(offered: Sequence[object]) -> Encoding:
    """The first that both sides know; UTF-16 if the editor names none."""
    known: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
    return next((it for name in offered for it in known if it == name), DEFAULT_ENCODING)


def column_of(line: str, units: int, encoding: Encoding) -> int:
    """The column, in code points, *units* into *line*, which is without its end."""
    if encoding == "utf-32" or line.isascii():
        return min(units, len(line))
    if encoding == "utf-16":
        encoded = line.encode("utf-16-le", "surrogatepass")
        if len(encoded) == 2 * len(line):
            return min(units, len(line))
        return _characters_before_unit(line, units)
    data = line.encode("utf-8", "surrogatepass")
    end = min(units, len(data))
    while end < len(data) and data[end] & 0xC0 == 0x80:
        end -= 1
    return len(data[:end].decode("utf-8", "surrogatepass"))


def units_of(line: str, column: int, encoding: Encoding) -> int:
    """How an editor counts the *column* code points before a place in *line*."""
    before = line[:column]
    if encoding == "utf-32" or before.isascii():
        return len(before)
    if encoding == "utf-16":
        return len(before.encode("utf-16-le", "surrogatepass")) // 2
    return len(before.encode("utf-8", "surrogatepass"))


def _characters_before_unit(line: str, units: int) -> int:
    column = min(len(line), units)
    # Each character beyond the BMP takes two units, so the column is at most this far and maybe less.
    counted = units_of(line, column, "utf-16")
    while counted > units:
        # Step back by at least half of what is too much; a character has one or two units.
        column -= max(1, (counted - units) // 2)
        counted = units_of(line, column, "utf-16")
    return column
