"""One request for ghost text and what became of it: numbers, and no word of anybody's code."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

# nothing: no text was worth showing. ignored: shown and not taken. typed: by hand, as it was shown.
# part and whole: taken at one stroke.
Outcome = Literal["nothing", "ignored", "typed", "part", "whole"]
OUTCOMES = ("nothing", "ignored", "typed", "part", "whole")
ACCEPTED = ("part", "whole")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    at: float  # seconds since 1970
    model: str
    source: str  # see `Completion.source`
    ghost_ms: float  # from the request to its answer
    first_ms: float  # to the first token
    evaluated: int  # prompt tokens
    reused: int
    generated: int
    characters: int  # shown
    outcome: Outcome = "nothing"
    taken: int = 0  # characters, at one stroke
    is_kept: bool | None = None  # half a minute later; None: not accepted, or the file was closed before


def as_json(request: Request) -> Mapping[str, Any]:
    return asdict(request)


def request_of(value: object) -> Request | None:
    """None if *value* is not what `as_json` made."""
    if not isinstance(value, dict):
        return None
    known = {it.name: value[it.name] for it in fields(Request) if it.name in value}
    numbers = ("at", "ghost_ms", "first_ms", "evaluated", "reused", "generated", "characters")
    texts = ("model", "source")
    is_sound = (
        all(isinstance(known.get(it), int | float) for it in numbers)
        and all(isinstance(known.get(it), str) for it in texts)
        and known.get("outcome") in OUTCOMES
        and isinstance(known.get("taken"), int)
        and known.get("is_kept") in (None, True, False)
    )
    return Request(**known) if is_sound else None
