"""Templates of prompt files: special tokens, literal text and named holes, read once into parts.

Only the template itself is searched for special tokens. What goes into a hole never is.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lsp_server.prompting.pieces import Piece, SpecialToken


@dataclass(frozen=True, slots=True)
class Hole:
    name: str


Part = str | SpecialToken | Hole


class BadTemplate(ValueError):
    """A hole that nothing fills, or one that is missing."""


def parse(text: str, special_tokens: Sequence[str], holes: Collection[str]) -> tuple[Part, ...]:
    """Read *text*; braces around anything but a known hole's name are an error."""
    tokens = sorted(special_tokens, key=len, reverse=True)  # `<a><b>` before `<a>`
    pattern = "|".join([*(re.escape(token) for token in tokens), r"\{\w+\}"])
    parts: list[Part] = []
    end = 0
    for match in re.finditer(pattern, text):
        if match.start() > end:
            parts.append(text[end : match.start()])
        end = match.end()
        if match[0] in special_tokens:
            parts.append(SpecialToken(match[0]))
        elif (name := match[0][1:-1]) in holes:
            parts.append(Hole(name))
        else:
            raise BadTemplate(f"{match[0]} is none of {', '.join(sorted(holes))}")
    if end < len(text):
        parts.append(text[end:])
    return tuple(parts)


def holes_of(parts: Iterable[Part]) -> list[str]:
    """The names of the holes, in reading order."""
    return [part.name for part in parts if isinstance(part, Hole)]


def fill(parts: Iterable[Part], values: Mapping[str, str | Sequence[Piece]]) -> tuple[Piece, ...]:
    """Put *values* into the holes. Neighbouring strings become one, so that they tokenize as one text."""
    pieces: list[Piece] = []
    for part in parts:
        value = values[part.name] if isinstance(part, Hole) else part
        pieces.extend([value] if isinstance(value, str | SpecialToken) else value)
    return joined(pieces)


def joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """*pieces* with neighbouring strings made one and empty ones left out."""
    result: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and result and isinstance(result[-1], str):
            result[-1] += piece
        elif piece != "":
            result.append(piece)
    return tuple(result)
