"""Notes what became of ghost text, if the person lets it."""

import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

from lsp_server.completion.completion import Completion
from lsp_server.statistics.journal import Journal, default_path
from lsp_server.statistics.observing import Observer
from lsp_server.statistics.request import Request
from lsp_server.text.document import Document

CLOSING_S_MAX = 1.0
TextOf = Callable[[str], str | None]


class Counting:
    """Thread-safe. *text_of* gives the text of an open document by its path."""

    def __init__(self, text_of: TextOf, *, path: Path | None = None) -> None:
        self._journal = Journal(path or default_path())
        self._observer = Observer(self._note, time.monotonic)
        self._text_of = text_of
        self._timer: threading.Timer | None = None
        self._noted: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self.is_on = True

    def answered(self, completion: Completion, document: Document) -> None:
        if not self.is_on:
            return
        tokens, times = completion.tokens, completion.milliseconds
        request = Request(
            at=time.time(),
            model=completion.model_name,
            source=completion.source,
            ghost_ms=round(times.total, 1),
            first_ms=round(times.context + times.queue + times.prompt, 1),
            evaluated=tokens.evaluated,
            reused=tokens.reused,
            generated=tokens.generated,
            characters=len(completion.text),
        )
        self._observer.answered(
            request, document.path, completion.offset, completion.text, len(document.text)
        )

    def changed(self, document: Document) -> None:
        if self.is_on:
            self._observer.changed(document.path, document.text)
            self._look_again_in_time()

    def closed(self, path: str) -> None:
        self._observer.closed(path)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._observer.close()
        if self._writer is not None:
            self._noted.put(None)
            self._writer.join(CLOSING_S_MAX)

    def _look_again_in_time(self) -> None:
        due = self._observer.due()
        if due is not None and (self._timer is None or not self._timer.is_alive()):
            self._timer = threading.Timer(max(0.0, due - time.monotonic()), self._look_again)
            self._timer.daemon = True
            self._timer.start()

    def _look_again(self) -> None:
        self._observer.look_again(self._text_of)
        self._timer = None
        self._look_again_in_time()

    def _note(self, request: Request) -> None:
        """Nobody waits for the disk."""
        if self._writer is None:
            self._writer = threading.Thread(target=self._write, name="kibitz-statistics", daemon=True)
            self._writer.start()
        self._noted.put(request)

    def _write(self) -> None:
        while (request := self._noted.get()) is not None:
            self._journal.note([request])
