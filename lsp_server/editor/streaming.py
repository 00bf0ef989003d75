"""`kibitz/answer`: an answer as far as it is written, for a client that said what it calls it."""

import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsp_server.editor.services import OnText

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

ANSWER = "kibitz/answer"
PAUSE_S = 0.08  # between two of them: a page is drawn anew for each


def streamed(ls: "KibitzServer", argument: Mapping[str, Any]) -> OnText:
    """Send what is written so far; from any thread. For other clients nothing is sent."""
    name = argument.get("answerId")
    if not isinstance(name, str) or not name:
        return lambda text: None
    sending = threading.Lock()
    sent = 0.0

    def send(text: str) -> None:
        nonlocal sent
        with sending:
            now = time.monotonic()
            if now - sent < PAUSE_S:
                return
            sent = now
        ls.protocol.notify(ANSWER, {"answerId": name[:100], "markdown": text})

    return send
