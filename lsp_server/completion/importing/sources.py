"""Where a name that a file lacks comes from: what speaks for each place, put together."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lsp_server.completion.importing.rest import IsHidden
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Import

FILES_MAX = 200  # that use a name, or import from a package
# Set by hand: how the files beside it import a name says most, where it is defined least.
BESIDE, ELSEWHERE, DEFINED = 3.0, 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Source:
    target: str  # the path of a file of the repository, or else the module's name
    there: str  # what it is called there; see the languages for other forms
    weight: float
    module: str = ""  # as another file writes it; "" where only the definition is known


class Sources(ABC):
    """Of the names that one file lacks. Asks about each once."""

    def __init__(self, snapshot: Snapshot, path: str, language: str, is_hidden: IsHidden) -> None:
        self._snapshot, self._path, self._language = snapshot, path, language
        self._is_hidden = is_hidden
        self._folder = path.rpartition("/")[0]
        self._known: dict[str, list[Source]] = {}

    @abstractmethod
    def offered(self, name: str, module: str) -> str | None:
        """What *name* is called in *module*, as this file writes it; None if nothing says it is there."""

    @abstractmethod
    def _signs(self, name: str) -> Iterator[Source]:
        """Each of them, the same place perhaps several times."""

    def of(self, name: str) -> list[Source]:
        """The most trusted first."""
        known = self._known.get(name)
        if known is None:
            found: dict[tuple[str, str], Source] = {}
            for it in self._signs(name):
                if it.target != self._path:
                    before = found.get((it.target, it.there), replace(it, weight=0.0))
                    weight, module = before.weight + it.weight, before.module or it.module
                    found[it.target, it.there] = replace(it, weight=weight, module=module)
            known = sorted(found.values(), key=lambda it: (-it.weight, it.target, it.there))
            self._known[name] = known
        return known

    def target_of(self, path: str, module: str) -> str:
        """What *module* means, written in the file at *path*."""
        found = self._snapshot.modules.resolve(path, self._language, Import(module=module, line=0))
        return found[0] if found else module

    def _nearness(self, path: str) -> float:
        """What an import in the file at *path* says."""
        return BESIDE if path.rpartition("/")[0] == self._folder else ELSEWHERE
