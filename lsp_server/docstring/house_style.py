"""How this project writes its docstrings: the style, the quotes, and how wide a line may be."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

Style = Literal["google", "numpy", "sphinx"]
Quotes = Literal['"""', "'''"]

MARKS: dict[Style, re.Pattern[str]] = {
    "google": re.compile(r"^[ \t]*(?:Args|Arguments|Returns|Raises|Yields|Attributes):[ \t]*$", re.M),
    "numpy": re.compile(
        r"^[ \t]*(?:Parameters|Returns|Raises|Yields|Attributes)[ \t]*\n[ \t]*-{3,}[ \t]*$", re.M
    ),
    "sphinx": re.compile(r"^[ \t]*:(?:param|returns?|raises?|type|rtype)\b[^:\n]*:", re.M),
}
_SURVEYED_FILES = 40
_OPENING = re.compile(r"^[ \t]*[rRuU]?(\"\"\"|''')", re.M)
_WIDTH_SETTING = re.compile(r"^\s*(?:line[-_]length|max[-_]line[-_]length)\s*=\s*(\d{2,3})\s*$", re.M)
_SETTINGS_FILES = ("ruff.toml", ".ruff.toml", "pyproject.toml", "setup.cfg", "tox.ini", ".flake8")
_USUAL_WIDTHS = (79, 88, 100, 120)
_WIDTH_DEFAULT = 88
_LINES_THAT_TELL = 30  # fewer say nothing about how wide a line may be


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseStyle:
    style: Style
    quotes: Quotes
    width: int  # characters of a line, indentation included


def house_style(document: Document, snapshot: Snapshot) -> HouseStyle:
    """That of this file, else of the files around it; Google and double quotes where nothing tells."""
    return HouseStyle(
        style=_style(document, snapshot), quotes=_quotes(document.text), width=_width(document, snapshot)
    )


def texts_around(document: Document, snapshot: Snapshot) -> Iterator[str]:
    """The repository's other Python files, those of the same folder first."""
    folder = document.path.rpartition("/")[0]
    paths = sorted(
        (path for path in snapshot.paths if path.endswith(".py") and path != document.path),
        key=lambda path: (path.rpartition("/")[0] != folder, path),
    )
    for path in paths[:_SURVEYED_FILES]:
        file = snapshot.file(path)
        if file is not None:
            yield file.text


def _style(document: Document, snapshot: Snapshot) -> Style:
    own = _counted([document.text])
    if own:
        return own.most_common(1)[0][0]
    around = _counted(texts_around(document, snapshot))
    return around.most_common(1)[0][0] if around else "google"


def _quotes(text: str) -> Quotes:
    counts = Counter(_OPENING.findall(text))
    return "'''" if counts["'''"] > counts['"""'] else '"""'


def _width(document: Document, snapshot: Snapshot) -> int:
    for name in _SETTINGS_FILES:
        file = snapshot.file(name)
        found = _WIDTH_SETTING.search(file.text) if file is not None else None
        if found is not None:
            return max(60, int(found[1]))
    lengths = sorted(len(line.rstrip()) for line in document.text.split("\n") if line.strip())
    if len(lengths) < _LINES_THAT_TELL:
        return _WIDTH_DEFAULT
    usual = lengths[len(lengths) * 99 // 100]
    return next((width for width in _USUAL_WIDTHS if usual <= width), _USUAL_WIDTHS[-1])


def _counted(texts: Iterable[str]) -> Counter[Style]:
    counts: Counter[Style] = Counter()
    for text in texts:
        for style, mark in MARKS.items():
            counts[style] += len(mark.findall(text))
    return +counts
