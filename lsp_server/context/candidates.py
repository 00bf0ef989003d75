"""Everything that could be shown at one place, each with what it is worth."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lsp_server.context.choose import Candidate, Candidates
from lsp_server.context.expected import FEATURES as NAME_FEATURES
from lsp_server.context.expected import Expected, expected_names
from lsp_server.context.learned import Floats, fitted
from lsp_server.context.owners import touched_owners
from lsp_server.context.pieces import FEATURES as PIECE_FEATURES
from lsp_server.context.pieces import Found, Piece, found_pieces
from lsp_server.context.place import Place
from lsp_server.context.reading import Reading, read_windows
from lsp_server.context.signatures import comment_of
from lsp_server.context.similar import similar_windows
from lsp_server.index.numbers import Ints
from lsp_server.index.packed import KINDS
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition

# Set by hand after some thirty tries on the projects the networks are fitted on, 30 places each: noisy.
DEFINITION = 1.0  # a signature that is needed
NEW_NAME = 10.0  # a needed name that the document does not have
KNOWN_NAME = 0.1  # and one that it has
CALLED = 0.5  # how likely the signature of a function being called is needed, at least
BIT = 0.15  # a bit that a piece of similar code spares
EDITED = 3.0  # bits that lines edited lately spare beside that
FILLING = 1e-5  # a character of code nearly as similar as the most similar: where there is room, it is shown
FILLING_MIN = 0.5  # of the best score, that such code has at least
SIGNATURES_MAX = 160
NAME_WORTH_MIN = 0.002  # names that are worth less are not told apart
AMONG_ITEMS = 0.1  # how likely, where an item may begin, a macro is that every file uses
BEGUN = 6.0  # how much likelier a name is that begins with what is typed
_FILE_LINES_MAX = 1 << 40
_MACRO = KINDS.index("macro")


class _Signatures(NamedTuple):
    """The definitions whose signatures may be shown, likeliest first."""

    rows: Sequence[int]  # of their names, in what is expected
    definitions: Sequence[Definition]
    worths: Floats
    texts: Sequence[str]


def candidates_at(snapshot: Snapshot, place: Place, is_hidden: Callable[[str], bool]) -> Candidates:
    reading = read_windows(snapshot, place, similar_windows(snapshot, place, is_hidden))
    owners = touched_owners(snapshot, place)
    expected = expected_names(snapshot, place, reading, owners, is_hidden)
    likely = _likely(place, expected)
    worths = likely * np.where(expected.is_new, NEW_NAME, KNOWN_NAME).astype(np.float32)
    telling = np.flatnonzero(worths >= NAME_WORTH_MIN)
    numbers = np.full(len(worths), -1)  # of the names, among those that tell
    numbers[telling] = np.arange(len(telling))
    signatures = _signatures(place, expected, likely)
    found = found_pieces(place, reading, expected, likely)
    names, names_of = _shown(
        signatures, found, numbers, len(telling), _numbers_read(reading, expected, numbers)
    )
    count = len(signatures.definitions)

    def made(number: int) -> Candidate:
        if number >= count:
            piece, window = found.pieces[number - count], found.windows[number - count]
            return Candidate(piece.path, piece.first_line, piece.last_line, piece.text, window.reason)
        it, owner = signatures.definitions[number], expected.owner[signatures.rows[number]]
        last_line = it.name_line + it.signature.count("\n")
        reason = partial(_reason, place, it, owner)
        return Candidate(it.path, it.name_line, last_line, signatures.texts[number], reason, it)

    return Candidates(
        paths=[*(it.path for it in signatures.definitions), *(it.path for it in found.pieces)],
        texts=[*signatures.texts, *(it.text for it in found.pieces)],
        signatures=count,
        values=np.concatenate([np.zeros(count), _values(place, found)]),
        names=names,
        names_of=names_of,
        lines=[it.lines for it in found.pieces],
        name_worths=np.concatenate([worths[telling], DEFINITION * signatures.worths]),
        make=made,
    )


def _signatures(place: Place, expected: Expected, likely: Floats) -> _Signatures:
    order = np.argsort(-likely, kind="stable")
    order = order[expected.meant.is_there[order]].tolist()
    rows = order[:SIGNATURES_MAX]
    if place.called:
        rows += [it for it in order[SIGNATURES_MAX:] if expected.names[it] in place.called]
    definitions = expected.meant.of(rows)
    worths = likely[rows]
    texts = [it.signature for it in definitions]
    for number, it in enumerate(definitions):
        if it.name in place.called:
            worths[number] = max(worths[number], CALLED)
        if it.name in place.line_names and it.doc:
            texts[number] += f"\n    {comment_of(it)}"
    return _Signatures(rows, definitions, worths, texts)


def _numbers_read(reading: Reading, expected: Expected, numbers: Ints) -> Ints:
    """Of each name that was read, its number among the *numbers*, or -1."""
    similar = expected.similar
    found = np.full(len(reading.number), -1)
    found[similar[similar >= 0]] = numbers[similar >= 0]
    return found


def _shown(
    signatures: _Signatures, found: Found, numbers: Ints, telling: int, numbers_read: Ints
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Each name that each candidate shows and the candidate's number, by candidate, then by name.

    A definition counts as a name behind the *telling* ones: a piece that holds its line shows it, too.
    """
    count = len(signatures.definitions)
    own = telling + np.arange(count)
    of_signatures = numbers[signatures.rows]
    of_pieces = numbers_read[found.names]
    line, piece = _lines_in_pieces(signatures.definitions, found)
    names = np.concatenate([own, of_signatures, of_pieces, own[line]])
    of = np.concatenate([np.arange(count), np.arange(count), count + found.names_of, count + piece])
    size = telling + count + 1
    # Parts of it are in order already: a stable sort takes a third of the time.
    of, names = np.divmod(np.sort((of * size + names)[names >= 0], kind="stable"), size)
    return names, of


def _lines_in_pieces(
    definitions: Sequence[Definition], found: Found
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(definition, piece) for each piece that holds the line of a definition's name."""
    number: dict[str, int] = {}
    path = np.array([number.setdefault(it.path, len(number)) for it in found.windows], np.intp)
    path_of = np.array([number.get(it.path, -1) for it in definitions], np.intp)
    near = np.flatnonzero(path_of >= 0)
    line = np.array([definitions[it].name_line for it in near.tolist()], np.intp)
    first = np.array([it.first_line for it in found.pieces], np.intp)
    last = np.array([it.last_line for it in found.pieces], np.intp)
    # No line is in two pieces, so it can only be in the last that begins no later.
    begins = path * _FILE_LINES_MAX + first
    order = np.argsort(begins)
    piece = order[np.searchsorted(begins, path_of[near] * _FILE_LINES_MAX + line, "right", order) - 1]
    is_in = (path_of[near] == path[piece]) & (first[piece] <= line) & (line <= last[piece])
    return near[is_in], piece[is_in]


def _values(place: Place, found: Found) -> NDArray[np.float64]:
    """What each piece is worth on its own."""
    if not found.pieces:
        return np.zeros(0)
    bits = fitted("pieces", PIECE_FEATURES).values(found.features).astype(np.float64)
    scores, favours = np.array([(it.score, it.favour) for it in found.windows]).T
    shares = scores / found.windows[0].score
    filling = FILLING * np.array([len(it.text) for it in found.pieces]) * shares
    edited = [
        _edited_bits(place, piece) if window.is_edited else 0.0
        for piece, window in zip(found.pieces, found.windows, strict=True)
    ]
    values: NDArray[np.float64] = BIT * (favours * np.maximum(0.0, bits) + edited)
    return values + np.where(shares >= FILLING_MIN, filling, 0.0)


def _edited_bits(place: Place, piece: Piece) -> float:
    is_edited = any(
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
    if place.is_among_items:
        of_macro = _used_by(expected) * (expected.meant.kinds() == _MACRO)
        likely = np.maximum(likely, AMONG_ITEMS * of_macro)
    return likely


def _used_by(expected: Expected) -> Floats:
    """The share of the repository's files that use each name."""
    shares: Floats = np.minimum(1, 1 / np.expm1(expected.features[:, NAME_FEATURES.index("rarity")]))
    return shares


def _reason(place: Place, definition: Definition, owner: str) -> str:
    """For a person."""
    shown = _called(definition)
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


def _called(definition: Definition) -> str:
    brackets = "()" if definition.kind in ("function", "method", "macro") else ""
    owner = definition.owner.rpartition(".")[2]
    return f"{owner}.{definition.name}{brackets}" if owner else definition.name + brackets
