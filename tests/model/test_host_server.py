"""Whom a model's process takes as a client: everybody while it can answer, nobody once it cannot."""

import json
import tempfile
from collections.abc import Iterator
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path

import pytest

from lsp_server.errors import ModelUnavailable
from lsp_server.model.host.server import Server
from lsp_server.model.place import Place

WAIT_S = 10


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


def test_who_waits_while_it_loads_is_told_why_it_cannot(server: Server, place: Place) -> None:
    connection, first = greeted(place)
    assert first["is"] == "loading"
    server.tell_failed(ModelUnavailable("There is no room.", hint="Make some."))
    said = json.loads(connection.recv_bytes())
    while said["is"] == "alive":
        said = json.loads(connection.recv_bytes())
    assert (said["message"], said["hint"]) == ("There is no room.", "Make some.")
    connection.close()


def test_one_that_cannot_answer_sends_newcomers_to_the_next(server: Server, place: Place) -> None:
    """They come because something was done about it: what was so then says nothing any more."""
    server.tell_failed(ModelUnavailable("There is no room.", hint="Make some."))
    with pytest.raises((EOFError, OSError)):
        greeted(place)
