"""An editor's window whose requests are counted: when each was asked, when and how it was answered."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lsp.editor import VS_CODE, Editor, private
from tests.lsp.raw_client import PYTHON, Message, ServerProcess

CANCELLED = -32800
ANSWER_S_MAX = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    method: str
    at: float  # seconds of time.monotonic
    seconds: float
    error: str  # "" for none; being cancelled is none


class CountedServer(ServerProcess):
    def __init__(self, home: Path) -> None:
        self.unanswered: dict[object, tuple[str, float]] = {}  # id → method, when
        self.answers: list[Answer] = []
        self._counting = threading.Lock()
        super().__init__([PYTHON, "-m", "lsp_server", "serve"], private(home))

    def send(self, message: object) -> None:
        if isinstance(message, dict) and "id" in message and "method" in message:
            with self._counting:
                self.unanswered[message["id"]] = (str(message["method"]), time.monotonic())
        super().send(message)

    def _take(self, message: Message) -> None:
        if "method" not in message:
            now = time.monotonic()
            with self._counting:
                method, asked = self.unanswered.pop(message.get("id"), ("an unknown id", now))
            error = message.get("error", {})
            words = "" if error.get("code") in (None, CANCELLED) else f"{error['code']} {error['message']}"
            self.answers.append(Answer(method=method, at=now, seconds=now - asked, error=words))
        super()._take(message)


class Window(Editor):
    """On *root*, with the folders of *home*, which several windows may share."""

    def __init__(self, home: Path, root: Path) -> None:
        self.counted = CountedServer(home)
        super().__init__(self.counted, root, VS_CODE, None, shows_explanations=True)

    def answer_to(self, number: int) -> Message:
        """Wait for it; raises AssertionError if it does not come. What came before it is forgotten."""
        message = self.server.reply(number, ANSWER_S_MAX)
        self.server.received.clear()
        return message

    def pause(self, seconds: float) -> list[Message]:
        """What came meanwhile, which is then forgotten: a window that is open for hours keeps nothing."""
        came = self.server.received_for(seconds)
        self.server.received.clear()
        return came

    def lines(self) -> list[str]:
        return self._texts[self.file]

    def open_files(self) -> list[str]:
        return list(self._texts)

    def erase_to_line_end(self) -> None:
        line, column = self.cursor
        lines = self.lines()
        self._versions[self.file] += 1
        span = {
            "start": {"line": line, "character": column},
            "end": {"line": line, "character": len(lines[line])},
        }
        self.server.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self.uri, "version": self._versions[self.file]},
                "contentChanges": [{"range": span, "text": ""}],
            },
        )
        lines[line] = lines[line][:column]

    def asked(self, method: str, params: dict[str, Any]) -> Any:
        """The result, waited for; None for an error, which is counted."""
        return self.answer_to(self.server.ask(method, params)).get("result")
