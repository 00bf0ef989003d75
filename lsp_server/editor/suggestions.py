"""One suggestion for one cursor, for whichever request an editor asks with. Silent when there is none."""

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.completion.completion import Completion
from lsp_server.completion.engine import Trigger
from lsp_server.editor.convert import offset_of
from lsp_server.editor.documents import announce
from lsp_server.editor.wording import in_words
from lsp_server.errors import KibitzError
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """*text* in place of what stands from *start* to *end*, on one line of *document*."""

    document: Document
    start: int
    end: int
    text: str


async def suggest(
    ls: "KibitzServer",
    where: lsp.TextDocumentPositionParams | lsp.InlineCompletionParams | lsp.CompletionParams,
    trigger: Trigger,
    selected: lsp.SelectedCompletionInfo | None = None,
) -> Suggestion | None:
    """What to show at *where*, as if *selected*, an entry of an open menu, had been accepted."""
    uri = where.text_document.uri
    document = ls.documents.current(uri)
    if document is None or not (ls.settings.enabled and ls.settings.completion_enabled):
        return None
    announce(ls)
    cursor = offset_of(document, where.position, ls.encoding)
    asked, offset, chosen = document, cursor, None
    if selected is not None:
        start = offset_of(document, selected.range.start, ls.encoding)
        end = offset_of(document, selected.range.end, ls.encoding)
        if not start <= cursor <= end or document.line_of(start) != document.line_of(end):
            return None
        chosen = Suggestion(document=document, start=start, end=end, text=selected.text)
        text = document.text[:start] + selected.text + document.text[end:]
        asked, offset = replace(document, text=text), start + len(selected.text)

    def complete(cancellation: Cancellation) -> Completion | None:
        return ls.services.complete(asked, offset, trigger=trigger, cancellation=cancellation)

    try:
        found = await ls.running.completion(uri, complete)
    except Cancelled:
        return None
    except KibitzError as error:
        _log.info("no suggestion: %s", in_words(error))  # the status says it where a person looks
        return None
    except Exception:  # noqa: BLE001 - while typing, a bug is silent too
        _log.exception("a completion failed")
        return None
    if found is None or not found.text or ls.documents.current(uri) is not document:
        return None
    if chosen is not None:
        is_plain = found.replace_end_offset == offset
        return replace(chosen, text=chosen.text + found.text) if is_plain else None
    end = found.replace_end_offset
    if found.offset != cursor or not cursor <= end <= len(document.text):
        return None
    if document.line_of(cursor) != document.line_of(end):
        return None
    return Suggestion(document=document, start=cursor, end=end, text=found.text)
