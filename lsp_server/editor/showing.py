"""Show an answer in an editor whose client does not show it by itself."""

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from lsp_server.editor.services import Answer
from lsp_server.editor.uris import uri_of

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

MESSAGE_MAX_CHARACTERS = 2_000
_MARKUP = re.compile(r"^#+ +|^```.*\n?|\*\*|(?<!\w)`|`(?!\w)", re.MULTILINE)


async def show(ls: "KibitzServer", answer: Answer) -> None:
    """As a file beside the code where the editor can open one, else as a message."""
    if ls.client.shows_documents:
        path = _written(ls, answer)
        shown = lsp.ShowDocumentParams(uri=uri_of(path), take_focus=False)
        try:
            reply = await ls.ask(lsp.WINDOW_SHOW_DOCUMENT, shown)
        except JsonRpcException:
            reply = None
        if isinstance(reply, dict) and reply.get("success") is True:
            return
    words = f"{answer.title}\n\n{plain(answer.markdown)}"
    if len(words) > MESSAGE_MAX_CHARACTERS:
        words = words[: MESSAGE_MAX_CHARACTERS - 1] + "…"
    ls.protocol.notify(
        lsp.WINDOW_SHOW_MESSAGE, lsp.ShowMessageParams(type=lsp.MessageType.Info, message=words)
    )


def plain(markdown: str) -> str:
    """Without what only a renderer of Markdown understands."""
    return _MARKUP.sub("", markdown).strip()


def _written(ls: "KibitzServer", answer: Answer) -> Path:
    """The one file for answers: in a folder that only this user can enter, gone with the server."""
    if ls.answers is None:
        ls.answers = tempfile.TemporaryDirectory(prefix="kibitz-")
    path = Path(ls.answers.name) / "Kibitz.md"
    path.touch(mode=0o600)
    path.write_text(f"# {answer.title}\n\n{answer.markdown}\n", "utf-8", errors="replace")
    return path
