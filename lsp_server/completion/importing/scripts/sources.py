"""Where names that a script lacks come from: as other files import them, and where they are exported."""

from collections.abc import Iterator
from dataclasses import dataclass

from lsp_server.completion.importing.rest import IsHidden
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition, Import

FILES_MAX = 200  # that use a name
# Set by hand: how the files beside it import a name says most, where it is defined least.
BESIDE, ELSEWHERE, DEFINED = 3.0, 1.0, 0.5
# What an index passes on is for those outside of its folder; a file in it would import itself.
OWN_INDEX = 0.05
# Beside what was written lies what a tool made of it: .js and .d.ts.
BUILT = 0.02
SCRIPTS = ("javascript", "typescript", "tsx")


@dataclass(frozen=True, slots=True)
class Source:
    target: str  # the path of a file of the repository, or else the module's name
    module: str  # as another file writes it; "" where only the definition is known
    there: str  # "default", "*", or the name
    weight: float


class Sources:
    """Of the names that one file lacks. Asks about each once."""

    def __init__(self, snapshot: Snapshot, path: str, language: str, is_hidden: IsHidden) -> None:
        self._snapshot, self._path, self._language = snapshot, path, language
        self._is_hidden = is_hidden
        self._is_typed = language != "javascript"
        self._folder = path.rpartition("/")[0]
        self._known: dict[str, list[Source]] = {}

    def of(self, name: str) -> list[Source]:
        """The most trusted first."""
        known = self._known.get(name)
        if known is None:
            weights: dict[tuple[str, str], float] = {}
            modules: dict[tuple[str, str], str] = {}
            for target, module, there, weight in self._signs(name):
                if target != self._path:
                    weight *= OWN_INDEX if self._is_own_index(target) else 1.0
                    weights[target, there] = weights.get((target, there), 0.0) + weight
                    modules[target, there] = modules.get((target, there)) or module
            known = [
                Source(target, modules[target, there], there, weight)
                for (target, there), weight in weights.items()
            ]
            known.sort(key=lambda it: (-it.weight, it.target, it.there))
            self._known[name] = known
        return known

    def offered(self, name: str, module: str) -> str | None:
        """What *name* is called in *module*, as this file writes it; None if nothing says it is there."""
        target = self.target_of(self._path, module)
        from_there = next((it.there for it in self.of(name) if it.target == target and it.there != "*"), None)
        if from_there is not None or target not in self._snapshot.paths:
            return from_there
        wanted = Import(module=module, line=0, names=((name, name),))
        files = self._snapshot.modules.resolve(self._path, self._language, wanted)
        is_there = any(it.path in files and self._is_exported(it) for it in self._definitions(name))
        return name if is_there else None

    def target_of(self, path: str, module: str) -> str:
        """What *module* means, written in the file at *path*."""
        found = self._snapshot.modules.resolve(path, self._language, Import(module=module, line=0))
        return found[0] if found else module

    def _signs(self, name: str) -> Iterator[tuple[str, str, str, float]]:
        """(target, module, name there, weight)."""
        files = sorted(self._snapshot.files_with(name), key=lambda it: -self._built(it))
        for path in files[:FILES_MAX]:
            file = self._snapshot.file(path)
            if file is None or path == self._path or file.language not in SCRIPTS or self._is_hidden(path):
                continue
            weight = self._built(path) * (BESIDE if path.rpartition("/")[0] == self._folder else ELSEWHERE)
            for it in file.imports:
                for there, here in it.names:
                    if here == name and there != "*":
                        yield self.target_of(path, it.module), it.module, there, weight
                if not it.names and it.alias == name:
                    yield self.target_of(path, it.module), it.module, "*", weight
        for defined in self._definitions(name):
            if self._is_exported(defined):
                yield defined.path, "", name, DEFINED * self._built(defined.path)

    def _built(self, path: str) -> float:
        is_built = path.endswith(".d.ts") or (self._is_typed and path.endswith(("js", ".jsx")))
        return BUILT if is_built and not self._path.endswith(".d.ts") else 1.0

    def _is_own_index(self, target: str) -> bool:
        folder, _, name = target.rpartition("/")
        return name.startswith("index.") and self._path.startswith(f"{folder}/" if folder else "")

    def _definitions(self, name: str) -> list[Definition]:
        return [
            it
            for it in self._snapshot.definitions(name)
            if not it.owner
            and it.path.rpartition(".")[2] in ("ts", "tsx", "js", "jsx", "mjs", "mts")
            and not self._is_hidden(it.path)
        ]

    def _is_exported(self, definition: Definition) -> bool:
        file = self._snapshot.file(definition.path)
        if file is None:
            return False
        return any("export" in it for it in file.lines_from(definition.start_line, definition.name_line))
