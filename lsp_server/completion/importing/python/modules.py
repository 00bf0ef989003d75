"""What a file of the repository is called in an import statement of another one."""

from collections.abc import Sequence

from lsp_server.completion.importing.python.reading import Imported
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Import

_SIBLINGS_MAX = 12
_PACKAGE = "__init__"


class ModuleNames:
    """As the file at *path* writes them, whose own imports are *imports*."""

    def __init__(self, snapshot: Snapshot, path: str, imports: Sequence[Imported]) -> None:
        self._snapshot, self._path = snapshot, path
        self._folder = path.rpartition("/")[0]
        self._imports = imports

    def written(self, target: str, typed: str, *, is_plain: bool) -> str:
        """*target*, a path or else a module's name, in a form that begins with *typed*; "" without one.

        *is_plain*: for `import …`, which takes no dots.
        """
        if target not in self._snapshot.paths:
            return target if target.startswith(typed) and not target.startswith(".") else ""
        forms = [self._absolute(target)]
        if not is_plain:
            forms.insert(0 if self.is_relative else 1, self._relative(target))
        return next((it for it in forms if it and it.startswith(typed) and self._means(it, target)), "")

    @property
    def is_relative(self) -> bool:
        """Whether the file, or else its neighbours, speak of what is beside them with a dot."""
        for modules in ([it.module for it in self._imports], self._of_neighbours()):
            relative = sum(it.startswith(".") for it in modules)
            own = self._absolute(self._path).partition(".")[0]
            absolute = sum(it.partition(".")[0] == own for it in modules)
            if relative or absolute:
                return relative >= absolute
        return False

    def _of_neighbours(self) -> list[str]:
        found = []
        for path in self._snapshot.modules.beside(self._path)[:_SIBLINGS_MAX]:
            file = self._snapshot.file(path)
            found += [] if file is None else [it.module for it in file.imports]
        return found

    def _relative(self, target: str) -> str:
        here, there = self._folder.split("/"), _parts(target)
        shared = 0
        while shared < min(len(here), len(there)) and here[shared] == there[shared]:
            shared += 1
        if not shared or f"{'/'.join(here[:shared])}/{_PACKAGE}.py" not in self._snapshot.paths:
            return ""
        return "." * (len(here) - shared + 1) + ".".join(there[shared:])

    def _absolute(self, target: str) -> str:
        parts = _parts(target)
        folders = target.split("/")[:-1]
        top = len(folders)
        while top and f"{'/'.join(folders[:top])}/{_PACKAGE}.py" in self._snapshot.paths:
            top -= 1
        return ".".join(parts[top:])

    def _means(self, module: str, target: str) -> bool:
        found = self._snapshot.modules.resolve(self._path, "python", Import(module=module, line=0))
        return found[:1] == [target]


def _parts(path: str) -> list[str]:
    parts = path.rpartition(".")[0].split("/")
    return parts[:-1] if parts[-1] == _PACKAGE else parts
