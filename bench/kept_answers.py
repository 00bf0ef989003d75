"""What kept answers cost when their Redis server is in trouble: `python -m bench.kept_answers`

A real redis-server that is well, then slow (each reply 15 ms late), stopped, stalled (SIGSTOP), stopped and
started again under load, in the hands of somebody who overwrites what it keeps, and one whose port answers
garbage. In each state the same questions are put with kept answers and without any, in turns, to a model
that answers at once: as a person's "Explain" does, which waits for the look-up, and as a completion at a
place where no prompt is warm, which hardly does. Reported: the 99th percentile of both, their difference,
and how many answers were another than the model's.
"""

import json
import multiprocessing
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import redis

from lsp_server.answers.kept import KeptAnswers
from lsp_server.answers.remembering import RememberingModel
from lsp_server.answers.shelf import RedisShelf
from lsp_server.app.local_models import KEPT
from lsp_server.cancellation import Cancellation
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.kept import KeptCompletions
from lsp_server.completion.limits import limits_for
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.port import GenerationRequest, Priority
from lsp_server.model.scripted import ScriptedModel
from lsp_server.prompting.families import family_for
from lsp_server.text.document import Document

QUESTIONS = 40  # asked again and again
LATE_S = 0.015
STATES = ("well", "slow", "stopped", "stalled", "restarted", "overwritten", "garbage")
LIMITS = limits_for(4_096, max_tokens=32, max_lines=4, deadline_ms=3_000, context_tokens=0)
LINES = "".join(f"    value_{number} = compute(value_{number - 1})\n" for number in range(1, 12))


class Redis:
    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            sys.exit("redis-server is not installed. Run: python -m tests.editors.setup redis")
        self.port = free_port()
        self._command = [program, "--port", str(self.port), "--save", "", "--dir", str(folder)]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        while True:
            try:
                self.client().ping()
                return
            except redis.RedisError:
                time.sleep(0.02)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()

    def client(self) -> "redis.Redis":
        return redis.Redis(port=self.port, socket_timeout=1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def late(port: int, to: int) -> None:
    """A server that passes everything on to the port *to*, replies late; in a process of its own."""

    def passed(source: socket.socket, target: socket.socket, seconds: float) -> None:
        while data := source.recv(65_536):
            time.sleep(seconds)
            target.sendall(data)

    with socket.create_server(("127.0.0.1", port)) as listening:
        while True:
            client, _ = listening.accept()
            server = socket.create_connection(("127.0.0.1", to))
            threading.Thread(target=passed, args=(client, server, 0.0), daemon=True).start()
            threading.Thread(target=passed, args=(server, client, LATE_S), daemon=True).start()


def garbage(port: int) -> None:
    """A server that answers whatever it is asked with bytes of chance, some of them nearly right."""
    chance = random.Random(5)
    starts = (
        b"",
        b"+OK\r\n",
        b"$5\r\nhello\r\n",
        b"$-1\r\n",
        b"*3\r\n$",
        b"$99999999999\r\n",
        b":x\r\n",
        b"-ERR no\r\n",
    )
    with socket.create_server(("127.0.0.1", port)) as listening:
        while True:
            client, _ = listening.accept()
            try:
                while client.recv(65_536):
                    client.sendall(chance.choice(starts) + chance.randbytes(chance.randrange(60)))
            except OSError:
                pass


@contextmanager
def beside(serve: Callable[..., None], *arguments: int) -> Iterator[int]:
    """The port of *serve*, which runs in a process of its own."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(port, *arguments), daemon=True)
    process.start()
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.02)
        yield port
    finally:
        process.kill()
        process.join()


def says(request: GenerationRequest) -> str:
    """The model: another answer for each question."""
    text = "".join(it for it in request.pieces if isinstance(it, str))
    return f"answer_{sum(map(ord, text[-80:])) % 1_000}"


class Explaining:
    """ "Explain" with kept answers or without: one question after the other."""

    def __init__(self, kept: KeptAnswers | None) -> None:
        self.model = ScriptedModel([says])
        self._model = self.model if kept is None else RememberingModel(self.model, kept)

    def ask(self, number: int) -> str:
        pieces = (f"Explain function_{number % QUESTIONS}.",)
        request = GenerationRequest(pieces=pieces, max_tokens=50, priority=Priority.ACTION)
        return self._model.generate(request, Cancellation()).text

    def rest(self) -> None: ...


class Completing:
    """A completion at a place where no prompt is warm."""

    def __init__(self, kept: KeptAnswers | None) -> None:
        self.model = ScriptedModel([says])
        self._engine = CompletionEngine(
            self.model,
            family_for(self.model.info),
            LIMITS,
            kept=None if kept is None else KeptCompletions(kept, "model"),
        )
        self._snapshot = Snapshot.of(Path("/repository"), is_complete=True)

    def ask(self, number: int) -> str:
        path = f"shop/file_{number % QUESTIONS}.py"
        text = f"def function_{number % QUESTIONS}(value_0):\n{LINES}    result = "
        document = Document(path=path, text=text, language="python")
        self._engine.forget_shown()
        made = self._engine.complete(self._snapshot, document, len(text), Trigger.AUTOMATIC, Cancellation())
        return made.text

    def rest(self) -> None:
        """As when nobody types for a while: what is to be kept is written."""
        self._engine.remember()


def measured(
    make: type[Explaining] | type[Completing], state: str, server: Redis, count: int
) -> tuple[list[float], list[float], int, int]:
    """Milliseconds with kept answers and without, how many came from Redis, and how many differed."""
    servers = {"slow": lambda: beside(late, server.port), "garbage": lambda: beside(garbage)}

    @contextmanager
    def plain() -> Iterator[int]:
        yield server.port

    with servers.get(state, plain)() as port:
        shelf = RedisShelf(f"redis://127.0.0.1:{port}/0", seconds=KEPT.seconds, bytes_max=80_000)
        kept = KeptAnswers(shelf, lambda: b"a secret of one person", "/repository", KEPT)
        one, other = make(kept), make(None)
        for number in range(QUESTIONS):
            one.ask(number)
            time.sleep(0.002)
        one.rest()
        time.sleep(0.3)
        before = len(one.model.requests)
        with_kept: list[float] = []
        without: list[float] = []
        wrong = 0
        for number in range(count):
            trouble(state, server, number, count)
            said: dict[bool, str] = {}
            for is_kept in ((True, False), (False, True))[number % 2]:  # the second finds a warm machine
                began = time.perf_counter()
                said[is_kept] = (one if is_kept else other).ask(number)
                (with_kept if is_kept else without).append(1_000 * (time.perf_counter() - began))
            wrong += said[True] != said[False]
            if number % 20 == 0:
                one.rest()
            time.sleep(0.001)
        kept.close(1.0)
    return with_kept, without, count - (len(one.model.requests) - before), wrong


def trouble(state: str, server: Redis, number: int, count: int) -> None:
    at = number * 10 // count if number * 10 % count < 10 else -1  # each tenth of the run
    if state == "stopped" and at == 1:
        server.stop()
    elif state == "stalled" and at == 1:
        server.process.send_signal(signal.SIGSTOP)
    elif state == "restarted" and at in (1, 5):
        server.stop()
        server.start()
    elif state == "overwritten" and number % 50 == 0:
        client = server.client()
        names = client.keys("kibitz:*")
        values = [client.get(it) for it in names]
        for name, value in zip(
            names, [*values[1:], *values[:1]], strict=True
        ):  # the seal is another answer's
            client.set(name, value if number % 100 else b"x" * 10_000)


def p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[-1]


@click.command(help=__doc__)
@click.option("--count", default=1_000, show_default=True, help="Of questions in each state.")
@click.option("--json", "wants_json", is_flag=True)
def main(*, count: int, wants_json: bool) -> None:
    rows = []
    for make in (Explaining, Completing):
        for state in STATES:
            with tempfile.TemporaryDirectory() as folder:
                server = Redis(Path(folder))
                try:
                    with_kept, without, known, wrong = measured(make, state, server, count)
                finally:
                    server.stop()
            row = {
                "asked": make.__name__.lower(),
                "redis": state,
                "p99_ms": round(p99(with_kept), 2),
                "p99_ms_without": round(p99(without), 2),
                "longest_ms": round(max(with_kept), 2),
                "from_redis": known,
                "other_answers": wrong,
            }
            rows.append(row)
            if not wants_json:
                more = p99(with_kept) - p99(without)
                print(
                    f"{row['asked']}, Redis {state}: p99 {row['p99_ms']} ms, "
                    f"without {row['p99_ms_without']} ms ({more:+.2f}), longest {row['longest_ms']} ms, "
                    f"{known} of {count} from Redis, {wrong} other than the model's",
                    flush=True,
                )
    if wants_json:
        print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
