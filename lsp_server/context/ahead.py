"""Work out before a request what it would have to work out first.

All of it is kept where requests look for it, and forgotten with the files that it was read from.
"""

from collections.abc import Iterable

from lsp_server.context.exports import exported
from lsp_server.index.layout import WHOLE_FOLDER
from lsp_server.index.snapshot import Snapshot

PACKAGES_MAX = 500  # a fifth of a second


def work_ahead(snapshot: Snapshot, paths: Iterable[str] = ()) -> None:
    """What the documents at *paths* import, and what packages pass on, as far as it is not known yet."""
    snapshot.work_ahead()
    for path in paths:
        snapshot.imported_paths(path)
    packages = [it.path for it in snapshot.files() if _module_name(it.path) in WHOLE_FOLDER]
    for path in packages[:PACKAGES_MAX]:
        exported(snapshot, path)


def _module_name(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]
