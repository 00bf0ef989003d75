"""The host's clients: each has a thread that reads and one that writes, so that none can hold up another.

Bodies are JSON. A client that does not know the key of the user's folder is not heard.
"""

import json
import os
import queue
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, Listener, answer_challenge, deliver_challenge
from multiprocessing.context import AuthenticationError
from typing import TYPE_CHECKING, Any

from lsp_server.errors import ModelUnavailable
from lsp_server.model.hang_up import hang_up
from lsp_server.model.place import Place
from lsp_server.model.said_before import Hearing

if TYPE_CHECKING:  # the engine brings llama.cpp with it, and standard output has to be safe by then
    from lsp_server.model.host.engine import Engine

MESSAGE_BYTES_MAX = 32 * 1024**2
UNSENT_MAX = 10_000  # messages; a client that leaves more unread is dropped
PROGRESS_STEP = 0.05
BEAT_S = 0.25
LEAVING_S_MAX = 12.0
WEDGED_STEP_S = 60.0  # no step takes this long on a machine that is of use
STARTER_LOOK_S = 0.1
FIRST_CLIENT_S = 10.0  # whoever started the host has gone if it does not come


class Client:
    def __init__(self, number: int, connection: Connection) -> None:
        self.number = number
        self.connection = connection
        self.unsent: queue.Queue[dict[str, Any] | None] = queue.Queue(UNSENT_MAX)
        self.writer = threading.Thread(target=self.write, daemon=True)

    def send(self, message: dict[str, Any]) -> None:
        try:
            self.unsent.put_nowait(message)
        except queue.Full:
            hang_up(self.connection)

    def write(self) -> None:
        try:
            while (message := self.unsent.get()) is not None:
                self.connection.send_bytes(json.dumps(message).encode())
        except OSError:
            return  # its reader notices that it has gone


class Server:
    def __init__(self, place: Place, listener: Listener, linger_s: float) -> None:
        self._place = place
        self._listener = listener
        self._linger_s = linger_s
        self._changed = threading.Condition()
        self._clients: dict[int, Client] = {}
        self._connections = 0
        self._has_greeted = False
        self._loaded = threading.Event()
        self._engine_left = threading.Event()
        self.is_leaving = False
        self._engine: Engine | None = None
        self._state: dict[str, Any] = {"is": "loading", "share": 0.0, "pid": os.getpid()}

    def start(self) -> None:
        threading.Thread(target=self._accept, name="accept", daemon=True).start()
        threading.Thread(target=self._beat, name="beat", daemon=True).start()

    def tell_progress(self, share: float) -> None:
        if share - self._state["share"] >= PROGRESS_STEP:
            self._tell({"is": "loading", "share": share})

    def tell_ready(self, engine: "Engine", facts: dict[str, Any]) -> None:
        self._engine = engine
        self._tell({"is": "ready", **facts})
        self._loaded.set()

    def tell_failed(self, error: ModelUnavailable) -> None:
        self._tell({"is": "failed", "message": str(error), "hint": error.hint})

    def wait_until_told(self, timeout_s: float) -> None:
        """Give every client the time to be told what has been said so far, and our starter that to come."""
        with self._changed:
            self._changed.wait_for(lambda: self._has_greeted, FIRST_CLIENT_S)
        end = time.monotonic() + timeout_s
        while time.monotonic() < end and any(not it.unsent.empty() for it in self._clients.values()):
            time.sleep(0.01)
        time.sleep(0.05)

    def wait_until_alone(self) -> None:
        """Return when no client has been there for the time to linger."""
        starter, end = os.getppid(), time.monotonic() + FIRST_CLIENT_S
        with self._changed:
            # If the one that started us dies before it connects, nobody will.
            while not self._connections and time.monotonic() < end:
                if os.getppid() != starter:
                    return
                self._changed.wait_for(lambda: self._clients, STARTER_LOOK_S)
            while not self.is_leaving:
                self._changed.wait_for(lambda: self.is_leaving or not self._clients)
                if not self._changed.wait_for(lambda: self.is_leaving or self._clients, self._linger_s):
                    return

    def leave_at_once(self) -> None:
        """From a signal's handler: nothing is locked here that the interrupted thread may hold."""
        self.is_leaving = True
        threading.Thread(target=self._wake, daemon=True).start()

    def close_engine(self) -> None:
        """End it, and wait until it has saved what it wants to keep."""
        if self._engine is not None:
            self._engine.close()
            self._engine_left.wait(LEAVING_S_MAX)

    def tell_engine_left(self) -> None:
        self._engine_left.set()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def has_clients(self) -> bool:
        with self._changed:
            return bool(self._clients)

    def _tell(self, state: dict[str, Any]) -> None:
        with self._changed:
            self._state = {**state, "pid": os.getpid()}
            for client in self._clients.values():
                client.send(state)

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except OSError:  # the client has gone already, or there are too many open files
                time.sleep(BEAT_S)
                continue
            self._connections += 1
            client = Client(self._connections, connection)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: Client) -> None:
        key = self._place.key()
        try:
            deliver_challenge(client.connection, key)
            answer_challenge(client.connection, key)
        except (AuthenticationError, EOFError, OSError):
            client.connection.close()
            return
        with self._changed:
            # Who started us is told why that was in vain; whoever comes later starts a host that tries again.
            is_late = self._has_greeted and self._state["is"] == "failed"
            if not is_late:
                self._has_greeted = True
                self._clients[client.number] = client
                client.send(self._state)
                self._changed.notify_all()
        if is_late:
            client.connection.close()
            return
        client.writer.start()
        hearing = Hearing()
        try:
            while True:
                message = json.loads(client.connection.recv_bytes(MESSAGE_BYTES_MAX))
                if "beside" in message:
                    message["beside"] = hearing.heard(message["beside"])
                self._obey(client, message)
        except (EOFError, OSError, ValueError):
            pass  # gone, or not one of ours
        finally:
            self._drop(client)

    def _drop(self, client: Client) -> None:
        with self._changed:
            self._clients.pop(client.number, None)
            self._changed.notify_all()
        if self._engine is not None:
            self._engine.drop_client(client.number)
        hang_up(client.connection)  # the writer may be in the middle of a message
        self._end_writer(client)
        client.connection.close()

    def _end_writer(self, client: Client) -> None:
        while client.writer.is_alive():
            try:
                client.unsent.put(None, timeout=0.05)
            except queue.Full:
                continue  # it cannot send, and will notice
            client.writer.join(1)

    def _obey(self, client: Client, message: dict[str, Any]) -> None:
        self._loaded.wait()
        engine = self._engine
        assert engine is not None
        number: int = message["id"]
        match message["do"]:
            case "generate":
                self._try(client, number, lambda: engine.submit(client.number, message, client.send))
            case "stop":
                engine.stop(client.number, number, "stopped")
            case "cancel":
                engine.stop(client.number, number, "cancelled")
            case "count":
                self._try(
                    client,
                    number,
                    lambda: client.send(
                        {"is": "counted", "id": number, "counts": engine.count_tokens(message["texts"])}
                    ),
                )
            case "stats":
                client.send({"is": "stats", "id": number, **self._stats(engine)})

    def _try(self, client: Client, number: int, act: Callable[[], None]) -> None:
        try:
            act()
        except ModelUnavailable as error:
            client.send({"is": "error", "id": number, "message": str(error), "hint": error.hint})

    def _stats(self, engine: "Engine") -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "clients": len(self._clients),
            "jobs": engine.jobs(),
            "generated_tokens": engine.generated_tokens,
            "evaluated_tokens": engine.evaluated_tokens,
        }

    def _beat(self) -> None:
        """Tell waiting clients that we are alive; fall silent if the engine is not."""
        while True:
            engine = self._engine
            if engine is not None:
                engine.wait_until_busy()
                if engine.step_age_s() > WEDGED_STEP_S:
                    return  # the clients hear nothing more, and end this process
            with self._changed:
                for client in self._clients.values():
                    client.send({"is": "alive"})
            time.sleep(BEAT_S)
