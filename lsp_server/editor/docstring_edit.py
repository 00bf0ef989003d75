"""A docstring as an edit of the document that the editor has."""

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from lsp_server.editor.convert import range_of
from lsp_server.errors import KibitzError

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

LABEL = "Kibitz: write docstring"


async def written(ls: "KibitzServer", uri: str, line: int) -> lsp.WorkspaceEdit:
    """The edit for the definition at *line*. Raises KibitzError."""
    document = ls.documents.current(uri)
    if document is None:
        raise KibitzError("that document is not open", hint="Open it and try again.")
    replacements = await ls.running.action(
        lambda cancellation: ls.services.docstring(document, line, cancellation=cancellation)
    )
    if ls.documents.current(uri) is not document:
        raise KibitzError("the text has changed meanwhile", hint="Ask for the docstring again.")
    edits = [
        lsp.TextEdit(range=range_of(document, it.start, it.end, ls.encoding), new_text=it.text)
        for it in replacements
    ]
    if not ls.client.has_versioned_edits:
        return lsp.WorkspaceEdit(changes={uri: edits})
    versioned = lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=document.version)
    return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(text_document=versioned, edits=edits)])


async def write(ls: "KibitzServer", uri: str, line: int) -> None:
    """Have the editor make that edit. Raises KibitzError."""
    if not ls.client.applies_edits:
        raise KibitzError(
            "this editor does not let a server change text", hint="Use `kibitz docstring` in a terminal."
        )
    edit = await written(ls, uri, line)
    answer = await ls.ask(lsp.WORKSPACE_APPLY_EDIT, lsp.ApplyWorkspaceEditParams(edit=edit, label=LABEL))
    if not isinstance(answer, dict) or answer.get("applied") is not True:
        raise KibitzError("the editor did not make the change", hint="Try again when the text is at rest.")
