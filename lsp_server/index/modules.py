"""Which files of the repository an import means.

Only what is in the repository counts: the standard library and installed packages resolve to nothing.
Where a name is ambiguous the file nearest to the importing one wins, as far as folders tell.
"""

from collections.abc import Callable, Mapping, Sequence

from lsp_server.index import import_rules, more_import_rules
from lsp_server.index.file import IndexedFile
from lsp_server.index.import_rules import Surroundings
from lsp_server.index.layout import WHOLE_FOLDER, Layout
from lsp_server.syntax.outline import Import, Outline

_REEXPORT_STEPS_MAX = 3
_IMPORTS_KEPT = 4_096
_FILES_MAX = 200  # of one outline; a generated file may import everything

_RULES: Mapping[str, Callable[[Surroundings, str, Import], list[str]]] = {
    "python": import_rules.python,
    "javascript": import_rules.javascript,
    "typescript": import_rules.javascript,
    "tsx": import_rules.javascript,
    "go": import_rules.go,
    "rust": import_rules.rust,
    "java": import_rules.java,
    "c": import_rules.include,
    "cpp": import_rules.include,
    "bash": import_rules.shell,
    "csharp": more_import_rules.csharp,
    "ruby": more_import_rules.ruby,
    "php": more_import_rules.php,
    "kotlin": more_import_rules.kotlin,
    "scala": more_import_rules.scala,
    "lua": more_import_rules.lua,
}


Importing = IndexedFile | Outline


class Modules:
    """Resolves imports among a fixed set of paths."""

    def __init__(
        self,
        paths: Callable[[], frozenset[str]],
        layout: Layout,
        file_at: Callable[[str], IndexedFile | None],
        *,
        same_paths_as: "Modules | None" = None,
    ) -> None:
        """*same_paths_as* has equal *paths* and *layout*: what only depends on them is shared with it."""
        self._file_at = file_at
        self._resolved: dict[str, tuple[Importing, list[str]]] = {}  # the last answer for each path
        self._direct: dict[tuple[str, Import], list[str]]
        if same_paths_as is None:
            self._surroundings, self._direct = Surroundings(paths, layout), {}
        else:
            self._surroundings, self._direct = same_paths_as._surroundings, same_paths_as._direct
            assert self.paths is not None  # known from here on: whoever knows all files need not stay

    def resolve(self, path: str, language: str, imported: Import) -> list[str]:
        """The files that *imported* means in the file at *path*, the most specific first."""
        direct = [it for it in self._named_by(path, language, imported) if it != path]
        further: list[str] = []
        for name, _ in imported.names:
            # Who takes everything looks into the files himself, and a module is there as it is.
            if name != "*" and not any(_module_name(it) == name for it in direct):
                further += [it for it in self._reexported(direct, name) if it not in direct]
        return list(dict.fromkeys([*further, *direct]))

    def resolve_all(self, importing: Importing) -> list[str]:
        """All files that *importing* imports, in order, each once."""
        last = self._resolved.get(importing.path)
        if last is not None and last[0] is importing:
            return last[1]
        found: dict[str, None] = {}
        for imported in importing.imports:
            for path in self.resolve(importing.path, importing.language, imported):
                found[path] = None
            if len(found) >= _FILES_MAX:
                break
        self._resolved[importing.path] = (importing, list(found))
        return list(found)

    def beside(self, path: str) -> list[str]:
        """The other files in the folder of *path* that end like it."""
        ending = path.rpartition(".")[2]
        alike = self.in_folder(import_rules.folder_of(path))
        return [it for it in alike if it != path and it.rpartition(".")[2] == ending]

    def in_folder(self, folder: str) -> Sequence[str]:
        """The files right in *folder*."""
        return self._surroundings.by_folder.get(folder, ())

    def _reexported(self, paths: list[str], name: str) -> list[str]:
        """Where *name* is really defined, when the files at *paths* only pass it on."""
        found: list[str] = []
        seen = set(paths)
        for _ in range(_REEXPORT_STEPS_MAX):
            following: list[str] = []
            for path in paths:
                file = self._file_at(path)
                if file is None or any(
                    not file.definitions.at(it).owner for it in file.definitions.named(name)
                ):
                    continue
                for imported in file.imports:
                    here = [there for there, alias in imported.names if alias in (name, "*")]
                    if not here and (imported.names or file.language == "python"):
                        continue
                    following += self._named_by(path, file.language, imported)
            paths = [it for it in dict.fromkeys(following) if it not in seen]
            seen.update(paths)
            found += [it for it in paths if self._defines(it, name)]
            if found or not paths:
                break
        return found

    def _named_by(self, path: str, language: str, imported: Import) -> list[str]:
        """What *imported* names by its path. A package's imports are gone through for each of its names."""
        rule, key = _RULES.get(language), (path, imported)
        if rule is None:
            return []
        known = self._direct.get(key)
        if known is None:
            if len(self._direct) >= _IMPORTS_KEPT:
                self._direct.clear()
            known = self._direct[key] = rule(self._surroundings, path, imported)
        return known

    def _defines(self, path: str, name: str) -> bool:
        file = self._file_at(path)
        return file is not None and bool(file.definitions.named(name))

    @property
    def paths(self) -> frozenset[str]:
        return self._surroundings.paths


def _module_name(path: str) -> str:
    """`shop/price.py` and `shop/price/__init__.py` → price."""
    parts = path.rpartition(".")[0].split("/")
    return parts[-2] if parts[-1] in WHOLE_FOLDER and len(parts) > 1 else parts[-1]
