"""Choose what a training sample leaves out, so that it looks like what an editor asks for.

A middle is never empty and never ends in a line break: the text after the cursor starts with it.
"""

import random
import re
from collections.abc import Collection
from dataclasses import dataclass

CHARACTERS_MAX = 600  # a longer middle is not what an editor shows as ghost text
# How often each kind is cut, set by hand: people pause inside a line more often than at its start.
KINDS = {"line_rest": 0.40, "inside_brackets": 0.11, "lines": 0.22, "block": 0.20, "docstring": 0.07}
NAME = re.compile(r"[A-Za-z_]\w{3,}")
IMPORTING = re.compile(r"from |import |use |#include |export .* from |package ")
AFTER_BREAK = re.compile(r"(?<=[ .(=,\[{\"':])(?=\S)")
CLOSERS = re.compile(r"[)\]}\"']+[:,;]?$")
DOCSTRING = re.compile(
    r'^[ \t]*(?:async[ ]+)?(?:def|class)[ ][^"\n]*(?:\n[^"\n]*)??:\n(?P<indent>[ \t]+)(?P<text>""".*?""")',
    re.M | re.S,
)


@dataclass(frozen=True, slots=True)
class Span:
    """Character offsets of a middle in its file."""

    start: int
    end: int


def choose_middle(text: str, random_: random.Random) -> Span | None:
    """Return a middle of a kind drawn at random; None if the file has no place for one."""
    choosers = {
        "line_rest": line_rest,
        "inside_brackets": inside_brackets,
        "lines": lines,
        "block": block,
        "docstring": docstring,
    }
    for kind in random_.choices(list(KINDS), list(KINDS.values()), k=8):
        span = choosers[kind](text, random_)
        if span and 0 < span.end - span.start <= CHARACTERS_MAX and text[span.start : span.end].strip():
            return span
    return None


def line_rest(text: str, random_: random.Random) -> Span | None:
    """From a place inside a line to its end; sometimes on through the next lines of the same block."""
    start, end = random_line(text, random_)
    first = start + indent_width(text[start:end])
    places = [
        start + match.start()
        for match in AFTER_BREAK.finditer(text[start:end])
        if start + match.start() > first
    ]
    if end - first < 2:
        return None
    at = random_.choice(places) if places and random_.random() < 0.8 else random_.randrange(first + 1, end)
    if random_.random() < 0.15:
        end = block_end(text, start, random_.randint(2, 4))
    return Span(at, end)


def inside_brackets(text: str, random_: random.Random) -> Span | None:
    """Inside a line whose closing brackets and quotes the editor has put behind the cursor already."""
    span = line_rest(text, random_)
    if span is None or "\n" in text[span.start : span.end]:
        return span
    closers = CLOSERS.search(text, span.start, span.end)
    return Span(span.start, closers.start()) if closers else None


def uses_name(text: str, names: Collection[str], random_: random.Random) -> Span | None:
    """Return a middle that uses one of *names*, cut there or before on its line; not on lines that import."""
    places = [it for it in NAME.finditer(text) if it[0] in names]
    for _ in range(4):
        if not places:
            return None
        match = random_.choice(places)
        start = text.rfind("\n", 0, match.start()) + 1
        found = text.find("\n", match.end())
        end = len(text) if found < 0 else found
        first = start + indent_width(text[start:end])
        if not IMPORTING.match(text, first, end) and first < end:
            breaks = [start + it.start() for it in AFTER_BREAK.finditer(text[start : match.start()])]
            at = random_.choice([match.start(), match.start(), first, *breaks])
            if random_.random() < 0.2:
                end = block_end(text, start, 3)
            return Span(max(at, first), end) if 0 < end - at <= CHARACTERS_MAX else None
    return None


def lines(text: str, random_: random.Random) -> Span | None:
    """One or two whole lines, asked for before or after their indentation."""
    start, _ = random_line(text, random_)
    end = block_end(text, start, random_.choice((1, 1, 1, 2)))
    return Span(start + random_.choice((0, indent_width(text[start:end]))), end)


def block(text: str, random_: random.Random) -> Span | None:
    """Two to six lines, most often three: what an editor shows at once."""
    start, _ = random_line(text, random_)
    end = block_end(text, start, random_.choice((2, 3, 3, 3, 4, 5, 6)))
    return Span(start + random_.choice((0, indent_width(text[start:end]))), end)


def docstring(text: str, random_: random.Random) -> Span | None:
    """A docstring, with its signature before and its body after the cursor."""
    at = random_.randrange(max(len(text) - 200, 1))
    match = DOCSTRING.search(text, at)
    if match is None:
        return None
    return Span(match.start("indent") if random_.random() < 0.3 else match.start("text"), match.end("text"))


def random_line(text: str, random_: random.Random) -> tuple[int, int]:
    """Return start and end of a line that is not blank, if a few tries find one."""
    start = end = 0
    for _ in range(6):
        at = random_.randrange(len(text))
        start = text.rfind("\n", 0, at) + 1
        found = text.find("\n", at)
        end = len(text) if found < 0 else found
        if text[start:end].strip():
            break
    return start, end


def block_end(text: str, start: int, lines_max: int) -> int:
    """Return where the lines from *start* on end: after *lines_max*, before a blank line or a dedent."""
    indent = None
    end = start
    for line in text[start : start + 2 * CHARACTERS_MAX].split("\n")[:lines_max]:
        width = indent_width(line)
        if not line.strip() or (indent is not None and width < indent):
            break
        indent = width if indent is None else indent
        end += len(line) + 1
    return max(end - 1, start)


def indent_width(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
