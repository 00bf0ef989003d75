"""What is known of one file without running it: its definitions, imports and identifiers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Definition(NamedTuple):
    """There are a hundred thousand in a million lines: a frozen dataclass is made in four times as long."""

    name: str
    kind: str  # function, method, class, type, constant, variable, field, module, macro
    path: str
    start_line: int  # 0-based, of the first line shown (decorators included)
    end_line: int  # 0-based, inclusive, of the whole body
    name_line: int  # 0-based, where the name stands
    owner: str = ""  # enclosing classes or functions, dotted: "Outer.Inner"
    signature: str = ""  # whole header, dedented: "def net(gross: float, rate: float) -> float:"
    doc: str = ""  # first line of its documentation
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    module: str  # as written, leading dots included: "..shop.price", "./cart", "fmt"
    line: int
    names: tuple[tuple[str, str], ...] = ()  # (name in the module, name here); empty: the module itself
    alias: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    path: str
    language: str
    line_count: int
    definitions: tuple[Definition, ...] = ()
    imports: tuple[Import, ...] = ()
    identifiers: Mapping[str, int] = field(default_factory=dict)  # name → occurrences
