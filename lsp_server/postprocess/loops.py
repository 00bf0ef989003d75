"""A small model that finds nothing to say says the same again."""

import re
from collections.abc import Sequence
from itertools import groupby

from lsp_server.postprocess.site import Site
from lsp_server.postprocess.suggestion import Suggestion

LONGEST_PERIOD = 12  # lines
# Most of what comes later is cut away in any case.
READ_LINES_PER_SHOWN = 4
# Lines that differ in digits only: a short table is fine, a long one is a counter that runs on.
COUNTING_LINES_MAX = 6
_PHRASE = re.compile(r"(\S.{0,9}?)\1{7,}|(\S.{9,60}?)\2{2,}")


def without_loops(suggestion: Suggestion, site: Site) -> Suggestion:
    """End where lines, or words of a line, begin to come again and again."""
    lines = suggestion.lines[: READ_LINES_PER_SHOWN * site.max_lines]
    for count in range(1, len(lines) + 1):
        if is_looping(lines[:count]):
            kept = _before_loop(lines[:count])
            return suggestion.first_lines(kept) if kept else suggestion.with_text(_said_once(lines[0]))
    return suggestion


def is_looping(lines: Sequence[str]) -> bool:
    """Whether the last of *lines* repeats what was said before it."""
    return _before_loop(lines) < len(lines)


def _before_loop(lines: Sequence[str]) -> int:
    """How many of *lines* come before the loop that their end is in; all of them if there is none."""
    if not lines or not _has_word(lines[-1]):
        return len(lines)
    phrase = _PHRASE.search(lines[-1])
    if phrase is not None and _has_letter(phrase[0]):
        return len(lines) - 1
    for period in range(1, min(LONGEST_PERIOD, len(lines) // 2) + 1):
        if list(lines[-period:]) == list(lines[-2 * period : -period]):
            return len(lines) - period
    shapes = [re.sub(r"\d+", "0", line) for line in lines]
    same = next(len(list(group)) for _, group in groupby(reversed(shapes)))
    if same > COUNTING_LINES_MAX and re.search(r"\d", lines[-1]):
        return len(lines) - 1
    return len(lines)


def _said_once(line: str) -> str:
    """*line* up to where its phrase begins to come again; what is left open there is closed later."""
    phrase = _PHRASE.search(line)
    if phrase is None:
        return ""
    end = phrase.end(1) if phrase[1] is not None else phrase.end(2)
    return line[:end].rstrip(" ,.:")


def _has_word(line: str) -> bool:
    return re.search(r"\w", line) is not None


def _has_letter(text: str) -> bool:
    return re.search(r"[^\W\d_]", text) is not None
