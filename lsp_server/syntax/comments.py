"""The first line of a definition's documentation, read from the lines around it."""

import re
from collections.abc import Sequence

DOC_MAX_CHARACTERS = 160
_LOOK_BACK_LINES = 40

_BEGINS_DOCSTRING = frozenset("\"'rRuUbB")
_DOCSTRING = re.compile(r'^[rRuUbB]{0,2}("""|\'\'\'|"|\')')
_USUAL_QUOTE = '"""'
_SLASHES = re.compile(r"^//[/!]?\s?")
_HASHES = re.compile(r"^#+(?!!)\s?")
_MARKERS = {"bash": _HASHES, "ruby": _HASHES, "lua": re.compile(r"^---?\s?")}
_BLOCK_PART = re.compile(r"^/?\*+!?/?\s?")


def first_doc_line(lines: Sequence[str], start_line: int, signature_end: int, language: str) -> str:
    """Its docstring's or preceding comment's first line that says something, "" if there is none."""
    if language == "python":
        return _docstring(lines, signature_end)[:DOC_MAX_CHARACTERS]
    marker = _MARKERS.get(language, _SLASHES)
    return _comment_above(lines, start_line, marker)[:DOC_MAX_CHARACTERS]


def _docstring(lines: Sequence[str], signature_end: int) -> str:
    for number in range(signature_end + 1, min(signature_end + 3, len(lines))):
        text = lines[number].strip()
        if not text:
            continue
        if text.startswith(_USUAL_QUOTE):
            quote, rest = _USUAL_QUOTE, text[len(_USUAL_QUOTE) :]
        else:
            opening = _DOCSTRING.match(text) if text[0] in _BEGINS_DOCSTRING else None
            if opening is None:
                return ""
            quote, rest = opening[1], text[opening.end() :]
        first = rest.split(quote, 1)[0].strip()
        if first or len(quote) == 1:
            return first
        following = lines[number + 1].strip() if number + 1 < len(lines) else ""
        return following.split(quote)[0].strip()
    return ""


def _comment_above(lines: Sequence[str], start_line: int, marker: re.Pattern[str]) -> str:
    top = start_line
    is_block = start_line > 0 and lines[start_line - 1].rstrip().endswith("*/")
    while top > 0 and start_line - top < _LOOK_BACK_LINES:
        above = lines[top - 1].strip()
        if is_block:
            top -= 1
            if above.startswith("/*"):
                break
        elif marker.match(above):
            top -= 1
        else:
            break
    for number in range(top, start_line):
        text = lines[number].strip().removesuffix("*/").strip()
        words = _BLOCK_PART.sub("", text) if is_block else marker.sub("", text)
        if words.strip(" *-=/#"):
            return words.strip()
    return ""
