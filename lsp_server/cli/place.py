"""`PATH:LINE[:COLUMN]`, as compilers print it and editors understand it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from lsp_server.errors import BadPosition
from lsp_server.text.document import Document

# Greedy, so that a path may hold colons itself (C:\\x.py, a:b.py).
_PLACE = re.compile(r"^(?P<path>.+?):(?P<line>\d+)(?::(?P<column>\d+))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    path: Path
    line: int  # from 1
    column: int | None  # from 1, in characters; None if it was not given

    def offset_in(self, document: Document) -> int:
        """Raises BadPosition when the text has no such line or column."""
        if self.line > document.line_count:
            raise BadPosition(
                f"{self.path} has {document.line_count} lines, there is no line {self.line}",
                hint="Lines count from 1.",
            )
        length = len(document.line_text(self.line - 1))
        column = 1 if self.column is None else self.column
        if column > length + 1:
            raise BadPosition(
                f"line {self.line} of {self.path} has {length} characters, there is no column {column}",
                hint=f"Columns count from 1; {length + 1} is the end of this line.",
            )
        return document.offset_at(self.line - 1, column - 1)


class PlaceType(click.ParamType[Place]):
    """`PATH:LINE:COLUMN`, or `PATH:LINE` where a column is not needed."""

    def __init__(self, *, columns: str) -> None:
        self.columns = columns  # "required" or "optional"
        self.name = "PATH:LINE:COLUMN" if columns == "required" else "PATH:LINE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        if isinstance(value, Place):
            return value
        match = _PLACE.match(value)
        if match is None or (self.columns == "required" and match["column"] is None):
            self.fail(f"{value!r} is not {self.name}, for example src/shop/cart.py:12:5.", param, ctx)
        place = Place(
            Path(match["path"]), int(match["line"]), int(match["column"]) if match["column"] else None
        )
        if place.line < 1 or place.column == 0:
            self.fail("lines and columns count from 1.", param, ctx)
        return place
