"""Settings, as the editor gives them: at the start, on its own, or when asked.

A key of machine scope picks what runs. Editors merge what a person and what a folder says before we see
it, so as long as an editor says that a folder is not trusted, such keys count only as they were in the
greeting, which holds the person's own. VS Code keeps a folder out of machine scope by itself, too. An
editor that does not ask about trust lets a folder configure it only after its own question, if at all.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from lsp_server.settings import LANGUAGES, Settings, for_windows, settings_of

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

_log = logging.getLogger(__name__)
SECTION = "kibitz"
TRUSTED = "kibitz/workspaceTrusted"
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
    ls.configured = tree
    if not ls.client.is_trusted:
        tree, refused = for_windows(tree)
        for key in refused:
            ls.tell_once(f"kibitz.{key} counts as it was at the start: the folder is not trusted")
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


def trust(ls: "KibitzServer", params: object) -> None:
    """The person has come to trust the folder."""
    ls.client = replace(ls.client, is_trusted=True)
    use(ls, ls.configured)


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
