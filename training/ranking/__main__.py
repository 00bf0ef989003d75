"""`python -m training.ranking`: fit what candidates for the context are worth, and write ranking.json.

Places are drawn in projects none of which is reported (`training/ranking/projects.py`). A name is needed if
what was taken out at its place has it; a piece of code is worth the bits that it spares the ruler of
bench/context_quality there, measured in the projects of the corpus. Takes about half an hour on one core;
--examples keeps what was measured, and fits it again.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.context_quality.__main__ import background_of
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
from training.ranking.projects import of_corpus, pinned

Floats = NDArray[np.floating]

BITS_MIN, BITS_MAX = -5.0, 50.0  # beyond, a copy is a copy
BEST_PIECES, OTHER_PIECES = 6, 20  # measured per place: the first found, and some of the rest
PLACES_SEED = 1  # not the places that the bench draws in a project


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.ranking", description=__doc__)
    parser.add_argument("--places", type=int, default=400, help="per project under [context_fit]")
    parser.add_argument("--corpus-places", type=int, default=100, help="per project of the corpus")
    parser.add_argument("--examples", type=Path, metavar="NPZ", help="write them there, or read them")
    parser.add_argument("--out", type=Path, default=learned.FILE)
    asked = parser.parse_args()
    if asked.examples and asked.examples.exists():
        found = dict(np.load(asked.examples))
    else:
        found = examples(asked.places, asked.corpus_places)
        if asked.examples:
            np.savez(asked.examples, **found)
    x, y = found["names"].astype(np.float64), found["needed"].astype(np.float64)
    print(f"names: {len(y):,} candidates, {int(y.sum()):,} of them needed", flush=True)
    names_fit = fitted(
        x, y, names=names_known.FEATURES, loss="chance", units=16, networks=3, rounds=10, batch=2_048
    )
    x, y = found["pieces"].astype(np.float64), found["spared"].astype(np.float64)
    print(f"pieces: {len(y):,}, {y.mean():.1f} bits spared on average", flush=True)
    pieces_fit = fitted(
        x, np.clip(y, BITS_MIN, BITS_MAX),
        names=pieces.FEATURES, loss="worth", units=8, networks=3, rounds=20, batch=512,
    )  # fmt: skip
    asked.out.write_text(json.dumps({"names": names_fit, "pieces": pieces_fit}) + "\n", "utf-8")
    print(f"wrote {asked.out}")


def examples(places: int, corpus_places: int) -> dict[str, Floats]:
    """Rows of features: `names` and whether each was `needed`, `pieces` and the bits each `spared`."""
    names: list[Floats] = []
    needed: list[Floats] = []
    rows: list[Floats] = []
    spared: list[float] = []
    for name, project in pinned():
        kibitz = Kibitz(project)
        for place in draw(project, places, PLACES_SEED):
            expected = _read(kibitz, place)[2]
            names.append(expected.features)
            needed.append(_needed(place, expected.names))
        print(f"{name}: {len(names):,} places so far", flush=True)
    for name, project in of_corpus():
        kibitz = Kibitz(project)
        background = background_of(project.language, but=name)
        rng = np.random.default_rng(0)
        for place in draw(project, corpus_places, PLACES_SEED):
            here, windows, expected = _read(kibitz, place)
            names.append(expected.features)
            needed.append(_needed(place, expected.names))
            # How likely a name is, as the network that is there already sees it, tells pieces apart.
            likely = learned.fitted("names", names_known.FEATURES).probabilities(expected.features)
            found = found_pieces(here, windows, expected, likely)
            for number, worth in _measured(place, found, background, rng):
                rows.append(found.features[number])
                spared.append(worth)
        print(f"{name}: {len(names):,} places, {len(rows):,} pieces so far", flush=True)
    return {
        "names": np.concatenate(names), "needed": np.concatenate(needed),
        "pieces": np.array(rows, np.float32), "spared": np.array(spared, np.float32),
    }  # fmt: skip


def _needed(place: Place, names: Sequence[str]) -> Floats:
    taken = set(IDENTIFIER.findall(place.taken))
    return np.array([it in taken for it in names], np.float32)


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
