"""Lines as editors count them: ended by `\\n`, `\\r\\n` or `\\r`, and by nothing else."""

import re

_LINE_END = re.compile(r"\r\n|\n|\r")


def lines_of(text: str) -> list[str]:
    """The lines of *text* without their ends; an empty text has one line."""
    if "\r" not in text:
        return text.split("\n")
    return _LINE_END.split(text)


def has_line_beyond(text: str, characters: int) -> bool:
    """Whether a line is longer than so many characters. Looks at few of them: line ends are sought backwards
    from where one must have come."""
    start = 0
    while len(text) - start > characters:
        stop = start + characters + 1
        end = text.rfind("\n", start, stop)
        if end < 0:
            end = text.rfind("\r", start, stop)
        if end < 0:
            return True
        start = end + 1
    return False
