"""Which repository counts for an editor that opened a file and no folder."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_server.editor.uris import local_path
from lsp_server.workspace.roots import find_root

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer


def adopt_root(ls: "KibitzServer", uri: str) -> None:
    """Take the repository around the first file for the root, if the editor named none."""
    path = local_path(uri)
    if ls.client.root is not None or path is None:
        return
    root = next((it for it in (find_root(Path(path)), Path(path).parent) if not is_too_wide(it)), None)
    if root is None:
        return
    ls.client = replace(ls.client, root=root)
    ls.documents.root = root
    if ls.is_configured:
        ls.services.configure(ls.settings, root, ls.client.extra_roots)


def is_too_wide(folder: Path) -> bool:
    """Whether *folder* holds what belongs to nobody's project: all of the home folder, or of the disk."""
    wide = {Path.home(), Path(tempfile.gettempdir())}
    return folder in wide or folder in Path.home().parents
