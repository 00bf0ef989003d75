"""What the editor said of itself in `initialize`, read from plain data.

Nothing in it can be wrong enough to refuse the editor: what is not understood counts as not said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsp_server.editor.counting import DEFAULT_ENCODING, Encoding, chosen_encoding
from lsp_server.editor.uris import local_path
from lsp_server.workspace.roots import together


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    process_id: int | None = None
    locale: str = ""
    encoding: Encoding = DEFAULT_ENCODING
    root: Path | None = None
    extra_roots: tuple[Path, ...] = ()
    settings: object = None  # the tree under `kibitz`, as it came
    is_trusted: bool = True  # the person trusts the folder; editors that do not ask count as if
    shows_explanations: bool = False  # it shows what our commands answer
    has_inline_completion: bool = False
    registers_inline_completion: bool = False
    has_completion: bool = False
    has_notebooks: bool = False
    has_action_literals: bool = False
    resolves_edits: bool = False
    applies_edits: bool = False
    has_versioned_edits: bool = False
    has_annotations: bool = False
    has_configuration: bool = False
    registers_configuration: bool = False
    registers_watchers: bool = False
    has_progress: bool = False
    shows_documents: bool = False

    @property
    def base(self) -> Path | None:
        """What paths are relative to: the one folder that is open, or the one that holds all that are."""
        return None if self.root is None else together((self.root, *self.extra_roots))[0]


def client_of(params: object) -> Client:
    abilities = _at(params, "capabilities")
    options = _at(params, "initializationOptions")
    process_id = _at(params, "processId")
    encodings = _at(abilities, "general.positionEncodings")
    roots = _roots(params)
    text, workspace, window = (_at(abilities, it) for it in ("textDocument", "workspace", "window"))
    return Client(
        process_id=process_id if isinstance(process_id, int) and process_id > 0 else None,
        locale=str(_at(params, "locale") or ""),
        encoding=chosen_encoding(encodings if isinstance(encodings, list) else ()),
        root=roots[0] if roots else None,
        extra_roots=tuple(roots[1:]),
        settings=_at(options, "kibitz"),
        is_trusted=_at(options, "kibitzClient.isTrusted") is not False,
        shows_explanations=_at(options, "kibitzClient.showsExplanations") is True,
        has_inline_completion=isinstance(_at(text, "inlineCompletion"), Mapping),
        registers_inline_completion=_at(text, "inlineCompletion.dynamicRegistration") is True,
        has_notebooks=isinstance(_at(abilities, "notebookDocument.synchronization"), Mapping),
        has_completion=isinstance(_at(text, "completion"), Mapping),
        has_action_literals=isinstance(_at(text, "codeAction.codeActionLiteralSupport"), Mapping),
        resolves_edits="edit" in (_at(text, "codeAction.resolveSupport.properties") or ())
        and _at(text, "codeAction.dataSupport") is True,
        applies_edits=_at(workspace, "applyEdit") is True,
        has_versioned_edits=_at(workspace, "workspaceEdit.documentChanges") is True,
        has_annotations=isinstance(_at(workspace, "workspaceEdit.changeAnnotationSupport"), Mapping),
        has_configuration=_at(workspace, "configuration") is True,
        registers_configuration=_at(workspace, "didChangeConfiguration.dynamicRegistration") is True,
        registers_watchers=_at(workspace, "didChangeWatchedFiles.dynamicRegistration") is True,
        has_progress=_at(window, "workDoneProgress") is True,
        shows_documents=_at(window, "showDocument.support") is True,
    )


def folders_of(folders: object) -> list[Path]:
    """The local ones among some WorkspaceFolders."""
    if not isinstance(folders, Sequence):
        return []
    paths = (local_path(str(_at(it, "uri") or "")) for it in folders)
    return [Path(path) for path in paths if path is not None]


def _roots(params: object) -> list[Path]:
    folders = folders_of(_at(params, "workspaceFolders"))
    if folders:
        return folders
    path = local_path(str(_at(params, "rootUri") or "")) or _at(params, "rootPath")
    return [Path(path)] if isinstance(path, str) and Path(path).is_absolute() else []


def _at(tree: object, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(name)
    return tree
