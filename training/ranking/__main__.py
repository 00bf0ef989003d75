"""`python -m training.ranking`: fit what candidates for the context are worth, and write ranking.json.

Places are drawn in the projects under [context_fit] in bench/sources.toml, none of which is reported. A name
is needed if what was taken out at its place has it; a piece of code is worth the bits that it spares the
ruler of bench/context_quality there. Takes about ten minutes on one core for forty places per project.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.context_quality.__main__ import FIT, background_of, opened, pins
from bench.context_quality.kibitz import Kibitz
from bench.context_quality.measures import AFTER_CHARACTERS, BEFORE_CHARACTERS
from bench.context_quality.ngram import Background, bits
from bench.context_quality.places import Place, draw
from bench.context_quality.project import IDENTIFIER
from lsp_server.context import expected as names_known
from lsp_server.context import learned, pieces
from lsp_server.context.expected import expected_names
from lsp_server.context.owners import touched_owners
from lsp_server.context.pieces import Found, found_pieces
from lsp_server.context.place import place_of
from lsp_server.context.reading import read_windows
from lsp_server.context.similar import similar_windows
from training.ranking.network import fitted

Floats = NDArray[np.float64]

BITS_MIN, BITS_MAX = -5.0, 50.0  # beyond, a copy is a copy
BEST_PIECES, OTHER_PIECES = 6, 20  # measured per place: the first found, and some of the rest
PLACES_SEED = 1  # not the places that the bench draws in a project


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.ranking", description=__doc__)
    parser.add_argument("--places", type=int, default=40, help="per project")
    parser.add_argument("--projects", nargs="+", choices=list(pins(FIT)), default=_measurable())
    parser.add_argument("--names-only", action="store_true", help="keep what pieces are worth as it is")
    parser.add_argument("--out", type=Path, default=learned.FILE)
    asked = parser.parse_args()
    fits = {name: _places(name, asked.places) for name in asked.projects}
    names_fit = _names_network(list(fits.values()))
    if asked.names_only:
        kept = json.loads(asked.out.read_text("utf-8"))["pieces"]
        asked.out.write_text(json.dumps({"names": names_fit, "pieces": kept}) + "\n", "utf-8")
        return
    known = learned.network_of(names_fit)
    examples = [_piece_examples(name, *fits[name], known) for name in asked.projects]
    pieces_fit = fitted(
        np.concatenate([it[0] for it in examples]), np.concatenate([it[1] for it in examples]),
        names=pieces.FEATURES, loss="worth", units=8, networks=3, rounds=25, batch=128,
    )  # fmt: skip
    asked.out.write_text(json.dumps({"names": names_fit, "pieces": pieces_fit}) + "\n", "utf-8")
    print(f"wrote {asked.out}")


def _measurable() -> list[str]:
    """The projects whose language has another one, which the byte model of the ruler is made of."""
    languages = [pin["language"] for pin in pins(FIT).values()]
    return [name for name, pin in pins(FIT).items() if languages.count(pin["language"]) > 1]


def _places(name: str, count: int) -> tuple[Kibitz, list[Place]]:
    project = opened(name)
    return Kibitz(project), draw(project, count, PLACES_SEED)


def _names_network(fits: Sequence[tuple[Kibitz, list[Place]]]) -> dict[str, object]:
    rows, targets = [], []
    for kibitz, places in fits:
        for place in places:
            expected = _read(kibitz, place)[2]
            taken = set(IDENTIFIER.findall(place.taken))
            rows.append(expected.features)
            targets.append(np.array([it in taken for it in expected.names], np.float64))
    x, y = np.concatenate(rows).astype(np.float64), np.concatenate(targets)
    print(f"names: {len(y):,} candidates, {int(y.sum()):,} of them needed", flush=True)
    return dict(
        fitted(x, y, names=names_known.FEATURES, loss="chance", units=16, networks=3, rounds=40, batch=1_024)
    )


def _piece_examples(
    name: str, kibitz: Kibitz, places: Sequence[Place], known: learned.Network
) -> tuple[Floats, Floats]:
    background = background_of(pins(FIT)[name]["language"], but=name)
    rng = np.random.default_rng(0)
    rows, targets = [], []
    for place in places:
        here, windows, expected = _read(kibitz, place)
        likely = known.probabilities(expected.features)
        found = found_pieces(here, windows, expected, likely)
        for number, spared in _measured(place, found, background, rng):
            rows.append(found.features[number])
            targets.append(min(BITS_MAX, max(BITS_MIN, spared)))
    print(f"{name}: {len(targets):,} pieces, {np.mean(targets):.1f} bits spared on average", flush=True)
    return np.array(rows, np.float64), np.array(targets, np.float64)


def _read(kibitz: Kibitz, place: Place):
    kibitz.prepare(place)
    snapshot, document = kibitz.seen, kibitz.document
    here = place_of(snapshot, document, place.offset)
    windows = read_windows(snapshot, here, similar_windows(snapshot, here, _none_hidden))
    owners = touched_owners(snapshot, here)
    return here, windows, expected_names(snapshot, here, windows, owners, _none_hidden)


def _measured(
    place: Place, found: Found, background: Background, rng: np.random.Generator
) -> Iterator[tuple[int, float]]:
    before, after = place.before[-BEFORE_CHARACTERS:], place.after[:AFTER_CHARACTERS]
    prior = background.of(before.encode("utf-8", "replace"), place.taken.encode("utf-8", "replace"))
    without = bits(f"\n{after}\n{before}", before, place.taken, prior)
    count = len(found.pieces)
    others = rng.permutation(np.arange(min(BEST_PIECES, count), count))[:OTHER_PIECES]
    for number in [*range(min(BEST_PIECES, count)), *others.tolist()]:
        piece = found.pieces[number]
        read = f"# {piece.path}\n{piece.text}\n{after}\n{before}"
        yield number, without - bits(read, before, place.taken, prior)


def _none_hidden(path: str) -> bool:
    return False


if __name__ == "__main__":
    main()
