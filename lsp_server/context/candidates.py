"""Everything that could be shown at one place, each with what it is worth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from lsp_server.context.choose import Candidate
from lsp_server.context.expected import FEATURES as NAME_FEATURES
from lsp_server.context.expected import Expected, expected_names
from lsp_server.context.learned import Floats, fitted
from lsp_server.context.owners import touched_owners
from lsp_server.context.pieces import FEATURES as PIECE_FEATURES
from lsp_server.context.pieces import Found, Piece, found_pieces
from lsp_server.context.place import Place
from lsp_server.context.reading import Reading, read_windows
from lsp_server.context.signatures import comment_of
from lsp_server.context.similar import Window, similar_windows
from lsp_server.index.numbers import Ints
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition

# Set by hand after some thirty tries on the projects the networks are fitted on, 30 places each: noisy.
DEFINITION = 1.0  # a signature that is needed
NEW_NAME = 11.0  # a needed name that the document does not have
KNOWN_NAME = 0.1  # and one that it has
CALLED = 0.5  # how likely the signature of a function being called is needed, at least
BIT = 0.2  # a bit that a piece of similar code spares
EDITED = 3.0  # bits that lines edited lately spare beside that
FILLING = 1e-5  # a character of code nearly as similar as the most similar: where there is room, it is shown
FILLING_MIN = 0.5  # of the best score, that such code has at least
SIGNATURES_MAX = 240
NAME_WORTH_MIN = 0.002  # names that are worth less are not told apart
BEGUN = 6.0  # how much likelier a name is that begins with what is typed


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    candidates: Sequence[Candidate]
    name_worths: Floats
    definitions: Sequence[Definition | None]  # per candidate; None for a piece of code


def candidates_at(snapshot: Snapshot, place: Place, is_hidden: Callable[[str], bool]) -> Candidates:
    reading = read_windows(snapshot, place, similar_windows(snapshot, place, is_hidden))
    owners = touched_owners(snapshot, place)
    expected = expected_names(snapshot, place, reading, owners, is_hidden)
    likely = _likely(place, expected)
    worths = likely * np.where(expected.is_new, NEW_NAME, KNOWN_NAME).astype(np.float32)
    telling = np.flatnonzero(worths >= NAME_WORTH_MIN)
    numbers = np.full(len(worths), -1)  # of the names, among those that tell
    numbers[telling] = np.arange(len(telling))
    order = np.argsort(-likely, kind="stable")
    order = order[expected.meant.is_there[order]].tolist()
    wanted = order[:SIGNATURES_MAX]
    wanted += [it for it in order[SIGNATURES_MAX:] if expected.names[it] in place.called]
    candidates: list[Candidate] = []
    definitions = expected.meant.of(wanted)
    worth_of_definition = likely[wanted]
    lines: dict[str, list[tuple[int, int]]] = {}  # path → (line, number of the definition's worth)
    for number, (it, of_name, definition) in enumerate(
        zip(wanted, numbers[wanted].tolist(), definitions, strict=True)
    ):
        if expected.names[it] in place.called:
            worth_of_definition[number] = max(worth_of_definition[number], CALLED)
        own = len(telling) + number
        lines.setdefault(definition.path, []).append((definition.name_line, own))
        shows = [own] if of_name < 0 else [own, of_name]
        candidates.append(_signature(place, definition, expected.owner[it], shows))
    found = found_pieces(place, reading, expected, likely)
    if found.pieces:
        bits = fitted("pieces", PIECE_FEATURES).values(found.features)
        best = reading.windows[0].score
        shown = _shown_names(found, reading, expected.similar, numbers)
        for piece, window, spared, names in zip(
            found.pieces, found.windows, bits.tolist(), shown, strict=True
        ):
            share = window.score / best
            names += [
                number
                for line, number in lines.get(piece.path, ())
                if piece.first_line <= line <= piece.last_line
            ]
            candidates.append(
                Candidate(
                    path=piece.path, first_line=piece.first_line, last_line=piece.last_line, text=piece.text,
                    value=BIT * (window.favour * max(0.0, spared) + _edited_bits(place, piece, window))
                    + (FILLING * len(piece.text) * share if share >= FILLING_MIN else 0.0),
                    names=names, reason=window.reason, is_signature=False, lines=piece.lines,
                )
            )  # fmt: skip
    all_worths = np.concatenate([worths[telling], DEFINITION * worth_of_definition])
    return Candidates(candidates, all_worths, [*definitions, *(None for _ in found.pieces)])


def _shown_names(found: Found, reading: Reading, similar: Ints, numbers: Ints) -> list[list[int]]:
    """Of each piece, those of the *numbers* whose names it holds, ascending."""
    number_of = np.full(len(reading.number), -1)
    number_of[similar[similar >= 0]] = numbers[similar >= 0]
    shown = number_of[found.names]
    is_telling = shown >= 0
    shown, of = shown[is_telling], found.names_of[is_telling]
    ordered = shown[np.lexsort((shown, of))].tolist()
    bounds = np.searchsorted(of, np.arange(len(found.pieces) + 1)).tolist()
    return [ordered[a:b] for a, b in pairwise(bounds)]


def _edited_bits(place: Place, piece: Piece, window: Window) -> float:
    is_edited = window.is_edited and any(
        it.path == piece.path and it.first_line <= piece.last_line and piece.first_line <= it.last_line
        for it in place.recent.edited
    )
    return EDITED if is_edited else 0.0


def _likely(place: Place, expected: Expected) -> Floats:
    if not expected.names:
        return np.zeros(0, np.float32)
    likely = fitted("names", NAME_FEATURES).probabilities(expected.features)
    if place.typed:
        begun = np.array([it.startswith(place.typed) for it in expected.names], bool)
        likely = np.where(begun, np.minimum(0.95, BEGUN * likely), likely)
    return likely


def _signature(place: Place, definition: Definition, owner: str, shows: Sequence[int]) -> Candidate:
    text = definition.signature
    if definition.name in place.line_names and definition.doc:
        text = f"{text}\n    {comment_of(definition)}"
    line, reason = definition.name_line, partial(_reason, place, definition, owner)
    last_line = line + definition.signature.count("\n")
    return Candidate(definition.path, line, last_line, text, 0.0, shows, reason, is_signature=True)


def _reason(place: Place, definition: Definition, owner: str) -> str:
    """For a person."""
    shown = _shown(definition)
    if definition.name in place.line_names:
        return f"signature of {shown}, used on this line"
    if owner in place.counterparts:
        return f"{shown} is part of {owner}, which this file tests"
    if owner:
        return f"{shown} is part of {owner}, which is used here"
    if definition.name in place.imported:
        return f"signature of {shown}, imported by this file"
    if definition.name in place.weights:
        return f"signature of {shown}, used near the cursor"
    if definition.name in place.known:
        return f"signature of {shown}, used in this file"
    return f"signature of {shown}, used in similar code"


def _shown(definition: Definition) -> str:
    brackets = "()" if definition.kind in ("function", "method", "macro") else ""
    owner = definition.owner.rpartition(".")[2]
    return f"{owner}.{definition.name}{brackets}" if owner else definition.name + brackets
