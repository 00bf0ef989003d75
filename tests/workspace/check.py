"""Repositories on disk, as a test writes them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lsp_server.workspace.repository import Workspace
from lsp_server.workspace.walk import walk

PATIENCE_SECONDS = 30


def written(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def walked(root: Path, *exclude: str) -> tuple[list[str], dict[str, str]]:
    """(paths found, path → reason for those left out)."""
    skipped: dict[str, str] = {}
    found = [it.path for it in walk(root, exclude=exclude, skip=skipped.__setitem__)]
    return found, skipped


def check_walk(root: Path, *expected: str, exclude: tuple[str, ...] = ()) -> None:
    found, _ = walked(root, *exclude)
    assert found == sorted(expected, key=lambda it: it.split("/")) or sorted(found) == sorted(expected)


@contextmanager
def opened(root: Path, store: Path) -> Iterator[Workspace]:
    """A workspace that has read everything."""
    workspace = Workspace(root, store_folder=store)
    try:
        workspace.start()
        assert workspace.wait_until_indexed(PATIENCE_SECONDS)
        yield workspace
    finally:
        workspace.close()
