"""Answers remembered by what was asked; text only, sealed, bounded, and never waited for long.

An entry's name is a keyed hash of the question, its value the answer and a seal over both, so what another
program or another repository wrote is never taken for an answer. One thread talks to the shelf; who asks
waits at most `seconds` for it, and after a failure nobody asks for a while.
"""

import hashlib
import hmac
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.answers.shelf import Shelf, ShelfError

_log = logging.getLogger(__name__)

_SEAL_BYTES = 32
_WAITING_MAX = 64
# Set by hand: where more than some three in a hundred are slow, nobody asks for a tenth of the pause.
_SLOW_MAX, _SLOW_FADES, _SHORTER = 3.0, 0.99, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLimits:
    """No defaults: the caller knows better."""

    seconds: float  # that one operation may be waited for
    slow_s: float  # from which on one was slow; several of them are as one that failed
    pause_s: float  # without any operation, after one that failed or took too long
    characters_max: int  # of one answer; longer ones are not kept


class Asked:
    """A question that was put; made by `KeptAnswers.ask`."""

    def __init__(self) -> None:
        self.found: str | None = None
        self.is_done = threading.Event()

    def answer(self, seconds: float) -> str | None:
        """What was found within *seconds* from now, or None."""
        return self.found if self.is_done.wait(seconds) else None


class KeptAnswers:
    """Safe to use from any thread; nothing here raises. Where it cannot be kept, nothing is remembered."""

    def __init__(self, shelf: Shelf, secret: Callable[[], bytes], root: str, limits: KeptLimits) -> None:
        """*secret* is asked for once, by the thread; with *root* it makes the key. It may raise OSError."""
        self._shelf = shelf
        self._secret = secret
        self._root = os.fsencode(root)
        self._limits = limits
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(_WAITING_MAX)
        self._resting_until = 0.0
        self._slow = 0.0  # operations lately, older ones counting less
        self._key = b""
        self._is_open = False
        self._thread = threading.Thread(target=self._work, name="kibitz-kept-answers", daemon=True)
        self._thread.start()

    def get(self, question: bytes) -> str | None:
        """The answer, or None: not known, not ours, or not to be had in time."""
        asked = self.ask(question)
        if asked is None:
            return None
        began = time.monotonic()
        if not asked.is_done.wait(self._limits.seconds):
            if not self._is_open:
                return None  # it loads its client or makes its file; that is no trouble
            self._rest("took too long", self._limits.pause_s / _SHORTER)  # perhaps the machine was busy
        self._slow = self._slow * _SLOW_FADES + (time.monotonic() - began > self._limits.slow_s)
        if self._slow >= _SLOW_MAX:
            self._rest("too often slow", self._limits.pause_s / _SHORTER)
        return asked.answer(0.0)

    def ask(self, question: bytes) -> Asked | None:
        """Returns at once, with what may have the answer in a moment; None while nobody is to be asked."""
        if time.monotonic() < self._resting_until:
            return None
        asked = Asked()

        def look() -> None:
            try:
                asked.found = self._read(question)
            finally:
                asked.is_done.set()

        return asked if self._asked(look) else None

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
        try:
            self._make_key()
            self._shelf.read(self._name(b""))
        except (OSError, ShelfError) as error:
            self._rest(str(error))
        self._is_open = True
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except (OSError, ShelfError) as error:
                self._rest(str(error))
        self._shelf.close()

    def _rest(self, why: str, seconds: float | None = None) -> None:
        seconds = self._limits.pause_s if seconds is None else seconds
        if time.monotonic() >= self._resting_until:
            _log.info("answers are not remembered for %g s: %s", seconds, why)
        self._resting_until = max(self._resting_until, time.monotonic() + seconds)
        self._slow = 0.0

    def _read(self, question: bytes) -> str | None:
        self._make_key()
        name = self._name(question)
        value = self._shelf.read(name) or b""
        seal, text = value[:_SEAL_BYTES], value[_SEAL_BYTES:]
        if len(seal) < _SEAL_BYTES or not hmac.compare_digest(seal, self._seal(name, text)):
            return None
        return text.decode("utf-8", "surrogatepass")

    def _write(self, question: bytes, answer: str) -> None:
        self._make_key()
        name, text = self._name(question), answer.encode("utf-8", "surrogatepass")
        self._shelf.write(name, self._seal(name, text) + text)

    def _make_key(self) -> None:
        if not self._key:
            self._key = hmac.digest(self._secret(), self._root, "sha256")

    def _name(self, question: bytes) -> bytes:
        return hmac.digest(self._key, b"name" + hashlib.sha256(question).digest(), "sha256")

    def _seal(self, name: bytes, text: bytes) -> bytes:
        return hmac.digest(self._key, b"seal" + name + text, "sha256")
