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
) -> list[Suggestion]:
    """What to show at *where*, as if *selected*, an entry of an open menu, had been accepted.

    The best first; more than one only for who asked.
    """
    uri = where.text_document.uri
    document, page = ls.documents.current(uri), ls.notebooks.page(uri)
    if document is None or page is None or not (ls.settings.enabled and ls.settings.completion_enabled):
        return []
    announce(ls)
    cursor = offset_of(document, where.position, ls.encoding)
    asked, offset, chosen = page.document, page.before + cursor, None
    if selected is not None:
        start = offset_of(document, selected.range.start, ls.encoding)
        end = offset_of(document, selected.range.end, ls.encoding)
        if not start <= cursor <= end or document.line_of(start) != document.line_of(end):
            return []
        chosen = Suggestion(document=document, start=start, end=end, text=selected.text)
        whole = asked.text
        text = whole[: page.before + start] + selected.text + whole[page.before + end :]
        asked, offset = replace(asked, text=text), page.before + start + len(selected.text)

    def complete(cancellation: Cancellation) -> list[Completion]:
        first = ls.services.complete(asked, offset, trigger=trigger, cancellation=cancellation)
        if first is None or not first.text or trigger is Trigger.AUTOMATIC:
            return [] if first is None else [first]
        others = ls.services.other_completions(asked, offset, first, cancellation=cancellation)
        return [first, *others]

    try:
        found = await ls.running.completion(uri, complete)
    except Cancelled:
        return []
    except KibitzError as error:
        _log.info("no suggestion: %s", in_words(error))  # the status says it where a person looks
        return []
    except Exception:  # noqa: BLE001 - while typing, a bug is silent too
        _log.exception("a completion failed")
        return []
    if ls.documents.current(uri) is not document:
        return []
    usable = [it for it in found if it.text and it.offset == offset <= it.replace_end_offset]
    if chosen is not None:
        plain = (it for it in usable if it.replace_end_offset == offset)
        return [replace(chosen, text=chosen.text + it.text) for it in plain]
    placed = (
        Suggestion(document=document, start=cursor, end=it.replace_end_offset - page.before, text=it.text)
        for it in usable
    )
    return [it for it in placed if _is_on_one_line(it)]


def _is_on_one_line(it: Suggestion) -> bool:
    return it.end <= len(it.document.text) and it.document.line_of(it.start) == it.document.line_of(it.end)
