"""From a path on the command line or in a request to a document of a repository."""

from pathlib import Path

from lsp_server.errors import UnreadableFile
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document
from lsp_server.workspace.files import READ_MAX_BYTES, read_source


def path_within(root: Path, path: Path) -> str:
    """*path* as a Document has it: POSIX and relative to *root*, absolute for a file outside of it."""
    real = path.resolve()
    resolved_root = root.resolve()
    return (real.relative_to(resolved_root) if real.is_relative_to(resolved_root) else real).as_posix()


def read_document(root: Path, path: Path) -> Document:
    """The file at *path* as it is on disk. Raises UnreadableFile."""
    if path.is_dir():
        raise UnreadableFile(f"{path} is a folder", hint="Name a file in it.")
    known_as = path_within(root, path)
    if known_as.startswith("/") or Path(known_as).is_absolute():
        real = path.resolve()
        text = read_source(real.parent, real.name, max_bytes=READ_MAX_BYTES).text
    else:
        text = read_source(root, known_as, max_bytes=READ_MAX_BYTES).text
    return Document(path=known_as, text=text, language=language_of(known_as))


def document_of_text(root: Path, path: Path, text: str) -> Document:
    """*text* in place of what is on disk; the file need not exist."""
    known_as = path_within(root, path)
    return Document(path=known_as, text=text, language=language_of(known_as))
