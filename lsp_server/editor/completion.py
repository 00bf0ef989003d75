"""`textDocument/completion`: one entry in the menu, for editors that cannot show grey text."""

import re
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from lsp_server.completion.engine import Trigger
from lsp_server.editor.convert import range_of
from lsp_server.editor.suggestions import suggest

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

LABEL_MAX_CHARACTERS = 60
_WORD = re.compile(r"\w*$")


async def completion(ls: "KibitzServer", params: lsp.CompletionParams) -> lsp.CompletionList:
    """The entry begins with the word before the cursor: that is what menus filter by."""
    suggestions = await suggest(ls, params, Trigger.AUTOMATIC)
    if not suggestions:
        return lsp.CompletionList(is_incomplete=True, items=[])
    found = suggestions[0]
    document = found.document
    line_start = document.line_starts[document.line_of(found.start)]
    word = _WORD.search(document.text[line_start : found.start])
    typed = "" if word is None else word[0]
    text = typed + found.text
    where = range_of(document, found.start - len(typed), found.end, ls.encoding)
    label = _label(text)
    return lsp.CompletionList(
        is_incomplete=True,
        items=[
            lsp.CompletionItem(
                label=label,
                kind=lsp.CompletionItemKind.Text,
                detail="Kibitz",
                documentation=text if label != text else None,
                sort_text="~~~~",  # after everything that a language server knows for sure
                filter_text=typed or label,
                preselect=False,
                insert_text_format=lsp.InsertTextFormat.PlainText,
                insert_text_mode=lsp.InsertTextMode.AsIs,
                text_edit=lsp.TextEdit(range=where, new_text=text),
            )
        ],
    )


def _label(text: str) -> str:
    """The first line that says something, shortened; an ellipsis stands for what is missing."""
    lines = text.strip().splitlines() or [""]
    first = lines[0][:LABEL_MAX_CHARACTERS]
    return first if first == text.strip() else first + " …"
