"""A docstring that a person wrote, as lines with sections: of parameters, results and exceptions.

Nothing is reworded: entries are found, put in, renamed or taken out as whole lines. The forms are those of
Google's style guide, numpydoc, and Sphinx's field lists.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsp_server.docstring.house_style import MARKS, Style

_GOOGLE = {
    "parameters": ("Args", "Arguments", "Parameters", "Params"), "returns": ("Returns", "Return"),
    "yields": ("Yields", "Yield"), "raises": ("Raises", "Raise"),
    "other": (
        "Attributes", "Example", "Examples", "Keyword Args", "Keyword Arguments", "Note", "Notes",
        "Other Parameters", "References", "See Also", "Todo", "Warning", "Warnings", "Warns",
    ),
}  # fmt: skip
_KIND = {name.lower(): kind for kind, names in _GOOGLE.items() for name in names}
_GOOGLE_HEAD = re.compile(r"^\s*([A-Z][A-Za-z ]+):\s*$")
_GOOGLE_ENTRY = re.compile(r"^\s*(?P<names>\*{0,2}[\w.]+(?:\s*,\s*\*{0,2}\w+)*)\s*(?:\([^()]*\))?\s*:")
_NUMPY_ENTRY = re.compile(r"^\s*(?P<names>\*{0,2}[\w.]+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?$")
_SPHINX = re.compile(
    r"^\s*:(?P<field>param|parameter|arg|argument|key|keyword|type|returns?|rtype|yields?|raises?|except|exception)"
    r"(?:\s+(?P<about>[^:]*?))?:"
)
_SPHINX_KIND = {
    **dict.fromkeys(("param", "parameter", "arg", "argument", "key", "keyword", "type"), "parameters"),
    **dict.fromkeys(("return", "returns", "rtype"), "returns"),
    **dict.fromkeys(("yield", "yields"), "yields"),
    **dict.fromkeys(("raise", "raises", "except", "exception"), "raises"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """Lines `first` up to, not including, `end`, which speak of `names` (without stars)."""

    names: tuple[str, ...]
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    kind: str  # parameters, returns, yields, raises, other
    first: int  # line of its heading, or of its first field
    end: int  # after its last line with text
    indent: str  # of its entries
    entries: tuple[Entry, ...]


def style_of(text: str) -> Style | None:
    """None if it has no sections."""
    counts = {style: len(mark.findall(text)) for style, mark in MARKS.items()}
    best = max(counts, key=lambda it: counts[it])
    return best if counts[best] else None


def sections_of(lines: Sequence[str], style: Style) -> list[Section]:
    find = {"google": _google, "numpy": _numpy, "sphinx": _sphinx}[style]
    return list(find(lines))


def _google(lines: Sequence[str]) -> Iterator[Section]:
    heads = [
        (number, _KIND[match[1].lower()])
        for number, line in enumerate(lines)
        if (match := _GOOGLE_HEAD.match(line)) and match[1].lower() in _KIND
    ]
    for number, kind in heads:
        margin = _indent(lines[number])
        end = number + 1
        while end < len(lines) and (not lines[end].strip() or len(_indent(lines[end])) > len(margin)):
            end += 1
        end = _without_blanks(lines, number + 1, end)
        indent = _indent(lines[number + 1]) if end > number + 1 else margin + "    "
        entries = _entries(lines, number + 1, end, indent, _GOOGLE_ENTRY)
        yield Section(kind, number, end, indent, tuple(entries))


def _numpy(lines: Sequence[str]) -> Iterator[Section]:
    heads = [
        number
        for number, line in enumerate(lines[:-1])
        if line.strip() and re.fullmatch(r"\s*-{3,}\s*", lines[number + 1])
    ]
    for number, following in zip(heads, [*heads[1:], len(lines)], strict=True):
        kind = _KIND.get(lines[number].strip().lower(), "other")
        end = _without_blanks(lines, number + 2, following)
        indent = _indent(lines[number])
        yield Section(
            kind, number, end, indent, tuple(_entries(lines, number + 2, end, indent, _NUMPY_ENTRY))
        )


def _sphinx(lines: Sequence[str]) -> Iterator[Section]:
    """Each field is an entry; those of one kind are a section, wherever they stand."""
    found: dict[str, list[Entry]] = {}
    for number, line in enumerate(lines):
        match = _SPHINX.match(line)
        if match is None:
            continue
        margin, end = len(_indent(line)), number + 1
        while end < len(lines) and lines[end].strip() and len(_indent(lines[end])) > margin:
            end += 1
        about = (match["about"] or "").replace("\\", "").split()
        names = tuple(it.strip(",").lstrip("*") for it in about[-1:])
        found.setdefault(_SPHINX_KIND[match["field"]], []).append(Entry(names, number, end))
    for kind, entries in found.items():
        indent = _indent(lines[entries[0].first])
        yield Section(kind, entries[0].first, entries[-1].end, indent, tuple(entries))


def _entries(
    lines: Sequence[str], first: int, end: int, indent: str, form: re.Pattern[str]
) -> Iterator[Entry]:
    starts = [
        (number, match)
        for number in range(first, end)
        if _indent(lines[number]) == indent and (match := form.match(lines[number]))
    ]
    ends = [*(number for number, _ in starts[1:]), end][: len(starts)]
    for (number, match), following in zip(starts, ends, strict=True):
        names = tuple(it.strip().lstrip("*") for it in match["names"].split(","))
        yield Entry(names, number, following)


def _without_blanks(lines: Sequence[str], first: int, end: int) -> int:
    while end > first and not lines[end - 1].strip():
        end -= 1
    return end


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
