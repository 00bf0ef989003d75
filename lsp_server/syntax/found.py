"""A definition as it was found in a tree, before its owners are known."""

from dataclasses import dataclass


@dataclass(slots=True)
class Found:
    kind: str
    name: str
    start_byte: int
    end_byte: int
    start_row: int
    end_row: int
    name_row: int
    outer_row: int  # where its decorators start, or `template <…>`
    body_row: int | None = None
    owner: str = ""  # written at the definition itself, as in Go and C++
    parameters: tuple[str, ...] = ()
    chain: str = ""  # of a scope: the names around it and its own, dotted


def last_row(start: int, end_point: tuple[int, int]) -> int:
    """The last row of a node from row *start* to *end_point*, which may be the beginning of the next row."""
    end, column = end_point
    return end - 1 if column == 0 and end > start else end
