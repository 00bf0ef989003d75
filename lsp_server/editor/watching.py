"""`workspace/didChangeWatchedFiles`: the editor says which files on disk changed."""

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from lsp_server.editor.uris import document_path, is_local

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer


def registration() -> lsp.Registration:
    return lsp.Registration(
        id="kibitz-files",
        method=lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        register_options=lsp.DidChangeWatchedFilesRegistrationOptions(
            watchers=[lsp.FileSystemWatcher(glob_pattern="**/*")]
        ),
    )


def did_change_watched_files(ls: "KibitzServer", params: lsp.DidChangeWatchedFilesParams) -> None:
    """Which of them matter is for the ignore rules to say."""
    paths = {document_path(it.uri, ls.client.base) for it in params.changes if is_local(it.uri)}
    if paths:
        ls.services.refresh(sorted(paths))
