"""Answers remembered by what was asked, in SQLite; text only, sealed, bounded, and never waited for long.

An entry's name is a keyed hash of the question, its value the answer and a seal over both, so what another
program or another repository wrote is never taken for an answer. One thread talks to the disk; who asks waits
at most `seconds` for it, and after a failure nobody asks for a while.
"""

import hashlib
import hmac
import logging
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lsp_server.model.private_folder import is_made_private, key_in

_log = logging.getLogger(__name__)

_SEAL_BYTES = 32
_WAITING_MAX = 64
_TRIMMED_EVERY = 64  # writes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLimits:
    """No defaults: the caller knows better."""

    seconds: float  # that one operation may be waited for
    pause_s: float  # without any operation, after one that failed or took too long
    entries_max: int  # of all repositories together; the oldest go first
    characters_max: int  # of one answer; longer ones are not kept


class KeptAnswers:
    """Safe to use from any thread; nothing here raises. Where it cannot be kept, nothing is remembered."""

    def __init__(self, folder: Path, root: Path, limits: KeptLimits) -> None:
        self._folder = folder
        self._root = os.fsencode(root)
        self._limits = limits
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(_WAITING_MAX)
        self._resting_until = 0.0
        self._connection: sqlite3.Connection | None = None
        self._key = b""
        self._writes = 0
        self._thread = threading.Thread(target=self._work, name="kibitz-kept-answers", daemon=True)
        self._thread.start()

    def get(self, question: bytes) -> str | None:
        """The answer, or None: not known, not ours, or not to be had in time."""
        if time.monotonic() < self._resting_until:
            return None
        found: list[str | None] = []
        is_done = threading.Event()

        def look() -> None:
            try:
                found.append(self._read(question))
            finally:
                is_done.set()

        if not self._asked(look):
            return None
        if not is_done.wait(self._limits.seconds):
            self._rest("took too long")
        return found[0] if found else None

    def keep(self, question: bytes, answer: str) -> None:
        """Returns at once; the answer is written in a moment, or not at all."""
        if len(answer) <= self._limits.characters_max and time.monotonic() >= self._resting_until:
            self._asked(lambda: self._write(question, answer))

    def close(self, seconds: float) -> None:
        """Wait for what is to be written, at most *seconds*."""
        if self._asked(None):
            self._thread.join(seconds)

    def _asked(self, job: Callable[[], None] | None) -> bool:
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except (OSError, sqlite3.Error) as error:
                self._rest(str(error))
        if self._connection is not None:
            self._connection.close()

    def _rest(self, why: str) -> None:
        if time.monotonic() >= self._resting_until:
            _log.info("answers are not remembered for %g s: %s", self._limits.pause_s, why)
        self._resting_until = time.monotonic() + self._limits.pause_s

    def _read(self, question: bytes) -> str | None:
        connection = self._opened()
        name = self._name(question)
        row = connection.execute("SELECT value FROM answers WHERE name = ?", (name,)).fetchone()
        value = row[0] if row is not None else b""
        if not isinstance(value, bytes) or len(value) < _SEAL_BYTES:
            return None
        seal, text = value[:_SEAL_BYTES], value[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(name, text)):
            return None
        return text.decode("utf-8", "surrogatepass")

    def _write(self, question: bytes, answer: str) -> None:
        connection = self._opened()
        name, text = self._name(question), answer.encode("utf-8", "surrogatepass")
        with connection:
            connection.execute(
                "INSERT OR REPLACE INTO answers (name, value) VALUES (?, ?)",
                (name, self._seal(name, text) + text),
            )
            self._writes += 1
            if self._writes % _TRIMMED_EVERY == 1:
                connection.execute(
                    "DELETE FROM answers WHERE rowid <= (SELECT max(rowid) FROM answers) - ?",
                    (self._limits.entries_max,),
                )

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            if not is_made_private(self._folder):
                raise OSError(f"{self._folder} is not ours alone")
            self._key = hmac.digest(key_in(self._folder), self._root, "sha256")
            connection = sqlite3.connect(self._folder / "answers.sqlite", timeout=self._limits.seconds)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("CREATE TABLE IF NOT EXISTS answers (name BLOB UNIQUE, value BLOB NOT NULL)")
            self._connection = connection
        return self._connection

    def _name(self, question: bytes) -> bytes:
        return hmac.digest(self._key, b"name" + hashlib.sha256(question).digest(), "sha256")

    def _seal(self, name: bytes, text: bytes) -> bytes:
        return hmac.digest(self._key, b"seal" + name + text, "sha256")
