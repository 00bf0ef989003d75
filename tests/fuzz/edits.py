"""Edits of an open document, against an oracle that knows no lines and keeps no state.

Counted in edits. Several changes in one notification, whole texts, positions out of range, ranges turned
around, all three encodings, and every character that some splitter takes for a line end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from random import Random

from lsp_server.editor.counting import Encoding
from lsp_server.editor.documents import OpenDocuments
from tests.fuzz.effort import Effort

ALPHABET = [
    "a", "b", "x = 1", "é", "漢", "\t", " ", "\n", "\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e",
    "\x85", "\u2028", "\u2029", "\0", "\ufeff", "\U0001f600", "\U0001f469\u200d\U0001f4bb", "e\u0301", "\ud83d",
    "\ude00",
]  # fmt: skip
ENCODINGS: list[Encoding] = ["utf-8", "utf-16", "utf-32"]
URI = "file:///repository/a.py"
EDITS_PER_TRY = 40
COUNTS = (1, 1, 1, 2, 3)  # of changes in one notification
TEXT_MAX = 400
FAR = 2**31 - 1
WIDTHS = (3, 8, 40)  # how far into a line a place may lie

_LINE_END = re.compile("\r\n|\n|\r")
_HALF = re.compile("[\ud800-\udfff]")

Place = tuple[int, int]


def fuzz(effort: Effort) -> None:
    for random in effort:
        encoding = random.choice(ENCODINGS)
        text = whole(words(random, 20))
        opened = OpenDocuments(text_max=10_000)
        opened.root = Path("/repository")
        opened.encoding = encoding
        opened.open({"uri": URI, "languageId": "python", "version": 0, "text": text})
        for version in range(1, EDITS_PER_TRY + 1):
            changes = [change(random, text) for _ in range(COUNTS[int(random.random() * len(COUNTS))])]
            opened.change({"uri": URI, "version": version}, [as_sent(it) for it in changes])
            for it in changes:
                text = changed(text, it, encoding)
            effort.done += len(changes)
            document = opened.current(URI)
            assert document is not None
            assert document.text == _HALF.sub("\ufffd", text), (
                f"seed {effort.seed}, try {effort.number}, {encoding}: {changes} gave {document.text!r}"
            )


Change = tuple[tuple[Place, Place] | None, str]


def change(random: Random, text: str) -> Change:
    if random.random() < 0.02 or len(text) > TEXT_MAX:
        return None, words(random, 20)
    lines = text.count("\n") + text.count("\r") + 1
    return (place(random, lines), place(random, lines)), words(random, 4)


def place(random: Random, lines: int) -> Place:
    # Most of the time here is chance's own: `randrange` costs four times as much as this.
    chance = random.random
    line = FAR if chance() < 0.02 else int(chance() * (lines + 2))
    character = FAR if chance() < 0.02 else int(chance() * WIDTHS[int(chance() * 3)])
    return line, character


def words(random: Random, most: int) -> str:
    """As JSON hands them over."""
    chance = random.random
    count = int(chance() * most)
    return whole("".join([ALPHABET[int(chance() * len(ALPHABET))] for _ in range(count)]))


def as_sent(it: Change) -> Mapping[str, object]:
    if it[0] is None:
        return {"text": it[1]}
    start, end = ({"line": line, "character": character} for line, character in it[0])
    return {"range": {"start": start, "end": end}, "text": it[1]}


def changed(text: str, it: Change, encoding: Encoding) -> str:
    where, new = it
    if where is None:
        return whole(new)
    ends = [it.span() for it in _LINE_END.finditer(text)]
    one, other = (offset(text, ends, at, encoding) for at in where)
    low, high = min(one, other), max(one, other)
    return whole(text[:low] + new + text[high:])


def offset(text: str, ends: list[tuple[int, int]], at: Place, encoding: Encoding) -> int:
    """As the specification has it: past the last line the end of the text, past a line's end that end."""
    line, left = at
    if line > len(ends):
        return len(text)
    here = ends[line - 1][1] if line else 0
    line_end = ends[line][0] if line < len(ends) else len(text)
    if encoding == "utf-32":
        return min(here + left, line_end)
    while here < line_end:
        left -= units(text[here], encoding)
        if left < 0:
            break
        here += 1
    return here


def units(character: str, encoding: Encoding) -> int:
    code = ord(character)
    if encoding == "utf-16":
        return 1 + (code > 0xFFFF)
    return 1 + (code > 0x7F) + (code > 0x7FF) + (code > 0xFFFF)


def whole(text: str) -> str:
    """Two halves of a character side by side are the character."""
    if _HALF.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
