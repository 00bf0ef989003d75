"""`python -m training.ranking`: fit what candidates for the context are worth, and write ranking.json.

Places are drawn in projects none of which is reported (`training/ranking/projects.py`). A name is needed if
what was taken out at its place has it; a piece of code is worth the bits that it spares the ruler of
bench/context_quality there, measured in the projects of the corpus. Takes about half an hour on one core;
what was measured in a project is kept in the folder --examples, so that a broken run goes on.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.context_quality.__main__ import background_of
from bench.context_quality.kibitz import Kibitz
from bench.context_quality.measures import AFTER_CHARACTERS, BEFORE_CHARACTERS
from bench.context_quality.ngram import Background, bits
from bench.context_quality.places import Place, draw
from bench.context_quality.project import IDENTIFIER, Project
from lsp_server.context import expected as names_known
from lsp_server.context import learned, pieces
from lsp_server.context.expected import expected_names
from lsp_server.context.owners import touched_owners
from lsp_server.context.pieces import Found, found_pieces
from lsp_server.context.place import place_of
from lsp_server.context.reading import read_windows
from lsp_server.context.similar import similar_windows
from training.places import WORK
from training.ranking.network import fitted
from training.ranking.projects import of_corpus, pinned

Floats = NDArray[np.floating]
Examples = dict[str, Floats]
Network = Mapping[str, Any]  # as `learned` reads it
NO_NAMES = np.zeros((0, len(names_known.FEATURES)), np.float32)

BITS_MIN, BITS_MAX = -5.0, 50.0  # beyond, a copy is a copy
BEST_PIECES, OTHER_PIECES = 6, 20  # measured per place: the first found, and some of the rest
PLACES_SEED = 1  # not the places that the bench draws in a project


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.ranking", description=__doc__)
    parser.add_argument("--places", type=int, default=400, help="per project under [context_fit]")
    parser.add_argument("--corpus-places", type=int, default=100, help="per project of the corpus")
    parser.add_argument(
        "--examples", type=Path, default=WORK / "ranking", help="folder; what is there is kept"
    )
    parser.add_argument("--out", type=Path, default=learned.FILE)
    asked = parser.parse_args()
    asked.examples.mkdir(parents=True, exist_ok=True)
    names_fit = _of_names(asked)
    known = learned.network_of(names_fit)
    parts = [
        _kept(
            asked.examples, f"pieces of {name}", partial(of_pieces, name, project, asked.corpus_places, known)
        )
        for name, project in of_corpus()
    ]
    x, y = (np.concatenate([it[key] for it in parts]).astype(np.float64) for key in ("pieces", "spared"))
    print(f"pieces: {len(y):,}, {y.mean():.1f} bits spared on average", flush=True)
    pieces_fit = fitted(
        x, np.clip(y, BITS_MIN, BITS_MAX),
        names=pieces.FEATURES, loss="worth", units=8, networks=3, rounds=20, batch=512,
    )  # fmt: skip
    asked.out.write_text(json.dumps({"names": names_fit, "pieces": pieces_fit}) + "\n", "utf-8")
    print(f"wrote {asked.out}")


def _of_names(asked: argparse.Namespace) -> Network:
    kept = asked.examples / "names.json"
    if kept.exists():
        known: Network = json.loads(kept.read_text("utf-8"))
        return known
    parts = [
        _kept(asked.examples, f"names of {name}", partial(of_names, project, places))
        for projects, places in ((pinned(), asked.places), (of_corpus(), asked.corpus_places))
        for name, project in projects
    ]
    x, y = (np.concatenate([it[key] for it in parts]).astype(np.float64) for key in ("names", "needed"))
    print(f"names: {len(y):,} candidates, {int(y.sum()):,} of them needed", flush=True)
    found = fitted(
        x, y, names=names_known.FEATURES, loss="chance", units=16, networks=3, rounds=10, batch=2_048
    )
    kept.write_text(json.dumps(found), "utf-8")
    return found


def _kept(folder: Path, name: str, measured: Callable[[], Examples]) -> Examples:
    path = folder / f"{name.replace('/', '__')}.npz"
    if not path.exists():
        found = measured()
        begun = path.with_suffix(".begun.npz")
        np.savez(begun, **found)
        begun.replace(path)
    with np.load(path) as known:
        print(f"{name}: {max(len(it) for it in known.values()):,}", flush=True)
        return dict(known)


def of_names(project: Project, places: int) -> Examples:
    """Rows of features, `names`, and whether each was `needed`."""
    kibitz = Kibitz(project)
    read = [(place, _read(kibitz, place)[2]) for place in draw(project, places, PLACES_SEED)]
    return {
        "names": np.concatenate([NO_NAMES, *(it.features for _, it in read)]),
        "needed": np.concatenate(
            [np.zeros(0, np.float32), *(_needed(place, it.names) for place, it in read)]
        ),
    }


def of_pieces(name: str, project: Project, places: int, known: learned.Network) -> Examples:
    """Rows of features, `pieces`, and the bits that each `spared`; *known* says how likely names are."""
    kibitz = Kibitz(project)
    background = background_of(project.language, but=name)
    rng = np.random.default_rng(0)
    rows: list[Floats] = []
    spared: list[float] = []
    for place in draw(project, places, PLACES_SEED):
        here, windows, expected = _read(kibitz, place)
        found = found_pieces(here, windows, expected, known.probabilities(expected.features))
        for number, worth in _measured(place, found, background, rng):
            rows.append(found.features[number])
            spared.append(worth)
    return {
        "pieces": np.array(rows, np.float32).reshape(-1, len(pieces.FEATURES)),
        "spared": np.array(spared, np.float32),
    }


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
