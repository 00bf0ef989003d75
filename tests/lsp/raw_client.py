"""An editor reduced to its bytes: it drives a real server process, and nothing here waits for ever."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
QUIET_S = 0.2  # without a word
SECONDS_MAX = 10.0

Message = dict[str, Any]


class TooLateError(AssertionError):
    pass


class ServerProcess:
    """Messages in and out of one `kibitz serve`, or whatever *command* is."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.process = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=ROOT, env={**os.environ, **environment}, bufsize=0,
        )  # fmt: skip
        self.received: list[Message] = []
        self.stray = b""  # bytes outside of frames
        self._new: queue.Queue[Message | None] = queue.Queue()
        self._errors: list[bytes] = []
        self._ids = 0
        self._writing = threading.Lock()
        self._may_read = threading.Event()
        self._may_read.set()
        self.answer: Callable[[Message], object] = lambda message: None
        for target in (self._read, self._read_errors):
            threading.Thread(target=target, daemon=True).start()

    # Out

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        with self._writing:  # answers go out from the thread that reads
            self.process.stdin.write(data)

    def send(self, message: object) -> None:
        body = json.dumps(message).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def notify(self, method: str, params: object) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: object = None) -> int:
        """Send a request and do not wait; `reply` does."""
        self._ids += 1
        self.send({"jsonrpc": "2.0", "id": self._ids, "method": method, "params": params})
        return self._ids

    def request(self, method: str, params: object = None, seconds: float = SECONDS_MAX) -> Any:
        """The result. Raises AssertionError for an error."""
        answer = self.reply(self.ask(method, params), seconds)
        assert "error" not in answer, f"{method}: {answer['error']}\n{self.log()}"
        return answer["result"]

    def error(self, method: str, params: object = None, seconds: float = SECONDS_MAX) -> dict[str, Any]:
        answer = self.reply(self.ask(method, params), seconds)
        assert "error" in answer, f"{method} was answered: {answer}"
        error: dict[str, Any] = answer["error"]
        return error

    def cancel(self, number: int) -> None:
        self.notify("$/cancelRequest", {"id": number})

    # In

    def reply(self, number: object, seconds: float = SECONDS_MAX) -> Message:
        return self.wait_for(
            lambda it: "method" not in it and it.get("id") == number, f"reply {number}", seconds
        )

    def has_replied(self, number: object) -> bool:
        """Whether the reply has come by now."""
        self.received_for(0.001)
        return any("method" not in it and it.get("id") == number for it in self.received)

    def notification(self, method: str, seconds: float = SECONDS_MAX, **wanted: object) -> Any:
        """The params of the first notification, past or coming, that holds what is *wanted*."""

        def fits(message: Message) -> bool:
            params = message.get("params") or {}
            return message.get("method") == method and all(params.get(k) == v for k, v in wanted.items())

        return self.wait_for(fits, f"{method} {wanted}", seconds)["params"]

    def wait_for(self, fits: Callable[[Message], bool], what: str, seconds: float = SECONDS_MAX) -> Message:
        found = next((it for it in self.received if fits(it)), None)
        deadline = time.monotonic() + seconds
        while found is None:
            try:
                message = self._new.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise TooLateError(f"no {what} within {seconds} s\n{self.log()}") from None
            if message is None:
                self._new.put(None)
                raise TooLateError(f"the server ended before {what} came\n{self.log()}")
            self.received.append(message)
            found = message if fits(message) else None
        return found

    def received_for(self, seconds: float) -> list[Message]:
        """What comes within *seconds*: to see that something does not."""
        deadline, came = time.monotonic() + seconds, []
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = self._new.get(timeout=left)
            except queue.Empty:
                break
            if message is None:
                self._new.put(None)
                break
            self.received.append(message)
            came.append(message)
        return came

    # The process

    def wait_for_end(self, seconds: float = SECONDS_MAX) -> int:
        return self.process.wait(seconds)

    def pause(self) -> None:
        """Read nothing more of what the server writes."""
        self._may_read.clear()

    def log(self) -> str:
        """What it has written; an answer may overtake the line that was written before it."""
        read = -1
        while read != (read := len(self._errors)):
            time.sleep(QUIET_S)
        return b"".join(self._errors).decode(errors="replace")[-4000:]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(SECONDS_MAX)

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        buffer = b""
        while self._may_read.wait() and (data := stream.read(1 << 16)):
            buffer += data
            while (end := buffer.find(b"\r\n\r\n")) >= 0:
                head = buffer[:end]
                at = head.rfind(b"Content-Length: ")
                if at < 0:
                    break
                self.stray += head[:at]
                length = int(head[at + 16 :].split(b"\r\n")[0])
                if len(buffer) < end + 4 + length:
                    break
                message = json.loads(buffer[end + 4 : end + 4 + length])
                buffer = buffer[end + 4 + length :]
                self._take(message)
        self.stray += buffer
        self._new.put(None)

    def _take(self, message: Message) -> None:
        if "method" in message and "id" in message:
            try:
                result = self.answer(message)
            except KeyError:
                error = {"code": -32601, "message": "not here"}
                self.send({"jsonrpc": "2.0", "id": message["id"], "error": error})
            else:
                if result is not NotImplemented:
                    self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        self._new.put(message)

    def _read_errors(self) -> None:
        stream = self.process.stderr
        assert stream is not None
        while data := stream.read(1 << 16):
            self._errors.append(data)


PYTHON = sys.executable
