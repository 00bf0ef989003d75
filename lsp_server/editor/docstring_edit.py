"""A docstring as an edit of the document that the editor has."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from lsp_server.editor.convert import range_of
from lsp_server.editor.services import Replacement
from lsp_server.errors import KibitzError
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

LABEL = "Kibitz: write docstring"
ALL_LABEL = "Kibitz: document this file"
ANNOTATION = "kibitz-docstrings"


async def written(ls: "KibitzServer", uri: str, line: int) -> lsp.WorkspaceEdit:
    """The edit for the definition at *line*. Raises KibitzError."""
    document = _opened(ls, uri)
    replacements = await ls.running.action(
        lambda cancellation: ls.services.docstring(document, line, cancellation=cancellation)
    )
    return _edit(ls, uri, document, replacements)


async def write(ls: "KibitzServer", uri: str, line: int) -> None:
    """Have the editor make that edit. Raises KibitzError."""
    _need_edits(ls, "kibitz docstring")
    await _apply(ls, await written(ls, uri, line), LABEL)


async def write_all(ls: "KibitzServer", uri: str) -> None:
    """Have the editor write what the file lacks; one that can shows it first. Raises KibitzError."""
    _need_edits(ls, "kibitz document")
    document = _opened(ls, uri)
    replacements = await ls.running.action(
        lambda cancellation: ls.services.document_file(document, cancellation=cancellation)
    )
    if not replacements:
        raise KibitzError(
            "nothing public here lacks a docstring", hint="`kibitz document --all` writes private ones, too."
        )
    edit = _edit(ls, uri, document, replacements, is_shown_first=True)
    if edit.change_annotations:  # who looks at it first may say no, and that is no failure
        await ls.ask(lsp.WORKSPACE_APPLY_EDIT, lsp.ApplyWorkspaceEditParams(edit=edit, label=ALL_LABEL))
    else:
        await _apply(ls, edit, ALL_LABEL)


def _opened(ls: "KibitzServer", uri: str) -> Document:
    document = ls.documents.current(uri)
    if document is None:
        raise KibitzError("that document is not open", hint="Open it and try again.")
    return document


def _edit(
    ls: "KibitzServer",
    uri: str,
    document: Document,
    replacements: Sequence[Replacement],
    *,
    is_shown_first: bool = False,
) -> lsp.WorkspaceEdit:
    if ls.documents.current(uri) is not document:
        raise KibitzError("the text has changed meanwhile", hint="Ask for the docstring again.")
    edits = [
        lsp.TextEdit(range=range_of(document, it.start, it.end, ls.encoding), new_text=it.text)
        for it in replacements
    ]
    if not ls.client.has_versioned_edits:
        return lsp.WorkspaceEdit(changes={uri: edits})
    versioned = lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=document.version)
    if not (is_shown_first and ls.client.has_annotations):
        return lsp.WorkspaceEdit(
            document_changes=[lsp.TextDocumentEdit(text_document=versioned, edits=edits)]
        )
    annotated = [
        lsp.AnnotatedTextEdit(range=it.range, new_text=it.new_text, annotation_id=ANNOTATION) for it in edits
    ]
    return lsp.WorkspaceEdit(
        document_changes=[lsp.TextDocumentEdit(text_document=versioned, edits=annotated)],
        change_annotations={
            ANNOTATION: lsp.ChangeAnnotation(
                label="Docstrings",
                needs_confirmation=True,
                description="written by Kibitz; nothing else changes",
            )
        },
    )


def _need_edits(ls: "KibitzServer", command: str) -> None:
    if not ls.client.applies_edits:
        raise KibitzError(
            "this editor does not let a server change text", hint=f"Use `{command}` in a terminal."
        )


async def _apply(ls: "KibitzServer", edit: lsp.WorkspaceEdit, label: str) -> None:
    answer = await ls.ask(lsp.WORKSPACE_APPLY_EDIT, lsp.ApplyWorkspaceEditParams(edit=edit, label=label))
    if not isinstance(answer, dict) or answer.get("applied") is not True:
        raise KibitzError("the editor did not make the change", hint="Try again when the text is at rest.")
