"""The handshake with the editor, and what changes of it later."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from lsp_server.editor import configuration, inline_completion, watching
from lsp_server.editor.capabilities import greeting
from lsp_server.editor.client import client_of, folders_of
from lsp_server.editor.documents import announce
from lsp_server.editor.parent import when_ended
from lsp_server.settings import settings_of

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer


def initialize(ls: "KibitzServer", params: object) -> dict[str, Any]:
    """The answer was on its way before this was loaded, if `Connection` saw the request."""
    ls.client = client_of(params)
    ls.documents.encoding = ls.client.encoding
    ls.documents.root = ls.client.base
    ls.settings = settings_of(ls.client.settings)[0]
    if ls.client.process_id is not None and ls.protocol.greeted is None:
        when_ended(ls.client.process_id, lambda: ls.leave(1))
    return greeting(ls.client)


async def initialized(ls: "KibitzServer", params: object) -> None:
    """Settings first: what follows depends on them."""
    if ls.client.has_configuration:
        await configuration.ask(ls)
    if not ls.is_configured:
        configuration.use(ls, None)
    ls.listen()
    registrations = [inline_completion.registration()] if ls.client.registers_inline_completion else []
    if ls.client.registers_configuration:
        registrations.append(configuration.registration())
    if ls.client.registers_watchers:
        registrations.append(watching.registration())
    if registrations:
        try:
            await ls.ask(lsp.CLIENT_REGISTER_CAPABILITY, lsp.RegistrationParams(registrations=registrations))
        except JsonRpcException as error:
            ls.tell_once(f"the editor refused to register what it offers: {error.message}")


def shutdown(ls: "KibitzServer", params: object) -> None:
    announce(ls)
    ls.protocol.state = "shut down"
    ls.protocol.cancel_all()


def did_change_workspace_folders(ls: "KibitzServer", params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    """All that are open are read as one repository; the first stays the first as long as it is open."""
    gone = set(folders_of([{"uri": it.uri} for it in params.event.removed]))
    new = folders_of([{"uri": it.uri} for it in params.event.added])
    roots = [*([ls.client.root] if ls.client.root else []), *ls.client.extra_roots]
    roots = [it for it in roots if it not in gone] + [it for it in new if it not in roots]
    ls.client = replace(ls.client, root=roots[0] if roots else None, extra_roots=tuple(roots[1:]))
    ls.documents.move(ls.client.base)
    ls.services.configure(ls.settings, ls.client.root, ls.client.extra_roots)
    for document in ls.documents.all():
        ls.services.open_document(document)


def set_trace(ls: "KibitzServer", params: object) -> None:
    """Messages are not traced: they hold the person's code."""
