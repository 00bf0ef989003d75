"""A fake model server that misbehaves in every way we know, or talks slowly; what it was sent is kept."""

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WAYS = (
    "stalls", "stalls_in_the_middle", "endless", "drops", "drops_in_the_middle", "garbage", "empty", "not_sse",
    "refuses", "fails", "unknown_model", "redirects", "no_choices", "wrong_types", "huge_line", "no_models",
)  # fmt: skip


TALK = [f"word{number} " for number in range(1, 31)]  # what it says that "talks", three seconds long


class BadServer:
    """`with BadServer(way) as server:` serves at `server.url`; `way` may be changed meanwhile."""

    def __init__(self, way: str) -> None:
        self.way = way
        self.bodies: list[bytes] = []
        self.keys: list[str] = []
        self.is_over = threading.Event()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "BadServer":
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: BadServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        models = (
            []
            if self.owner.way == "no_models"
            else [{"id": "bad", "object": "model", "created": 0, "owned_by": "x"}]
        )
        self._json(200, {"object": "list", "data": models})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.owner.bodies.append(body)
        self.owner.keys.append(self.headers.get("Authorization", ""))
        with suppress(OSError):
            self._answer(self.owner.way, json.loads(body).get("stream", False))

    def _answer(self, way: str, is_stream: bool) -> None:
        if way == "stalls":
            self.owner.is_over.wait(20)
        elif way == "drops":
            self.close_connection = True
        elif way in ("refuses", "fails", "unknown_model"):
            self._json(
                {"refuses": 401, "fails": 500, "unknown_model": 404}[way], {"error": {"message": "no"}}
            )
        elif way == "redirects":
            self.send_response(307)
            self.send_header("Location", "/v1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif not is_stream:
            self._call(way)
        else:
            self._stream(way)

    def _call(self, way: str) -> None:
        calls: Any = [
            {"id": "a", "type": "function", "function": {"name": "no_such_tool", "arguments": "{{{"}}
        ]
        if way == "wrong_types":
            calls = [{"id": 7, "function": "what"}, None]
        message = {"role": "assistant", "content": None, "tool_calls": calls}
        if way in ("garbage", "not_sse", "huge_line", "empty"):
            self._raw(b"\x00\xff{{{" if way != "empty" else b"")
        else:
            self._json(200, {"choices": [] if way == "no_choices" else [{"index": 0, "message": message}]})

    def _stream(self, way: str) -> None:
        if way == "not_sse":
            self._raw(b"<html>hello</html>")
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.close_connection = True
        if way == "endless":
            while not self.owner.is_over.is_set():
                self._event({"choices": [{"index": 0, "delta": {"content": "and so on "}}]})
                time.sleep(0.0005)
        elif way == "talks":
            for word in TALK:
                self._event({"choices": [{"index": 0, "delta": {"content": word}}]})
                time.sleep(0.1)
            self.wfile.write(b"data: [DONE]\n\n")
        elif way == "garbage":
            self.wfile.write(b"data: \x00\xff{{{\n\n")
        elif way == "huge_line":
            self.wfile.write(b"data: " + b"x" * 5_000_000 + b"\n\n")
        elif way == "wrong_types":
            self._event({"choices": [{"index": "zero", "delta": 5}]})
        elif way == "no_choices":
            self._event({"choices": []})
            self.wfile.write(b"data: [DONE]\n\n")
        elif way != "empty":
            self._event({"choices": [{"index": 0, "delta": {"content": "It begins well, "}}]})
            if way == "stalls_in_the_middle":
                self.owner.is_over.wait(20)

    def _event(self, value: object) -> None:
        self.wfile.write(b"data: " + json.dumps(value).encode() + b"\n\n")
        self.wfile.flush()

    def _json(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _raw(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
