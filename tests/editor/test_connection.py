"""The first answer comes before the server is loaded, and a dead peer exhausts nothing."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence

import pytest

from lsp_server.editor.connection import Connection
from lsp_server.editor.frames import BadFrame, FrameError, FrameReader, FrameWriter, frame

HELLO = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}


def encoded(message: object) -> bytes:
    return frame(json.dumps(message).encode())


class Peer:
    """The other side of a connection."""

    def __init__(self) -> None:
        self._input, self._to = os.pipe()
        self._from, self._output = os.pipe()
        self.connection = Connection(self._input, self._output)
        self._reader = FrameReader()

    def send(self, *messages: object) -> None:
        os.write(self._to, b"".join(map(encoded, messages)))

    def next(self) -> dict[str, object]:
        while not (found := self._reader.feed(os.read(self._from, 1 << 16))):
            pass
        (body,) = found
        assert isinstance(body, bytes)
        message: dict[str, object] = json.loads(body)
        return message


@pytest.fixture
def peer() -> Peer:
    return Peer()


def test_the_greeting_does_not_wait_for_the_server(peer: Peer) -> None:
    peer.send(HELLO)
    assert peer.next()["id"] == 1


def test_what_came_early_is_handed_over_in_its_order(peer: Peer) -> None:
    second = {"jsonrpc": "2.0", "method": "initialized", "params": {}}
    peer.send(HELLO, second)
    peer.next()
    got: list[object] = []
    both = threading.Event()

    def receive(messages: Sequence[bytes | BadFrame]) -> None:
        got.extend(json.loads(it) for it in messages if isinstance(it, bytes))
        if len(got) == 2:
            both.set()

    peer.connection.attach(receive, lambda: None)
    assert both.wait(5)
    assert got == [HELLO, second]
    assert peer.connection.greeted == 1


def test_the_greeting_needs_nothing_that_is_slow_to_load() -> None:
    """An editor waits for it; the parsers, the model's side and the message types are loaded meanwhile."""
    slow = ("lsprotocol", "pygls", "cattrs", "numpy", "tree_sitter", "asyncio", "sqlite3", "jinja2", "rich")
    code = f"import sys, lsp_server.cli.serve; print([it for it in {slow} if it in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_frame_is_read_however_it_is_cut() -> None:
    data = encoded({"a": "ü"}) + encoded([1]) + encoded("x" * 100)
    for size in (1, 2, 3, 7, 1000):
        reader = FrameReader()
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        bodies = [it for piece in pieces for it in reader.feed(piece)]
        assert [json.loads(it) for it in bodies if isinstance(it, bytes)] == [{"a": "ü"}, [1], "x" * 100]


def test_after_a_frame_that_is_refused_the_next_one_is_read() -> None:
    """Also when the refused one's body comes, and holds what looks like a header but for its line end."""
    body = json.dumps("Content-Length: 3\r\n\r\n").encode() + b" " * 50_000
    data = b"Content-Length: 999999999999\r\n\r\n" + body + encoded("next")
    reader = FrameReader()
    found = reader.feed(data[:100]) + reader.feed(data[100:])
    assert isinstance(found[0], BadFrame)
    assert found[1:] == [b'"next"']


def test_a_header_without_an_end_is_not_kept() -> None:
    with pytest.raises(FrameError):
        FrameReader().feed(b"x" * 10_000)


def test_a_peer_that_does_not_read_is_given_up_and_not_waited_for() -> None:
    readable, writable = os.pipe()
    is_broken = threading.Event()
    writer = FrameWriter(writable, on_broken=is_broken.set)
    for _ in range(70):
        writer.write(b"x" * (1 << 20))
    assert is_broken.wait(1)
    os.close(readable)


def test_a_peer_that_is_gone_is_noticed() -> None:
    readable, writable = os.pipe()
    os.close(readable)
    is_broken = threading.Event()
    FrameWriter(writable, on_broken=is_broken.set).write(b"x")
    assert is_broken.wait(5)
