"""One connection to a host: requests go out, and what comes back finds the thread that waits for it."""

import itertools
import json
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import psutil

from lsp_server.model.hang_up import hang_up
from lsp_server.model.said_before import Saying

# A host that is alive says so four times a second while anybody waits. One that is not stopped may be waiting
# for a core, behind all else that a busy machine does, and to load it again would take more of that.
SILENCE_S_MAX = 2.0
SILENCE_OF_RUNNING_S_MAX = 10.0
LOOK_S = 0.4
STOPPED = (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)

Message = dict[str, Any]
GONE: Message = {"is": "gone"}


class Mailbox:
    """Where the messages about one request arrive."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.is_started = False
        self.prompt = 0  # its hash


class Link:
    """`on_state` is called from the reader's thread with what is said of the host as a whole."""

    def __init__(self, connection: Connection, on_state: Callable[[Message], None]) -> None:
        self._connection = connection
        self._on_state = on_state
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._saying = Saying()
        self._numbers = itertools.count(1)
        self._mailboxes: dict[int, Mailbox] = {}
        self._heard = time.monotonic()
        self._suspected = 0.0
        self._pid: int | None = None
        self.is_gone = threading.Event()
        self.started_when_gone: list[int] = []  # hashes of the prompts that were worked on

    def start(self, first: bytes) -> None:
        """Begin with the *first* message, which has been received already."""
        self._handle(json.loads(first))
        threading.Thread(target=self._read, name="model link", daemon=True).start()

    def open_mailbox(self) -> Mailbox:
        with self._lock:
            if not self._mailboxes:
                self._heard = time.monotonic()  # nobody listened so far, and so nothing was said
            mailbox = Mailbox(next(self._numbers))
            self._mailboxes[mailbox.number] = mailbox
            if self.is_gone.is_set():
                mailbox.messages.put(GONE)
        return mailbox

    def close_mailbox(self, mailbox: Mailbox) -> None:
        with self._lock:
            self._mailboxes.pop(mailbox.number, None)

    def send(self, message: Message) -> None:
        """Never raises: whoever waits for an answer is told that the host has gone."""
        try:
            with self._sending:
                if "beside" in message:
                    message = {**message, "beside": self._saying.said(message["beside"])}
                self._connection.send_bytes(json.dumps(message).encode())
        except OSError:
            return  # the reader finds it ended, too

    def receive(self, mailbox: Mailbox) -> Message:
        """The next message for this mailbox. A host that does not move any more is ended."""
        while True:
            try:
                return mailbox.messages.get(timeout=LOOK_S)
            except queue.Empty:
                self.end_host_if_silent()

    def end_host_if_silent(self) -> None:
        """Called again and again while something is waited for.

        Silence has to be found twice: a process that was stopped itself, or a machine that slept,
        must first have read what came meanwhile.
        """
        heard = self._heard
        silence_s = time.monotonic() - heard
        if silence_s <= SILENCE_S_MAX:
            return
        if heard == self._suspected and (silence_s > SILENCE_OF_RUNNING_S_MAX or self._is_stopped()):
            self.end_host()
        self._suspected = heard

    def _is_stopped(self) -> bool:
        if self._pid is None:
            return False
        try:
            return psutil.Process(self._pid).status() in STOPPED
        except psutil.Error:
            return False

    def end_host(self) -> None:
        if self._pid is not None and not self.is_gone.is_set():
            try:
                os.kill(self._pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            except OSError:
                hang_up(self._connection)

    def close(self) -> None:
        hang_up(self._connection)

    def _read(self) -> None:
        try:
            while True:
                self._handle(json.loads(self._connection.recv_bytes()))
        except (EOFError, OSError, ValueError, TypeError):
            self._connection.close()
        with self._lock:
            self.is_gone.set()
            waiting = list(self._mailboxes.values())
            self.started_when_gone = [mailbox.prompt for mailbox in waiting if mailbox.is_started]
        for mailbox in waiting:
            mailbox.messages.put(GONE)
        self._on_state(GONE)

    def _handle(self, message: Message) -> None:
        self._heard = time.monotonic()
        number = message.get("id")
        if number is None:
            self._pid = message.get("pid", self._pid)
            if message["is"] != "alive":
                self._on_state(message)
            return
        with self._lock:
            mailbox = self._mailboxes.get(number)
        if mailbox is not None:
            if message["is"] == "started":
                mailbox.is_started = True
            mailbox.messages.put(message)
