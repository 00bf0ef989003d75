"""Settings, as the editor gives them: at the start, on its own, or when asked.

A key of machine scope is heard from here like any other, since editors merge what a person and what a
folder says before we see it; we never ask for the values of one folder. VS Code keeps a folder out of
machine scope by itself. In other editors, who lets a folder's own file configure the editor trusts it.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from lsp_server.settings import LANGUAGES, Settings, settings_of

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

_log = logging.getLogger(__name__)
SECTION = "kibitz"
ANSWER_MAX_S = 2.0  # an editor that does not answer is served as it said at the start


async def did_change_configuration(ls: "KibitzServer", params: object) -> None:
    """Take what was sent along; an editor that can be asked is asked."""
    sent = params.get("settings") if isinstance(params, Mapping) else None
    tree = sent.get(SECTION) if isinstance(sent, Mapping) else None
    if ls.client.has_configuration:
        await ask(ls)
    elif isinstance(tree, Mapping):
        use(ls, tree)


async def ask(ls: "KibitzServer") -> None:
    items = lsp.ConfigurationParams(items=[lsp.ConfigurationItem(section=SECTION)])
    try:
        answer = await asyncio.wait_for(ls.ask(lsp.WORKSPACE_CONFIGURATION, items), ANSWER_MAX_S)
    except (JsonRpcException, TimeoutError) as error:
        _log.info("the editor did not say how it is configured: %r", error)
        return
    if isinstance(answer, list) and answer:
        use(ls, answer[0])


def use(ls: "KibitzServer", tree: object) -> None:
    """Lay *tree* over what the editor said at the start, and let everything know."""
    settings, complaints = settings_of(ls.client.settings, tree)
    for complaint in complaints:
        ls.tell_once(complaint)
    settings = spoken(settings, ls.client.locale)
    if settings != ls.settings or not ls.is_configured:
        is_first, ls.is_configured = not ls.is_configured, True
        ls.settings = settings
        logging.getLogger("lsp_server").setLevel(settings.log_level.upper())
        ls.services.configure(settings, ls.client.root, ls.client.extra_roots)
        for document in ls.documents.all() if is_first else ():
            ls.services.open_document(document)  # what was opened while the editor was being asked
        ls.running.may_begin.set()


def spoken(settings: Settings, locale: str) -> Settings:
    """With a language in place of "auto": the editor's own, if we speak it."""
    if settings.language != "auto":
        return settings
    name = locale.lower().replace("_", "-").partition("-")[0]
    return replace(settings, language=name if name in LANGUAGES and name != "auto" else "en")


def registration() -> lsp.Registration:
    return lsp.Registration(
        id="kibitz-configuration",
        method=lsp.WORKSPACE_DID_CHANGE_CONFIGURATION,
        register_options=lsp.DidChangeConfigurationRegistrationOptions(section=SECTION),
    )
