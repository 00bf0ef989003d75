"""See from outside what a model host is doing: one more client of it, which asks only for its counts."""

from __future__ import annotations

import json
import time
from multiprocessing.connection import Client, answer_challenge, deliver_challenge
from multiprocessing.context import AuthenticationError
from pathlib import Path
from typing import Any, Literal

from lsp_server.model.place import Place

Doing = Literal["loading", "reading a prompt", "generating", "idle", "gone"]
LOOK_S = 0.002
FIRST_S = 0.02  # a host says at once how it is
ANSWER_S_MAX = 5.0


class HostWatch:
    """Of the one host that listens in *runtime_folder*. Raises OSError if none does in time."""

    def __init__(self, runtime_folder: Path, seconds: float) -> None:
        place = _place(runtime_folder, time.monotonic() + seconds)
        self._connection = Client(place.address, place.family)
        try:
            answer_challenge(self._connection, place.key())
            deliver_challenge(self._connection, place.key())
        except (EOFError, AuthenticationError) as error:
            raise OSError("the host went while it was being greeted") from error
        self._number = 0
        self._is_ready = False
        self._generated = self._evaluated = 0
        self._doing: Doing = "loading"

    @classmethod
    def at_once(cls, runtime_folder: Path) -> Doing:
        """What the host is at that may just have been started."""
        try:
            watch = cls(runtime_folder, 0)
        except OSError:
            return "loading"  # it does not listen yet
        doing = watch.now()
        watch.close()
        return doing

    def now(self) -> Doing:
        """What it is at, by what its counts did since the last look."""
        try:
            return self._look()
        except (EOFError, OSError):
            return "gone"

    def until(self, doing: Doing, seconds: float) -> Doing:
        """Look again and again until it is at that, or gone, or the time is over; what it is at."""
        deadline = time.monotonic() + seconds
        while (found := self.now()) not in (doing, "gone") and time.monotonic() < deadline:
            time.sleep(LOOK_S)
        return found

    def close(self) -> None:
        self._connection.close()

    def _look(self) -> Doing:
        while not self._is_ready and self._connection.poll(FIRST_S):
            self._is_ready = self._received()["is"] == "ready"
        if not self._is_ready:
            return "loading"
        counts = self._counts()
        was, generated, evaluated = self._doing, self._generated, self._evaluated
        self._generated, self._evaluated = counts["generated_tokens"], counts["evaluated_tokens"]
        if not counts["jobs"]:
            self._doing = "idle"
        elif self._generated > generated:
            self._doing = "generating"
        elif self._evaluated > evaluated or was in ("idle", "loading"):
            self._doing = "reading a prompt"
        return self._doing

    def _counts(self) -> dict[str, int]:
        self._number += 1
        self._connection.send_bytes(json.dumps({"do": "stats", "id": self._number}).encode())
        while (message := self._received()).get("id") != self._number:
            pass
        return message

    def _received(self) -> dict[str, Any]:
        if not self._connection.poll(ANSWER_S_MAX):
            raise TimeoutError("the host says nothing")
        message: dict[str, Any] = json.loads(self._connection.recv_bytes())
        return message


def _place(runtime_folder: Path, deadline: float) -> Place:
    folder = runtime_folder / "kibitz"
    while not (sockets := list(folder.glob("*.socket"))):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no host listens in {folder}")
        time.sleep(LOOK_S)
    return Place(folder, sockets[0].stem)
