"""The language server: which handler answers what, and how the process lives and ends."""

import asyncio
import logging
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum
from functools import partial
from typing import Any

from cattrs import Converter
from lsprotocol import types as lsp
from lsprotocol.converters import get_converter
from pygls.lsp.server import LanguageServer

from lsp_server import __version__
from lsp_server.editor import (
    code_actions,
    commands,
    completion,
    configuration,
    documents,
    inline_completion,
    lifecycle,
    notebooks,
    status,
    watching,
)
from lsp_server.editor.client import Client
from lsp_server.editor.connection import Connection
from lsp_server.editor.counting import Encoding
from lsp_server.editor.documents import TEXT_MAX_CHARACTERS, OpenDocuments
from lsp_server.editor.frames import BadFrame
from lsp_server.editor.progress import ProgressBars
from lsp_server.editor.protocol import KibitzProtocol
from lsp_server.editor.running import Running
from lsp_server.editor.services import Progress, Services, Status
from lsp_server.settings import settings_of

_log = logging.getLogger(__name__)

CLOSE_MAX_S = 0.6  # for the model host, the index and the last bytes
_UNSENT_MAX_S = 0.3

_FEATURES: dict[str, Callable[..., Any]] = {
    lsp.INITIALIZE: lifecycle.initialize,
    lsp.INITIALIZED: lifecycle.initialized,
    lsp.SHUTDOWN: lifecycle.shutdown,
    lsp.SET_TRACE: lifecycle.set_trace,
    lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: lifecycle.did_change_workspace_folders,
    lsp.WORKSPACE_DID_CHANGE_CONFIGURATION: configuration.did_change_configuration,
    lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: watching.did_change_watched_files,
    lsp.TEXT_DOCUMENT_DID_OPEN: documents.did_open,
    lsp.TEXT_DOCUMENT_DID_CHANGE: documents.did_change,
    lsp.TEXT_DOCUMENT_DID_CLOSE: documents.did_close,
    lsp.TEXT_DOCUMENT_DID_SAVE: documents.did_save,
    lsp.NOTEBOOK_DOCUMENT_DID_OPEN: notebooks.did_open,
    lsp.NOTEBOOK_DOCUMENT_DID_CHANGE: notebooks.did_change,
    lsp.NOTEBOOK_DOCUMENT_DID_CLOSE: notebooks.did_close,
    lsp.TEXT_DOCUMENT_INLINE_COMPLETION: inline_completion.inline_completion,
    lsp.TEXT_DOCUMENT_COMPLETION: completion.completion,
    lsp.TEXT_DOCUMENT_CODE_ACTION: code_actions.code_action,
    lsp.CODE_ACTION_RESOLVE: code_actions.resolve,
    lsp.WORKSPACE_EXECUTE_COMMAND: commands.execute_command,
    status.LAST_REQUEST: status.last_request,
    configuration.TRUSTED: configuration.trust,
}


class KibitzServer(LanguageServer):
    """What the handlers share. All of it belongs to the event loop, except where a method says otherwise."""

    protocol: KibitzProtocol

    def __init__(self, services: Services) -> None:
        super().__init__("kibitz", __version__, protocol_cls=KibitzProtocol, converter_factory=_converter)
        self.services = services
        self.client = Client()
        self.settings = settings_of()[0]
        self.configured: object = None  # the tree that the editor said last
        self.is_configured = False
        self.documents = OpenDocuments(text_max=TEXT_MAX_CHARACTERS)
        self.notebooks = notebooks.Notebooks(self.documents)
        self.running = Running()
        self.bars = ProgressBars(self)
        self.status: Status | None = None
        self.answers: tempfile.TemporaryDirectory[str] | None = None
        self._told: set[str] = set()
        self._leaving = threading.Lock()
        self._closed = threading.Event()
        for name, handler in _FEATURES.items():
            self.protocol.fm.features[name] = partial(handler, self)
        self.protocol.fm.features[lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL] = self._cancel_progress
        self.protocol.on_exit = self.leave

    @property
    def encoding(self) -> Encoding:
        return self.client.encoding

    async def ask(self, method: str, params: object) -> Any:
        """Send the editor a request; its answer as plain data. Raises JsonRpcException."""
        return await self.protocol.ask(method, params)

    def tell_once(self, words: str) -> None:
        """One line in the log, however often it is true."""
        if words not in self._told:
            self._told.add(words)
            _log.warning("%s", words)

    def listen(self) -> None:
        """From now on the editor hears how the services are."""
        loop = asyncio.get_running_loop()
        self.services.on_status(lambda it: _on(loop, partial(status.tell, self, it)))
        self.services.on_progress(lambda it: _on(loop, partial(self._show_progress, it)))

    def _show_progress(self, progress: Progress) -> None:
        self.bars.show(progress)

    def _cancel_progress(self, params: lsp.WorkDoneProgressCancelParams) -> None:
        self.bars.cancel(params.token)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """In the log only: a person cannot do anything about a bug in the middle of typing."""
        _log.error("%s: %s", source, error)

    # The process

    def serve(self, connection: Connection) -> None:
        """Answer until the editor says `exit` or is gone. Does not return: the process ends."""
        with suppress(KeyboardInterrupt):
            asyncio.run(self._serve(connection))
        self.leave(1)
        time.sleep(2 * CLOSE_MAX_S)

    async def _serve(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        # Not as KeyboardInterrupt: asyncio.run would wait for busy threads, and the system may hand the
        # signal to one of them, which does not wake this one. Windows has no such handlers.
        with suppress(NotImplementedError):
            loop.add_signal_handler(signal.SIGINT, self.leave, 1)
        self.protocol.frames = connection.writer
        self.protocol.on_handled = connection.unhandled.leave
        connection.attach(
            lambda messages: _on(loop, partial(self._receive, connection, messages)),
            lambda: self._end_of_input(loop),
        )
        await self.protocol.dispatch()

    def _receive(self, connection: Connection, messages: Sequence[bytes | BadFrame]) -> None:
        self.protocol.greeted = connection.greeted
        for message in messages:  # all of them before one is handled, so that a cancel is seen in time
            self.protocol.receive(message)

    def _end_of_input(self, loop: asyncio.AbstractEventLoop) -> None:
        """What was read is answered first; and a loop that hangs cannot hold the process.

        Returns at once: the writer's thread comes here too, and is waited for when the process ends.
        """
        _on(loop, lambda: self.leave(0 if self.protocol.state == "shut down" else 1))
        at_the_latest = threading.Timer(_UNSENT_MAX_S, self.leave, (1,))
        at_the_latest.daemon = True
        at_the_latest.start()

    def leave(self, code: int) -> None:
        """End the process within a second, busy threads or not; from any thread, at once."""
        if self._leaving.acquire(blocking=False):
            threading.Thread(target=self._close, name="kibitz-close", daemon=True).start()
            threading.Thread(target=self._end, args=(code,), name="kibitz-end", daemon=True).start()

    def _close(self) -> None:
        try:
            self.services.close()
            if self.answers is not None:
                self.answers.cleanup()
        finally:
            self._closed.set()

    def _end(self, code: int) -> None:
        self._closed.wait(CLOSE_MAX_S)
        if self.protocol.frames is not None:
            self.protocol.frames.close(_UNSENT_MAX_S)
        logging.shutdown()
        os._exit(code)


def _on(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody is left to hear it
        loop.call_soon_threadsafe(call)


def _converter() -> Converter:
    """Reads what newer editors send: values that an enumeration does not have yet pass as they are."""
    converter = get_converter()
    strict = (lsp.InlineCompletionTriggerKind, lsp.CompletionTriggerKind)

    def read(value: Any, kind: Any) -> Any:
        try:
            return kind(value)
        except ValueError:
            if kind in strict or not isinstance(value, int | str):
                raise
            return value

    for kind in vars(lsp).values():
        if isinstance(kind, type) and issubclass(kind, Enum):
            converter.register_structure_hook(kind, read)
    return converter
