"""`textDocument/inlineCompletion`: grey text at the cursor."""

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from lsp_server.completion.engine import Trigger
from lsp_server.editor.convert import range_of
from lsp_server.editor.suggestions import suggest

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer


async def inline_completion(
    ls: "KibitzServer", params: lsp.InlineCompletionParams
) -> lsp.InlineCompletionList:
    """At most one item: plain text, and always a range, without which some editors fail."""
    is_invoked = params.context.trigger_kind == lsp.InlineCompletionTriggerKind.Invoked
    trigger = Trigger.INVOKED if is_invoked else Trigger.AUTOMATIC
    found = await suggest(ls, params, trigger, params.context.selected_completion_info)
    if found is None:
        return lsp.InlineCompletionList(items=[])
    where = range_of(found.document, found.start, found.end, ls.encoding)
    return lsp.InlineCompletionList(items=[lsp.InlineCompletionItem(insert_text=found.text, range=where)])
