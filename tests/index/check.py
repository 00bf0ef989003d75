"""A repository as a test writes it: path → text."""

import textwrap
from collections.abc import Mapping
from pathlib import Path

from lsp_server.index.file import IndexedFile, index_file
from lsp_server.index.layout import read_layout
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document


def document_of(path: str, text: str) -> Document:
    return Document(path=path, text=textwrap.dedent(text).lstrip("\n"), language=language_of(path))


def indexed(path: str, text: str) -> IndexedFile:
    return index_file(document_of(path, text))


def snapshot_of(files: Mapping[str, str]) -> Snapshot:
    return Snapshot.of(
        Path("shop"), [indexed(path, text) for path, text in files.items()], layout=read_layout(files)
    )


def check_imports(importing: str, files: Mapping[str, str], *expected: str) -> None:
    """The files that the file *importing* imports; files of no interest may be given as "" ."""
    assert snapshot_of(files).imported_paths(importing) == list(expected)
