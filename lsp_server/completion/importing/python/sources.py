"""Where a name that a Python file lacks comes from: as other files import it, and where it is defined."""

from collections.abc import Iterator

from lsp_server.completion.importing.python.reading import Reading
from lsp_server.completion.importing.python.standard import is_standard, modules_offering, offers
from lsp_server.completion.importing.rest import IsHidden
from lsp_server.completion.importing.sources import DEFINED, ELSEWHERE, FILES_MAX, Source, Sources
from lsp_server.context.exports import exported
from lsp_server.index.snapshot import Snapshot

# Set by hand. What a module of the repository passes on is rather taken from there than from where it has it.
PASSED_ON, STANDARD = 2.0, 0.2
_PACKAGE = "__init__.py"


class PythonSources(Sources):
    """There is "" if the module itself is what the name means."""

    def __init__(self, snapshot: Snapshot, path: str, is_hidden: IsHidden) -> None:
        super().__init__(snapshot, path, "python", is_hidden)

    def offered(self, name: str, module: str) -> str | None:
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

    def wanted_of(self, reading: Reading) -> frozenset[str]:
        """What other files import from this package that it does not offer."""
        if not self._path.endswith(_PACKAGE) or not self._folder:
            return frozenset()
        wanted: set[str] = set()
        inside = [it for it in sorted(self._snapshot.paths) if it.startswith(f"{self._folder}/")]
        modules = self._submodules(self._folder)
        for path in inside[:FILES_MAX]:
            file = self._snapshot.file(path)
            if file is None or path == self._path or file.language != "python" or self._is_hidden(path):
                continue
            for it in file.imports:
                names = [there for there, _ in it.names if there not in modules and there != "*"]
                if names and self.target_of(path, it.module) == self._path:
                    wanted.update(names)
        return frozenset(wanted - reading.bound)

    def _signs(self, name: str) -> Iterator[Source]:
        for path in self._snapshot.files_with(name)[:FILES_MAX]:
            yield from self._as_imported_in(path, name)
        for it in self._snapshot.definitions(name):
            if not it.owner and it.path.endswith((".py", ".pyi")) and not self._is_hidden(it.path):
                yield Source(it.path, name, DEFINED)
                package = f"{it.path.rpartition('/')[0]}/{_PACKAGE}"
                if package.rpartition("/")[0] != self._folder and self._passes_on(package, name):
                    yield Source(package, name, PASSED_ON * DEFINED)
        for path in self._snapshot.modules_named(name):
            package = f"{path.rpartition('/')[0]}/{_PACKAGE}"
            if path.endswith(f"/{name}.py") and package in self._snapshot.paths and not self._is_hidden(path):
                yield Source(package, name, DEFINED)
        if is_standard(name):
            yield Source(name, "", ELSEWHERE)
        for module in modules_offering().get(name, ()):
            yield Source(module, name, STANDARD)

    def _as_imported_in(self, path: str, name: str) -> Iterator[Source]:
        file = self._snapshot.file(path)
        if file is None or path == self._path or file.language != "python" or self._is_hidden(path):
            return
        weight = self._nearness(path)
        for it in file.imports:
            if not it.names and name == (it.alias or it.module.partition(".")[0]):
                target = it.module if is_standard(it.module) else self.target_of(path, it.module)
                yield Source(target, "", weight)
            for there, here in it.names:
                if here == name:
                    target = self.target_of(path, it.module)
                    passed_on = PASSED_ON if target in self._snapshot.paths else 1.0
                    yield Source(target, there, weight * passed_on)

    def _passes_on(self, package: str, name: str) -> bool:
        return package in self._snapshot.paths and any(
            it.name == name for it in exported(self._snapshot, package)
        )

    def _submodules(self, folder: str) -> set[str]:
        files = [it for it in self._snapshot.modules.in_folder(folder) if not self._is_hidden(it)]
        beside = {it.rpartition("/")[2].removesuffix(".py") for it in files}
        start = f"{folder}/"
        below = {
            it[len(start) :].partition("/")[0]
            for it in self._snapshot.paths
            if it.startswith(start) and it.endswith(f"/{_PACKAGE}") and not self._is_hidden(it)
        }
        return {it for it in beside | below if it.isidentifier() and it != "__init__"}
