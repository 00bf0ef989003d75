"""The import statement that brings a name of another file here, checked by the repository's own resolver."""

from pathlib import PurePosixPath

from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Import
from lsp_server.text.document import Document

_SOURCE_FOLDERS = ("src", "lib", "python")
_SCRIPTS = ("javascript", "typescript", "tsx")


def import_line(snapshot: Snapshot, document: Document, name: str, path: str) -> str:
    """The statement, or "" where it is not certain that it would find *path*."""
    if path == document.path:
        return ""
    if document.language == "python":
        return _python(snapshot, document, name, path)
    if document.language in _SCRIPTS and PurePosixPath(path).suffix in (".js", ".ts", ".tsx", ".jsx", ".mjs"):
        return _script(snapshot, document, name, path)
    return ""


def _python(snapshot: Snapshot, document: Document, name: str, path: str) -> str:
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if not path.endswith(".py") or not all(part.isidentifier() for part in parts):
        return ""
    if parts[-1] == "__init__":
        parts.pop()
    if len(parts) > 1 and parts[0] in _SOURCE_FOLDERS:
        parts = parts[1:]
    module = ".".join(parts)
    imported = Import(module=module, line=0, names=((name, name),))
    if module and path in snapshot.modules.resolve(document.path, "python", imported):
        return f"from {module} import {name}"
    return ""


def _script(snapshot: Snapshot, document: Document, name: str, path: str) -> str:
    here, there = PurePosixPath(document.path).parent.parts, PurePosixPath(path).with_suffix("").parts
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    module = "/".join([*([".."] * (len(here) - shared) or ["."]), *there[shared:]])
    imported = Import(module=module, line=0, names=((name, name),))
    if path in snapshot.modules.resolve(document.path, document.language, imported):
        return f'import {{ {name} }} from "{module}";'
    return ""
