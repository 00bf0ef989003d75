"""A copy of what a checker must see to judge one file: that file and what it imports, in a folder of its own.

Nothing that a tool may run of its own accord is copied: no hidden file, no configuration, no script that is
known to be started. Files are written anew, so that none of them can be executed.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document
from lsp_server.text.secrets import is_secret_file

FILES_MAX = 400
CHARACTERS_MAX = 8_000_000

Read = Callable[[str], Document | None]  # by repository-relative path

# Started by linters, builders or the interpreter itself where they find it.
_STARTED = re.compile(
    r"(?:^|/)(?:\.[^/]*(?:/.*)?|node_modules/.*|(?:conftest|setup|sitecustomize|usercustomize|noxfile)\.py"
    r"|build\.rs|[^/]*\.config\.[cm]?[jt]sx?)$"
)
# What lies in one folder knows each other without an import.
_BY_FOLDER = {"go", "java", "kotlin", "scala", "swift", "csharp"}


def can_be_copied(path: str) -> bool:
    """Whether *path* lies in the repository and is nothing that a tool starts by itself."""
    pure = PurePosixPath(path)
    is_inside = not pure.is_absolute() and ".." not in pure.parts and ":" not in path and "\\" not in path
    return is_inside and not _STARTED.search(path) and not is_secret_file(path)


def needed(documents: Iterable[Document], snapshot: Snapshot, read: Read) -> dict[str, str]:
    """Path → text of the files that *documents*, versions of one file, import, directly or not; bounded."""
    found: dict[str, str] = {}
    characters = 0
    waiting = list(documents)
    own = waiting[0].path if waiting else ""
    while waiting:
        document = waiting.pop(0)
        for path in _beside(document, snapshot):
            if path in found or path == own or not can_be_copied(path):
                continue
            other = read(path)
            characters += 0 if other is None else len(other.text)
            if len(found) >= FILES_MAX or characters > CHARACTERS_MAX:
                return found
            if other is not None:
                found[path] = other.text
                waiting.append(other)
    return found


def write(folder: Path, files: Iterable[tuple[str, str]]) -> None:
    for path, text in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8", "replace"))


def _beside(document: Document, snapshot: Snapshot) -> list[str]:
    found: dict[str, None] = {}
    for each in outline(document).imports:
        found |= dict.fromkeys(snapshot.modules.resolve(document.path, document.language, each))
    pure = PurePosixPath(document.path)
    if document.language == "python":
        found |= {f"{it}/__init__.py".removeprefix("./"): None for it in pure.parents}
        for path in list(found):
            packages = PurePosixPath(path).parents
            found |= {f"{it}/__init__.py".removeprefix("./"): None for it in packages}
    if document.language in _BY_FOLDER:
        found |= {
            it: None
            for it in sorted(snapshot.paths)
            if PurePosixPath(it).parent == pure.parent and it.endswith(pure.suffix)
        }
    return [it for it in found if it in snapshot.paths and it != document.path]
