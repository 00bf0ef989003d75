"""Where names that a script lacks come from: as other files import them, and where they are exported."""

from collections.abc import Iterator
from dataclasses import replace

from lsp_server.completion.importing.rest import IsHidden
from lsp_server.completion.importing.sources import DEFINED, FILES_MAX, Source, Sources
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition, Import

# Set by hand. What an index passes on is for those outside of its folder; a file in it would import itself.
OWN_INDEX = 0.05
# Beside what was written lies what a tool made of it: .js and .d.ts.
BUILT = 0.02
SCRIPTS = ("javascript", "typescript", "tsx")


class ScriptSources(Sources):
    """There is "default", "*", or the name."""

    def __init__(self, snapshot: Snapshot, path: str, language: str, is_hidden: IsHidden) -> None:
        super().__init__(snapshot, path, language, is_hidden)
        self._is_typed = language != "javascript"

    def offered(self, name: str, module: str) -> str | None:
        target = self.target_of(self._path, module)
        from_there = next((it.there for it in self.of(name) if it.target == target and it.there != "*"), None)
        if from_there is not None or target not in self._snapshot.paths:
            return from_there
        wanted = Import(module=module, line=0, names=((name, name),))
        files = self._snapshot.modules.resolve(self._path, self._language, wanted)
        is_there = any(it.path in files and self._is_exported(it) for it in self._definitions(name))
        return name if is_there else None

    def _signs(self, name: str) -> Iterator[Source]:
        for it in self._all_signs(name):
            yield replace(it, weight=it.weight * OWN_INDEX) if self._is_own_index(it.target) else it

    def _all_signs(self, name: str) -> Iterator[Source]:
        files = sorted(self._snapshot.files_with(name), key=lambda it: -self._built(it))
        for path in files[:FILES_MAX]:
            file = self._snapshot.file(path)
            if file is None or path == self._path or file.language not in SCRIPTS or self._is_hidden(path):
                continue
            weight = self._built(path) * self._nearness(path)
            for it in file.imports:
                for there, here in it.names:
                    if here == name and there != "*":
                        yield Source(self.target_of(path, it.module), there, weight, it.module)
                if not it.names and it.alias == name:
                    yield Source(self.target_of(path, it.module), "*", weight, it.module)
        for defined in self._definitions(name):
            if self._is_exported(defined):
                yield Source(defined.path, name, DEFINED * self._built(defined.path))

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
