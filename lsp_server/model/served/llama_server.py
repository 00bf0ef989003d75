"""What llama-server offers beyond the OpenAI protocol: its tokenizer, prompts as tokens, grammars, `/infill`.

https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md; builds of 2025 and later. Requests
go over connections of our own, so that a cancelled one is hung up at once, in the middle of a prompt, too.
"""

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lsp_server.cancellation import Cancellation
from lsp_server.model.web import CONNECT_S, ServerFailed, WebServer

ANSWER_BYTES_MAX = 50_000_000
LINE_BYTES_MAX = 4_000_000


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    piece: bytes


class LlamaServer:
    """Thread-safe. All methods raise what `model.web.in_words` knows: OSError, ValueError, ServerFailed, …"""

    def __init__(self, server: WebServer, *, silence_s: float) -> None:
        self._server = server
        self._silence_s = silence_s
        self._root = server.url.removesuffix("/v1")
        self._kept: http.client.HTTPConnection | None = None
        self._lock = threading.Lock()

    def facts(self) -> Mapping[str, Any]:
        """What `/props` says: the context of one slot, the model's file and alias."""
        return _mapping(self._asked("GET", "/props", None))

    def tokens(self, text: str) -> list[Token]:
        """Of *text* as it stands: nothing in it is read as a special token."""
        return self._tokens(text, reads_special=False)

    def special_token(self, text: str) -> int | None:
        """The one token that *text* is when special ones are read; None if it is none."""
        found = self._tokens(text, reads_special=True)
        return found[0].id if len(found) == 1 and len(self.tokens(text)) > 1 else None

    def begin(self) -> list[int]:
        """The token that goes before every prompt, if the model's file says that it wants one."""
        body = {"content": "a", "add_special": True, "with_pieces": True}
        found = [int(it["id"]) for it in _mapping(self._asked("POST", "/tokenize", body))["tokens"]]
        plain = self.tokens("a")
        return found[:1] if plain and found[0] != plain[0].id else []

    def counts(self, texts: Sequence[str], separator: str) -> list[int]:
        """Tokens of each of *texts*, which hold no special token, in one request; *separator* is one."""
        parts = [0]
        between = self._tokens(separator, reads_special=True)[0].id
        for token in self._tokens(separator.join(texts), reads_special=True):
            if token.id == between:
                parts.append(0)
            else:
                parts[-1] += 1
        if len(parts) != len(texts):
            raise ValueError("a text holds a special token")
        return parts

    def streamed(
        self, path: str, body: Mapping[str, Any], cancellation: Cancellation
    ) -> Iterator[Mapping[str, Any]]:
        """The events of one answer. Ended early, or cancelled, the connection is closed: the server stops."""
        connection = self._connection()
        try:
            connection.connect()
            hang_up = _hanging_up(connection)
            cancellation.on_cancel(hang_up)
            response = self._sent(connection, "POST", path, {**body, "stream": True})
            while line := response.readline(LINE_BYTES_MAX):
                if line.startswith(b"data: ") and not line.startswith(b"data: [DONE]"):
                    yield _mapping(json.loads(line[6:]))
                elif line.startswith(b"error: "):
                    raise ServerFailed(http.client.INTERNAL_SERVER_ERROR)
        finally:
            connection.close()

    def asked(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return _mapping(self._asked("POST", path, body))

    def close(self) -> None:
        with self._lock:
            if self._kept is not None:
                self._kept.close()

    def _tokens(self, text: str, *, reads_special: bool) -> list[Token]:
        body = {"content": text, "add_special": False, "parse_special": reads_special, "with_pieces": True}
        found = _mapping(self._asked("POST", "/tokenize", body))["tokens"]
        return [Token(int(it["id"]), _bytes_of(it["piece"])) for it in found]

    def _asked(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        """Over one connection that is kept; where the server has closed it meanwhile, over another."""
        with self._lock:
            if self._kept is not None:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    return self._answered(self._kept, method, path, body)
            self._kept = self._connection()
            return self._answered(self._kept, method, path, body)

    def _answered(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Mapping[str, Any] | None
    ) -> Any:
        try:
            return json.loads(self._sent(connection, method, path, body).read(ANSWER_BYTES_MAX))
        except Exception:
            connection.close()
            self._kept = None
            raise

    def _sent(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Mapping[str, Any] | None
    ) -> http.client.HTTPResponse:
        headers = {"Content-Type": "application/json"}
        if self._server.key:
            headers["Authorization"] = f"Bearer {self._server.key}"
        data = None if body is None else json.dumps(body).encode("utf-8", "replace")
        connection.request(method, f"{urlsplit(self._root).path}{path}", data, headers)
        response = connection.getresponse()
        if response.status != http.client.OK:
            response.read(LINE_BYTES_MAX)
            raise ServerFailed(response.status)
        return response

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._root)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=CONNECT_S)
        connect = connection.connect

        def connected() -> None:
            connect()
            connection.sock.settimeout(self._silence_s)

        connection.connect = connected  # type: ignore[method-assign]
        return connection


def _hanging_up(connection: http.client.HTTPConnection) -> Any:
    """Of the socket that is there now: whoever waits at it wakes up."""
    held = connection.sock

    def hang_up() -> None:
        with contextlib.suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)

    return hang_up


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("no object")  # the server's mistake, not a caller's
    return value


def _bytes_of(piece: Any) -> bytes:
    """Pieces that are no whole characters come as lists of numbers."""
    return piece.encode() if isinstance(piece, str) else bytes(piece)
