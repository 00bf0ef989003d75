"""Where a name that a file lacks comes from: as other files import it, and where it is defined."""

from collections.abc import Iterator
from dataclasses import dataclass

from lsp_server.completion.importing.python.reading import Reading
from lsp_server.completion.importing.python.standard import is_standard, modules_offering, offers
from lsp_server.completion.importing.rest import IsHidden
from lsp_server.context.exports import exported
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Import

FILES_MAX = 200  # that use a name, or import from a package
# Set by hand: how the files beside it import a name says most, where it is defined least. What a module of
# the repository passes on is rather taken from there than from where that has it.
BESIDE, ELSEWHERE, DEFINED, STANDARD = 3.0, 1.0, 0.5, 0.2
PASSED_ON = 2.0
_PACKAGE = "__init__.py"


@dataclass(frozen=True, slots=True)
class Source:
    """*target* is the path of a file of the repository, or else the module's name."""

    target: str
    there: str  # "" if the module itself is what the name means
    weight: float


class Sources:
    """Of the names that one Python file lacks. Asks about each once."""

    def __init__(self, snapshot: Snapshot, path: str, is_hidden: IsHidden) -> None:
        self._snapshot, self._path, self._is_hidden = snapshot, path, is_hidden
        self._folder = path.rpartition("/")[0]
        self._known: dict[str, list[Source]] = {}

    def of(self, name: str) -> list[Source]:
        """The most trusted first."""
        known = self._known.get(name)
        if known is None:
            weights: dict[tuple[str, str], float] = {}
            for target, there, weight in self._signs(name):
                if target != self._path:
                    weights[target, there] = weights.get((target, there), 0.0) + weight
            known = [Source(target, there, weight) for (target, there), weight in weights.items()]
            known.sort(key=lambda it: (-it.weight, it.target, it.there))
            self._known[name] = known
        return known

    def offered(self, name: str, module: str) -> str | None:
        """What *name* is called in *module*, as this file writes it; None if nothing says it is there."""
        target = self.target_of(self._path, module)
        return next((it.there for it in self.of(name) if it.target == target and it.there), None)

    def exports(self, module: str) -> frozenset[str]:
        """The names that *module* offers, and its submodules; none where that is not known."""
        target = self.target_of(self._path, module)
        if target not in self._snapshot.paths or self._is_hidden(target):
            return offers(module)
        names = {it.name for it in exported(self._snapshot, target)}
        if target.endswith(_PACKAGE):
            names |= self._submodules(target.rpartition("/")[0])
        return frozenset(names)

    def target_of(self, path: str, module: str) -> str:
        """What *module* means, written in the file at *path*."""
        found = self._snapshot.modules.resolve(path, "python", Import(module=module, line=0))
        return found[0] if found else module

    def wanted_of(self, reading: Reading) -> frozenset[str]:
        """What other files import from this package that it does not offer."""
        if not self._path.endswith(_PACKAGE) or not self._folder:
            return frozenset()
        wanted: set[str] = set()
        inside = [it for it in sorted(self._snapshot.paths) if it.startswith(f"{self._folder}/")]
        modules = self._submodules(self._folder)
        for path in inside[:FILES_MAX]:
            file = self._snapshot.file(path)
            if file is None or path == self._path or file.language != "python":
                continue
            for it in file.imports:
                names = [there for there, _ in it.names if there not in modules and there != "*"]
                if names and self.target_of(path, it.module) == self._path:
                    wanted.update(names)
        return frozenset(wanted - reading.bound)

    def _signs(self, name: str) -> Iterator[tuple[str, str, float]]:
        """(target, name there, weight)."""
        for path in self._snapshot.files_with(name)[:FILES_MAX]:
            yield from self._as_imported_in(path, name)
        for it in self._snapshot.definitions(name):
            if not it.owner and it.path.endswith((".py", ".pyi")) and not self._is_hidden(it.path):
                yield it.path, name, DEFINED
                package = f"{it.path.rpartition('/')[0]}/{_PACKAGE}"
                if package.rpartition("/")[0] != self._folder and self._passes_on(package, name):
                    yield package, name, PASSED_ON * DEFINED
        for path in self._snapshot.modules_named(name):
            package = f"{path.rpartition('/')[0]}/{_PACKAGE}"
            if path.endswith(f"/{name}.py") and package in self._snapshot.paths and not self._is_hidden(path):
                yield package, name, DEFINED
        if is_standard(name):
            yield name, "", ELSEWHERE
        for module in modules_offering().get(name, ()):
            yield module, name, STANDARD

    def _as_imported_in(self, path: str, name: str) -> Iterator[tuple[str, str, float]]:
        file = self._snapshot.file(path)
        if file is None or path == self._path or file.language != "python" or self._is_hidden(path):
            return
        weight = BESIDE if path.rpartition("/")[0] == self._folder else ELSEWHERE
        for it in file.imports:
            if not it.names and name == (it.alias or it.module.partition(".")[0]):
                yield it.module if is_standard(it.module) else self.target_of(path, it.module), "", weight
            for there, here in it.names:
                if here == name:
                    target = self.target_of(path, it.module)
                    yield target, there, weight * (PASSED_ON if target in self._snapshot.paths else 1.0)

    def _passes_on(self, package: str, name: str) -> bool:
        return package in self._snapshot.paths and any(
            it.name == name for it in exported(self._snapshot, package)
        )

    def _submodules(self, folder: str) -> set[str]:
        files = self._snapshot.modules.in_folder(folder)
        beside = {it.rpartition("/")[2].removesuffix(".py") for it in files}
        start = f"{folder}/"
        below = {
            it[len(start) :].partition("/")[0]
            for it in self._snapshot.paths
            if it.startswith(start) and it.endswith(f"/{_PACKAGE}")
        }
        return {it for it in beside | below if it.isidentifier() and it != "__init__"}
