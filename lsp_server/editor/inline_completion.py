"""`textDocument/inlineCompletion`: grey text at the cursor."""

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from lsp_server.completion.engine import Trigger
from lsp_server.editor.convert import range_of
from lsp_server.editor.suggestions import suggest

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer


def registration() -> lsp.Registration:
    return lsp.Registration(
        id="kibitz-inline-completion",
        method=lsp.TEXT_DOCUMENT_INLINE_COMPLETION,
        register_options=lsp.InlineCompletionRegistrationOptions(document_selector=None),
    )


async def inline_completion(
    ls: "KibitzServer", params: lsp.InlineCompletionParams
) -> lsp.InlineCompletionList:
    """One item while typing, a few for who asks: plain text, and a range, without which some editors fail."""
    is_invoked = params.context.trigger_kind == lsp.InlineCompletionTriggerKind.Invoked
    trigger = Trigger.INVOKED if is_invoked else Trigger.AUTOMATIC
    found = await suggest(ls, params, trigger, params.context.selected_completion_info)
    return lsp.InlineCompletionList(
        items=[
            lsp.InlineCompletionItem(
                insert_text=it.text, range=range_of(it.document, it.start, it.end, ls.encoding)
            )
            for it in found
        ]
    )
