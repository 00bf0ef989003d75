"""Which definitions of a name can be meant in a file: those of its language, the nearest first."""

from lsp_server.index.outline import Definition
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document

_FAMILIES = {"javascript": "script", "typescript": "script", "tsx": "script", "c": "c", "cpp": "c"}


def reachable(snapshot: Snapshot, document: Document, name: str) -> list[Definition]:
    """Of this file first, then of files it imports, then of the others; all for text without a language."""
    imported = set(snapshot.imported_paths(document.path))
    family = _family(document.language)
    found = [
        it
        for it in snapshot.definitions(name)
        if document.language == "plain" or _family(language_of(it.path)) == family
    ]
    found.sort(key=lambda it: (it.path != document.path, it.path not in imported, bool(it.owner), it.path))
    return found


def nearest(snapshot: Snapshot, document: Document, name: str) -> list[Definition]:
    """Those of the nearest kind only: where this file defines it, another file's is not meant."""
    found = reachable(snapshot, document, name)
    imported = set(snapshot.imported_paths(document.path))
    own = [it for it in found if it.path == document.path]
    return own or [it for it in found if it.path in imported] or found


def _family(language: str) -> str:
    return _FAMILIES.get(language, language)
