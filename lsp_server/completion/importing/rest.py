"""How an import statement goes on at the cursor."""

from collections.abc import Callable
from dataclasses import dataclass

IsHidden = Callable[[str], bool]  # by path: nothing may be taken from it


@dataclass(frozen=True, slots=True)
class Rest:
    text: str
    confidence: float  # that a person would have written just this, 0..1
    replaces: int = 0  # characters behind the cursor, such as a bracket that the editor has closed
