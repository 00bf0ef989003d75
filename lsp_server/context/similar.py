"""Code like the code around the cursor, from other files: BM25 over windows of whole lines."""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lsp_server.context.place import Place
from lsp_server.index.file import IndexedFile
from lsp_server.index.snapshot import Snapshot

QUERY_NAMES_MAX = 48
FOUND_MAX = 160
KEPT_MAX = 24
PER_FILE_MAX = 3
NAMES_TOLD = 3
WEAK = 0.1  # of the best score: below it, windows share a common word or two
SAME_FOLDER = 1.1  # set by hand


@dataclass(frozen=True, eq=False)
class Window:
    """Some lines of another file. Its text is unpacked only when it is asked for."""

    file: IndexedFile
    number: int
    score: float
    query: Mapping[str, float]  # the names that found it

    @property
    def path(self) -> str:
        return self.file.path

    def reason(self) -> str:
        """For a person."""
        common = sorted(
            (name for name in self.file.names_in(self.number) if name in self.query),
            key=lambda it: (-self.query[it], it),
        )
        more = f" and {len(common) - NAMES_TOLD} more names" if len(common) > NAMES_TOLD else ""
        return f"similar code: shares {', '.join(common[:NAMES_TOLD])}{more}"


def similar_windows(snapshot: Snapshot, place: Place, is_hidden: Callable[[str], bool]) -> list[Window]:
    """The most similar windows of other files, best first; at most a few of one file."""
    query = dict(heapq.nlargest(QUERY_NAMES_MAX, place.weights.items(), key=lambda it: (it[1], it[0])))
    found = snapshot.search(query, limit=FOUND_MAX, exclude=[place.path])
    ranked = sorted(
        ((score * _nearness(place, path), path, number) for path, number, score in found),
        key=lambda it: (-it[0], it[1], it[2]),
    )
    windows: list[Window] = []
    taken: dict[str, int] = {}
    for score, path, number in ranked:
        if score < WEAK * ranked[0][0]:
            break
        if taken.get(path, 0) >= PER_FILE_MAX or is_hidden(path):
            continue
        file = snapshot.file(path)
        if file is None:
            continue
        taken[path] = taken.get(path, 0) + 1
        windows.append(Window(file, number, score, query))
        if len(windows) >= KEPT_MAX:
            break
    return windows


def _nearness(place: Place, path: str) -> float:
    return SAME_FOLDER if path.rpartition("/")[0] == place.folder else 1.0
