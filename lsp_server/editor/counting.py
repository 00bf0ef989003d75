"""How an editor counts the characters of a line: in UTF-16 units, or as both sides agreed."""

from collections.abc import Sequence
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]
DEFAULT_ENCODING: Encoding = "utf-16"
_AT_ONCE = 4_096  # characters of a long line


def chosen_encoding(offered: Sequence[object]) -> Encoding:
    """The first that both sides know; UTF-16 if the editor names none."""
    known: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
    return next((it for name in offered for it in known if it == name), DEFAULT_ENCODING)


def column_of(line: str, units: int, encoding: Encoding) -> int:
    """The column, in code points, *units* into *line*, which is without its end."""
    if encoding == "utf-32" or line.isascii():
        return min(units, len(line))
    before = _characters_before_byte if encoding == "utf-8" else _characters_before_unit
    for start in range(0, len(line), _AT_ONCE):
        part = line[start : start + _AT_ONCE]
        counted = units_of(part, len(part), encoding)
        if units < counted:
            return start + before(part, units)
        units -= counted
    return len(line)


def units_of(line: str, column: int, encoding: Encoding) -> int:
    """How an editor counts the *column* code points before a place in *line*."""
    before = line[:column]
    if encoding == "utf-32" or before.isascii():
        return len(before)
    if encoding == "utf-16":
        return len(before.encode("utf-16-le", "surrogatepass")) // 2
    return len(before.encode("utf-8", "surrogatepass"))


def _characters_before_byte(part: str, units: int) -> int:
    data = part.encode("utf-8", "surrogatepass")
    while data[units] & 0xC0 == 0x80:
        units -= 1
    return len(data[:units].decode("utf-8", "surrogatepass"))


def _characters_before_unit(part: str, units: int) -> int:
    data = part.encode("utf-16-le", "surrogatepass")[: 2 * units]
    count = len(data.decode("utf-16-le", "surrogatepass"))
    # The first half of a character that was cut counts as one.
    return count - (units_of(part, count, "utf-16") > units)
