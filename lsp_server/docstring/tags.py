"""A documentation comment that a person wrote, as lines with tags. Nothing is reworded here.

The forms are those of JSDoc, Javadoc, Doxygen, and the `# Arguments` lists of rustdoc.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["parameter", "result", "exception", "other"]

_MARGIN = re.compile(r"^\s*(?:/\*[*!]?(?!/)|\*(?!/)|///?<?|//!)?[ \t]?")
_TAG = re.compile(r"^\s*[@\\](?P<tag>[A-Za-z]+)\b")
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("param", "arg", "argument", "params"), "parameter"),
    **dict.fromkeys(("return", "returns", "result"), "result"),
    **dict.fromkeys(("throw", "throws", "exception"), "exception"),
}
_PARAMETER = re.compile(
    r"^\s*[@\\]\w+(?:\[[\w, ]*\])?\s+(?:\{(?:[^{}]|\{[^{}]*\})*\}\s+)?\[?(?P<names>[\w$]+(?:,[\w$]+)*)"
)
_EXCEPTION = re.compile(r"^\s*[@\\]\w+\s+\{?\s*(?P<names>[\w$.:]+)")
_ITEM = re.compile(r"^\s*[*+-]\s+`(?P<names>\w+)`")
_HEADING = re.compile(r"^#+\s+(?P<title>.+?)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """Lines `first` up to, not including, `end`; blank ones behind it are not its own."""

    kind: Kind
    names: tuple[str, ...]
    first: int
    end: int
    at: int  # column of the first name; 0 if there is none


def margin_of(line: str) -> str:
    match = _MARGIN.match(line)
    return match[0] if match is not None else ""


def tags_in(lines: Sequence[str]) -> list[Tag]:
    """Of a comment in the manner of JSDoc, Javadoc or Doxygen, its marks included."""
    starts: list[tuple[int, re.Match[str]]] = []
    for number, line in enumerate(lines):
        match = _TAG.match(line[len(margin_of(line)) :])
        if match is not None:
            starts.append((number, match))
    found: list[Tag] = []
    ends = [*(it[0] for it in starts[1:]), len(lines)][: len(starts)]
    for (number, match), following in zip(starts, ends, strict=True):
        line = lines[number]
        margin = len(margin_of(line))
        kind = _KINDS.get(match["tag"], "other")
        form = {"parameter": _PARAMETER, "exception": _EXCEPTION}.get(kind)
        named = form.match(line[margin:]) if form is not None else None
        names = tuple(named["names"].split(",")) if named is not None else ()
        at = margin + named.start("names") if named is not None else 0
        found.append(Tag(kind=kind, names=names, first=number, end=_end(lines, number, following), at=at))
    return found


def items_in(lines: Sequence[str]) -> list[Tag]:
    """The list under `# Arguments`; empty if there is none."""
    contents = [line[len(margin_of(line)) :] for line in lines]
    heading = next(
        (
            n
            for n, it in enumerate(contents)
            if (m := _HEADING.match(it)) and m["title"] in ("Arguments", "Parameters")
        ),
        None,
    )
    if heading is None:
        return []
    over = next((n for n in range(heading + 1, len(lines)) if _HEADING.match(contents[n])), len(lines))
    starts = [(n, m) for n in range(heading + 1, over) if (m := _ITEM.match(contents[n]))]
    ends = [*(it[0] for it in starts[1:]), over][: len(starts)]
    return [
        Tag(
            kind="parameter",
            names=(match["names"],),
            first=number,
            end=_end(lines, number, following),
            at=len(margin_of(lines[number])) + match.start("names"),
        )
        for (number, match), following in zip(starts, ends, strict=True)
    ]


def _end(lines: Sequence[str], first: int, following: int) -> int:
    """Without blank lines, and without the comment's last line where only its end mark stands there."""
    end = following
    while end > first + 1 and lines[end - 1][len(margin_of(lines[end - 1])) :].strip() in ("", "*/", "/"):
        end -= 1
    return end
