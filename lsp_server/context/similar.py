"""Code like the code around the cursor: BM25 over windows of whole lines, of other files and of what the
prompt does not show of its own.

Beside it what was edited lately, like or not; what belongs to the file or is being worked on counts more.
"""

import heapq
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from lsp_server.context.place import Place
from lsp_server.index.file import IndexedFile
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
    query = dict(heapq.nlargest(QUERY_NAMES_MAX, place.weights.items(), key=lambda it: (it[1], it[0])))
    used = place.recent.rank.items()
    recent = {path: 1 + RECENT * RECENT_FALL**rank for path, rank in used if path != place.path}
    favoured = recent | {path: COUNTERPART * recent.get(path, 1.0) for path in place.counterparts}
    own = _out_of_sight(snapshot, place)
    limit, exclude = (2 * FOUND_MAX, ()) if own else (FOUND_MAX, (place.path,))
    found = snapshot.search(query, limit=limit, exclude=exclude, favoured=favoured)
    found = [it for it in found if it[0] != place.path or it[1] in own]
    beside = frozenset(snapshot.modules.in_folder(place.folder))
    scores = {
        (path, number): score * (SAME_FOLDER if path in beside else 1.0) for path, number, score in found
    }
    best = max(scores.values(), default=1.0)
    edited = _edited(snapshot, place)
    for rank, it in enumerate(edited):
        scores[it] = max(scores.get(it, 0.0), best * EDITED * EDITED_FALL**rank)
    windows: list[Window] = []
    own_windows: list[Window] = []
    taken: dict[str, int] = {}
    for lower, (path, number) in sorted([(-score, it) for it, score in scores.items()]):
        score = -lower
        if score < WEAK * best:
            break
        kept, most = (own_windows, OWN_MAX) if path == place.path else (windows, KEPT_MAX)
        if len(kept) >= most or taken.get(path, 0) >= PER_FILE_MAX or is_hidden(path):
            continue
        file = snapshot.file(path)
        if file is None:
            continue
        taken[path] = taken.get(path, 0) + 1
        is_edited = (path, number) in edited
        about, favour = _about(place, path, is_edited), recent.get(path, 1.0)
        kept.append(Window(file, number, score, query, about, is_edited, favour))
    return windows + own_windows


def _out_of_sight(snapshot: Snapshot, place: Place) -> frozenset[int]:
    """The numbers of the document's windows of which its prompt shows nothing."""
    file = snapshot.file(place.path)
    if file is None:
        return frozenset()
    first, last = place.visible
    is_hidden = (file.windows[:, 1] < first) | (file.windows[:, 0] > last)
    return frozenset(np.flatnonzero(is_hidden).tolist())


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
