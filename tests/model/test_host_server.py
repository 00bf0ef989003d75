"""Whom a model's process takes as a client: everybody while it can answer, nobody once it cannot."""

import json
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path

import pytest

from lsp_server.errors import ModelUnavailable
from lsp_server.model.host.server import Server
from lsp_server.model.place import Place

WAIT_S = 10
NO_ROOM = ModelUnavailable("There is no room.", hint="Make some.")


@pytest.fixture
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="kibitz-test-") as folder:  # a socket's path may not be long
        yield Place(Path(folder), "host")


@pytest.fixture
def server(place: Place) -> Iterator[Server]:
    with Listener(place.address, place.family) as listener:
        made = Server(place, listener, 0.0)
        made.start()
        yield made


def greeted(place: Place) -> tuple[Connection, dict[str, object]]:
    connection = Client(place.address, place.family)
    assert connection.poll(WAIT_S)
    answer_challenge(connection, place.key())
    deliver_challenge(connection, place.key())
    return connection, json.loads(connection.recv_bytes())


def told(connection: Connection) -> dict[str, object]:
    said: dict[str, object] = json.loads(connection.recv_bytes())
    return told(connection) if said["is"] == "alive" else said


def test_who_waits_while_it_loads_is_told_why_it_cannot(server: Server, place: Place) -> None:
    connection, first = greeted(place)
    assert first["is"] == "loading"
    server.tell_failed(NO_ROOM)
    said = told(connection)
    assert (said["message"], said["hint"]) == (str(NO_ROOM), NO_ROOM.hint)
    connection.close()


def test_who_started_it_is_told_even_if_it_fails_at_once(server: Server, place: Place) -> None:
    """And is waited for."""
    server.tell_failed(NO_ROOM)
    waiting = threading.Thread(target=server.wait_until_told, args=(WAIT_S,))
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    connection, first = greeted(place)
    assert (first["message"], first["hint"]) == (str(NO_ROOM), NO_ROOM.hint)
    waiting.join(WAIT_S)
    assert not waiting.is_alive()
    connection.close()


def test_one_that_cannot_answer_sends_newcomers_to_the_next(server: Server, place: Place) -> None:
    """They come because something was done about it: what was so then says nothing any more."""
    connection, _ = greeted(place)
    server.tell_failed(NO_ROOM)
    with pytest.raises((EOFError, OSError)):
        greeted(place)
    connection.close()
