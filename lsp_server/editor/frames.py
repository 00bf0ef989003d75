"""Messages as bytes: `Content-Length` frames in and out of two descriptors, each with a thread of its own.

Nothing a peer sends can exhaust memory here, and a peer that stops reading blocks no one but the writer.
"""

import logging
import os
import queue
import re
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)

HEADER_MAX_BYTES = 8 << 10
BODY_MAX_BYTES = 64 << 20
UNSENT_MAX_BYTES = 64 << 20

_LENGTH = re.compile(rb"(?i)content-length[ \t]*:[ \t]*(\d+)[ \t]*\r?\n")
_HEADER_END = re.compile(rb"\r?\n\r?\n")


class BadFrame:
    """Stands in the stream of messages where one was too long or had no length."""


class FrameError(Exception):
    """The stream is no stream of frames; nothing after it can be understood."""


class FrameReader:
    """Cuts what is read into the bodies of frames.

    After a frame that is refused, reading goes on at the next header: its line end cannot occur
    within a message, since JSON writes the line ends in its texts with a backslash.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._awaited: tuple[int, int] | None = None  # where the body begins and ends
        self._is_lost = False

    def feed(self, data: bytes) -> list[bytes | BadFrame]:
        """All frames that *data* completes. Raises FrameError."""
        self._buffer += data
        found: list[bytes | BadFrame] = []
        while (message := self._next()) is not None:
            found.append(message)
        return found

    def _next(self) -> bytes | BadFrame | None:
        if self._awaited is None:
            header = self._header()
            if header is None:
                return None
            length, start = header
            if length is None or length > BODY_MAX_BYTES:
                del self._buffer[:start]
                self._is_lost = True
                return BadFrame()
            self._is_lost = False
            self._awaited = start, start + length
        start, end = self._awaited
        if len(self._buffer) < end:
            return None
        body = bytes(memoryview(self._buffer)[start:end])
        del self._buffer[:end]
        self._awaited = None
        return body

    def _header(self) -> tuple[int | None, int] | None:
        """(length of the body, where it begins) once a whole header is there."""
        buffer, start = self._buffer, 0
        if self._is_lost:
            found = _LENGTH.search(buffer)
            if found is None:
                del buffer[:-HEADER_MAX_BYTES]
                return None
            start = found.start()
        end = _HEADER_END.search(buffer, start, start + HEADER_MAX_BYTES)
        if end is None:
            if len(buffer) - start > HEADER_MAX_BYTES:
                raise FrameError("8 KiB without the end of a header")
            return None
        length = _LENGTH.search(buffer, start, end.start() + 2)
        digits = length[1] if length else b""
        return (int(digits) if 0 < len(digits) <= 18 else None), end.end()


class FrameWriter:
    """Sends from a thread of its own, so that a slow reader never stops the caller."""

    def __init__(self, descriptor: int, on_broken: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_broken = on_broken
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._unsent = 0
        self._is_broken = False
        self._thread = threading.Thread(target=self._run, name="kibitz-writer", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Queue whole frames. A peer that has not read for 64 MiB is gone."""
        with self._lock:
            if self._is_broken:
                return
            self._unsent += len(data)
            is_full = self._unsent > UNSENT_MAX_BYTES
        if is_full:
            self._break("the editor does not read what is sent")
            return
        self._waiting.put(data)

    def close(self, timeout_s: float) -> None:
        """Send what is waiting, for at most *timeout_s*."""
        self._waiting.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (data := self._waiting.get()) is not None:
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(self._descriptor, view) :]
            except OSError as error:
                self._break(f"the editor does not listen any more ({error.strerror})")
                return
            with self._lock:
                self._unsent -= len(data)

    def _break(self, why: str) -> None:
        with self._lock:
            if self._is_broken:
                return
            self._is_broken = True
        _log.warning("%s", why)
        self._on_broken()


def frame(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
