"""Index many files in processes of their own; a process that dies is replaced.

A file that was being read when two processes died is left alone and named. Results come in any order.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from lsp_server.workspace.index_worker import FRAME, INDEXED

BATCH_FILES = 16
BATCHES_AHEAD = 2  # a worker has the next one while it answers the first: it never waits for this process
BATCH_MAX_SECONDS = 60.0
DEATHS_MAX = 2
DEADLY = "ended its reader"  # why a file is set aside
_RUN = ("-m", "lsp_server.workspace.index_worker")
_PACKAGE_FOLDER = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Indexed:
    path: str
    data: bytes | None  # as `index.encoding.encoded` made it
    refusal: str = ""


def worker_count(files: int) -> int:
    """One for every other core, two for two: they give way to all else. No more than the work is worth."""
    cores = os.cpu_count() or 2
    return max(1, min(4, max(cores // 2, min(cores, 2)), files // 100))


def worker_environment() -> dict[str, str]:
    """So that a worker finds this very package, installed or not, and starts no threads that it does not use:
    each would spin for 40 ms."""
    given = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join([str(_PACKAGE_FOLDER), *([given] if given else [])])
    return {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}


class IndexWorkers:
    """Runs until every path is answered or `stop` is called."""

    def __init__(
        self, root: Path, paths: Sequence[str], *, processes: int, command: Sequence[str] = ()
    ) -> None:
        self._root = root
        self._command = tuple(command) or (sys.executable, *_RUN)
        self._lock = threading.Lock()
        self._pending = deque(paths)
        self._left = len(paths)
        self._deaths: dict[str, int] = {}
        self._alone: deque[str] = deque()  # suspects, each in a batch of its own
        self._results: queue.SimpleQueue[list[Indexed] | None] = queue.SimpleQueue()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_stopped = False
        self._threads = [
            threading.Thread(target=self._work, name=f"kibitz-index-{number}", daemon=True)
            for number in range(processes)
        ]

    def results(self) -> Iterator[Indexed]:
        """Start working, and yield each file as it comes. Call it once."""
        for thread in self._threads:
            thread.start()
        waiting = len(self._threads)
        while waiting:
            results = self._results.get()
            if results is None:
                waiting -= 1
            else:
                yield from results

    def stop(self) -> None:
        with self._lock:
            self._is_stopped = True
            self._pending.clear()
            self._alone.clear()
            running = list(self._running)
        for process in running:
            process.kill()

    def _next_batch(self) -> list[str]:
        with self._lock:
            if self._alone:
                return [self._alone.popleft()]
            return [self._pending.popleft() for _ in range(min(BATCH_FILES, len(self._pending)))]

    def _work(self) -> None:
        process: subprocess.Popen[bytes] | None = None
        asked: deque[list[str]] = deque()
        try:
            while True:
                if process is not None and not asked and process.poll() is not None:
                    self._forget(process)
                    process = None
                while len(asked) < BATCHES_AHEAD and (batch := self._next_batch()):
                    process = process or self._started()
                    _ask(process, batch)
                    asked.append(batch)
                if process is None or not asked:
                    return
                answered = self._received(process, asked[0])
                if answered == len(asked[0]):
                    asked.popleft()
                    continue
                self._forget(process)
                process = None
                unanswered = list(chain.from_iterable(asked))[answered:]
                asked.clear()
                self._blame(unanswered)
        finally:
            if process is not None:
                self._forget(process)
            self._results.put(None)

    def _received(self, process: subprocess.Popen[bytes], batch: list[str]) -> int:
        """Pass on what is answered of *batch*; how many that are, fewer than all if the process died."""
        assert process.stdout is not None
        watch = threading.Timer(BATCH_MAX_SECONDS, process.kill)
        watch.daemon = True
        watch.start()
        results: list[Indexed] = []  # passed on together: a thread that wakes for each finds its caches cold
        try:
            for path in batch:
                front = process.stdout.read(FRAME.size)
                if len(front) < FRAME.size:
                    break
                length, kind = FRAME.unpack(front)
                data = process.stdout.read(length)
                if len(data) < length:
                    break
                results.append(Indexed(path, data) if kind == INDEXED else Indexed(path, None, data.decode()))
        finally:
            watch.cancel()
            self._results.put(results)
        return len(results)

    def _blame(self, unanswered: list[str]) -> None:
        """The first of them was being read when the process died; the others never got their turn."""
        suspect, *others = unanswered
        with self._lock:
            if self._is_stopped:
                return
            self._deaths[suspect] = self._deaths.get(suspect, 0) + 1
            self._pending.extendleft(reversed(others))
            if self._deaths[suspect] < DEATHS_MAX:
                self._alone.append(suspect)
                return
        self._results.put([Indexed(suspect, None, f"{suspect} {DEADLY} {DEATHS_MAX} times")])

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=worker_environment(), cwd=_PACKAGE_FOLDER,
        )  # fmt: skip
        with self._lock:
            self._running.add(process)
            if self._is_stopped:
                process.kill()
        assert process.stdin is not None
        with suppress(OSError):  # found out, and blamed, with the first batch
            process.stdin.write(json.dumps(os.fspath(self._root)).encode() + b"\n")
        return process

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._running.discard(process)
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _ask(process: subprocess.Popen[bytes], batch: list[str]) -> None:
    assert process.stdin is not None
    with suppress(OSError):  # it died: then it will not answer either
        process.stdin.write(json.dumps(batch).encode() + b"\n")
        process.stdin.flush()
