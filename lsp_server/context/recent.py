"""What was edited or viewed lately: what is being worked on is often needed for what is written next."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

PATHS_MAX = 12
REGIONS_MAX = 6  # of all files together


@dataclass(frozen=True, slots=True)
class Region:
    """Lines that were edited."""

    path: str
    first_line: int  # 0-based
    last_line: int  # inclusive


@dataclass(frozen=True, slots=True)
class Recent:
    """Both newest first."""

    paths: tuple[str, ...] = ()  # opened, edited or saved
    edited: tuple[Region, ...] = ()
    rank: Mapping[str, int] = field(init=False, repr=False, compare=False)  # path → 0 for the newest

    def __post_init__(self) -> None:
        ranks = {path: number for number, path in enumerate(self.paths)}
        object.__setattr__(self, "rank", MappingProxyType(ranks))


NOTHING_RECENT = Recent()


class RecentlyUsed:
    """The order in which files were opened, edited and saved. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._paths: tuple[str, ...] = ()

    def used(self, path: str) -> None:
        if self._paths[:1] != (path,):
            with self._lock:
                self._paths = (path, *(it for it in self._paths if it != path))[:PATHS_MAX]

    def now(self, edited: Mapping[str, tuple[tuple[int, int], ...]]) -> Recent:
        """*edited* has, by path, lines as (first, the one behind the last), the newest edit last."""
        paths = self._paths
        regions = [
            Region(path, first, max(first, behind - 1))
            for path in paths
            for first, behind in reversed(edited.get(path, ()))
        ]
        return Recent(paths, tuple(regions[:REGIONS_MAX]))
