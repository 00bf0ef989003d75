"""The wire to the editor, and the greeting, which does not wait until the server is loaded."""

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence

from lsp_server.editor.capabilities import greeting
from lsp_server.editor.client import client_of
from lsp_server.editor.frames import BadFrame, FrameError, FrameReader, FrameWriter, frame
from lsp_server.editor.parent import when_ended

_log = logging.getLogger(__name__)

READ_BYTES = 1 << 16
UNHANDLED_MAX_BYTES = 64 << 20  # read and not yet dealt with; then the editor waits

Receive = Callable[[Sequence[bytes | BadFrame]], None]


class WaitingRoom:
    """Lets who comes in be ahead of who is served by *most* and no more. Thread-safe."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside = 0
        self._changed = threading.Condition()

    def enter(self, size: int) -> None:
        """Blocks while it is full; one always finds a place, however large."""
        with self._changed:
            self._inside += size
            self._changed.wait_for(lambda: self._inside <= max(self._most, size))

    def leave(self, size: int) -> None:
        with self._changed:
            was_full = self._inside > self._most
            self._inside -= size
            if was_full:
                self._changed.notify_all()


class Connection:
    """Reads from the start. What comes before `attach` is kept; if the editor goes before it, so do we."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self.greeted: object = None  # the id of a request `initialize` that has its answer
        self.unhandled = WaitingRoom(UNHANDLED_MAX_BYTES)
        self._incoming = incoming
        self._lock = threading.Lock()
        self._kept: list[bytes | BadFrame] = []
        self._receive: Receive | None = None
        self._has_shutdown = False
        self._on_end: Callable[[], None] = lambda: os._exit(1)
        self.writer = FrameWriter(outgoing, on_broken=lambda: self._on_end())
        threading.Thread(target=self._read, name="kibitz-reader", daemon=True).start()

    def attach(self, receive: Receive, on_end: Callable[[], None]) -> None:
        """From now on *receive* gets what each read brought, in the reader's thread; first all there is."""
        with self._lock:
            self._on_end = on_end
            receive(self._kept)
            self._receive = receive

    def _read(self) -> None:
        reader = FrameReader()
        try:
            while data := os.read(self._incoming, READ_BYTES):
                messages = reader.feed(data)
                with self._lock:
                    if self._receive is not None:
                        self._receive(messages)
                    else:
                        for message in messages:
                            self._keep(message)
                self.unhandled.enter(sum(len(it) for it in messages if isinstance(it, bytes)))
        except FrameError as error:
            _log.error("the editor sends no messages that can be read: %s", error)
        except OSError as error:
            _log.info("the editor is gone: %s", error)
        self._on_end()

    def _keep(self, message: bytes | BadFrame) -> None:
        """Answer the greeting if it comes first, and hear `exit`; all else is for the server to judge."""
        try:
            read = json.loads(message) if isinstance(message, bytes) else None
        except (ValueError, RecursionError):
            read = None
        method = read.get("method") if isinstance(read, dict) else None
        if method == "exit" and not self._has_shutdown:
            self._on_end()
        self._has_shutdown = self._has_shutdown or method == "shutdown"
        if isinstance(read, dict) and method == "initialize" and not self._kept:
            self._greet(read)
        self._kept.append(message)

    def _greet(self, request: Mapping[str, object]) -> None:
        number = request.get("id")
        if not isinstance(number, int | str) or isinstance(number, bool):
            return
        client = client_of(request.get("params"))
        answer = {"jsonrpc": "2.0", "id": number, "result": greeting(client)}
        self.writer.write(frame(json.dumps(answer).encode()))
        self.greeted = number
        if client.process_id is not None:
            when_ended(client.process_id, lambda: self._on_end())
