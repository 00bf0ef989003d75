"""Code like the code around the cursor: BM25 over windows of whole lines, of other files and of what the
prompt does not show of its own.

Beside it what was edited lately, like or not; what belongs to the file or is being worked on counts more.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lsp_server.context.place import Place
from lsp_server.index.file import IndexedFile
from lsp_server.index.hits import Hits, hits_of
from lsp_server.index.snapshot import Snapshot

QUERY_NAMES_MAX = 48
FOUND_MAX = 200
KEPT_MAX = 32
PER_FILE_MAX = 12
OWN_MAX = 8  # of the document itself
NAMES_TOLD = 3
WEAK = 0.1  # of the best score: below it, windows share a common word or two
# Set by hand.
SAME_FOLDER = 1.1
COUNTERPART = 1.2  # the test of this file, or what it tests
RECENT, RECENT_FALL = 0.2, 0.7  # more for the file used last, and less for each before it
EDITED = 0.5  # of the best score, that what was edited last has at least; less for what was edited before
EDITED_FALL = 0.8


class Window(NamedTuple):
    """Some lines of a file. Its text is unpacked only when it is asked for."""

    file: IndexedFile
    number: int
    score: float
    query: Mapping[str, float]  # the names that found it
    about: str = ""  # what else speaks for it, for a person
    is_edited: bool = False  # lately
    favour: float = 1.0  # what its file's being used lately multiplied the score by

    @property
    def path(self) -> str:
        return self.file.path

    def reason(self) -> str:
        """For a person."""
        query = self.query
        common = sorted(query.keys() & self.file.names_in(self.number), key=lambda it: (-query[it], it))
        if self.is_edited and not common:
            return self.about
        more = f" and {len(common) - NAMES_TOLD} more names" if len(common) > NAMES_TOLD else ""
        shares = f"shares {', '.join(common[:NAMES_TOLD])}{more}"
        return f"{self.about}; {shares}" if self.about else f"similar code: {shares}"


def similar_windows(snapshot: Snapshot, place: Place, is_hidden: Callable[[str], bool]) -> list[Window]:
    """The most similar windows of other files, best first, at most PER_FILE_MAX of one file; then the most
    similar ones of the document itself that its prompt does not show."""
    weightiest = sorted([(weight, name) for name, weight in place.weights.items()], reverse=True)
    query = {name: weight for weight, name in weightiest[:QUERY_NAMES_MAX]}
    used = place.recent.rank.items()
    recent = {path: 1 + RECENT * RECENT_FALL**rank for path, rank in used if path != place.path}
    favoured = recent | {path: COUNTERPART * recent.get(path, 1.0) for path in place.counterparts}
    own = _out_of_sight(snapshot, place)
    limit, exclude = (2 * FOUND_MAX, ()) if own.any() else (FOUND_MAX, (place.path,))
    hits = snapshot.search(query, limit=limit, exclude=exclude, favoured=favoured)
    beside = frozenset(snapshot.modules.in_folder(place.folder))
    factors = np.array([SAME_FOLDER if it in beside else 1.0 for it in hits.paths])
    hits = hits._replace(scores=hits.scores * factors[hits.files] if len(factors) else hits.scores)
    is_own = hits.files == (hits.paths.index(place.path) if place.path in hits.paths else -1)
    own_hits, hits = hits.at(is_own), hits.at(~is_own)
    own_hits = own_hits.at(own[own_hits.numbers])
    best = float(max(hits.scores.max(initial=0.0), own_hits.scores.max(initial=0.0))) or 1.0
    edited = _edited(snapshot, place)
    hits = _with_edited(hits, {it: best * EDITED * EDITED_FALL**rank for rank, it in enumerate(edited)})

    def windows(found: Hits, most: int) -> list[Window]:
        found = found.at(found.scores >= WEAK * best).best_first()
        kept: list[Window] = []
        taken: dict[int, int] = {}
        for of, number, score in zip(*(it.tolist() for it in found[1:]), strict=True):
            path, of_file = found.paths[of], taken.get(of, 0)
            if len(kept) >= most:
                break
            file = None if of_file >= PER_FILE_MAX or is_hidden(path) else snapshot.file(path)
            if file is not None:
                taken[of] = of_file + 1
                is_edited = (path, number) in edited
                about, favour = _about(place, path, is_edited), recent.get(path, 1.0)
                kept.append(Window(file, number, score, query, about, is_edited, favour))
        return kept

    return windows(hits, KEPT_MAX) + windows(own_hits, OWN_MAX)


def _out_of_sight(snapshot: Snapshot, place: Place) -> NDArray[np.bool_]:
    """Which of the document's windows its prompt shows nothing of."""
    file = snapshot.file(place.path)
    if file is None:
        return np.zeros(0, bool)
    first, last = place.visible
    is_hidden: NDArray[np.bool_] = (file.windows[:, 1] < first) | (file.windows[:, 0] > last)
    return is_hidden


def _with_edited(hits: Hits, scores: Mapping[tuple[str, int], float]) -> Hits:
    """With each of these windows at its score, where it has no higher one."""
    if not scores:
        return hits
    known = {(path, number): score for path, number, score in hits.rows()}
    return hits_of(known | {it: max(known.get(it, 0.0), score) for it, score in scores.items()})


def _edited(snapshot: Snapshot, place: Place) -> dict[tuple[str, int], None]:
    """(path, number) of the windows of other files that hold the lines edited lately, newest first."""
    found: dict[tuple[str, int], None] = {}
    for region in place.recent.edited:
        file = snapshot.file(region.path) if region.path != place.path else None
        if file is not None:
            first, last = file.windows[:, 0], file.windows[:, 1]
            overlapping = np.flatnonzero((first <= region.last_line) & (last >= region.first_line))
            found |= {(region.path, it): None for it in overlapping.tolist()}
    return found


def _about(place: Place, path: str, is_edited: bool) -> str:  # noqa: FBT001
    if path == place.path:
        return "further away in this file"
    if is_edited:
        return "edited lately"
    if path in place.counterparts:
        return "of the file that this one tests" if place.is_test else "of the test of this file"
    return "of a file used lately" if path in place.recent.rank else ""
