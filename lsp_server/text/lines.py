"""Lines as editors count them: ended by `\\n`, `\\r\\n` or `\\r`, and by nothing else."""

import re

_LINE_END = re.compile(r"\r\n|\n|\r")


def lines_of(text: str) -> list[str]:
    """The lines of *text* without their ends; an empty text has one line."""
    if "\r" not in text:
        return text.split("\n")
    return _LINE_END.split(text)


def longest_line(text: str) -> int:
    """The length of the longest line, in characters."""
    if "\r" not in text:
        return max(map(len, text.split("\n")))
    return max(map(len, lines_of(text)))
