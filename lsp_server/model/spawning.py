"""Find the host of a model, or start it. Only one process at a time does either."""

import os
import re
import selectors
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Client, Connection, answer_challenge, deliver_challenge
from multiprocessing.context import AuthenticationError
from pathlib import Path

from lsp_server.errors import ModelUnavailable
from lsp_server.model.file_lock import holding
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.machine import SMALLER
from lsp_server.model.place import Place

START_S_MAX = 30.0  # an interpreter start: a fraction of a second, but on a busy machine
ANSWER_S_MAX = 5.0
REAP_S = 2.0  # on a busy machine a process that was killed is not gone at once
ATTEMPTS = 3  # a host may leave at the moment we find it
COMPLAINT = re.compile(r"error|assert|abort|fault|fail|cannot|killed", re.IGNORECASE)
ILLEGAL_INSTRUCTION = b"Fatal Python error: Illegal instruction"
NO_AMX = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
COMPLAINT_CHARACTERS_MAX = 300
CLOSED = (EOFError, OSError, AuthenticationError)
ROOT = Path(__file__).resolve().parent.parent.parent  # what our package lies in


def open_host(place: Place, model: Path, settings: HostSettings) -> tuple[Connection, bytes]:
    """Return a connection to the host, and the first thing it said. Raises ModelUnavailable."""
    with holding(place.lock):
        for _ in range(ATTEMPTS):
            try:
                return _connect(place)
            except CLOSED:
                _start(place, model, settings)
        try:
            return _connect(place)
        except CLOSED as error:
            raise _not_started(place, f"it does not answer ({error!r})") from error


def last_words(place: Place) -> str:
    """What a host that has died last complained of in its log; empty if it did not."""
    try:
        lines = place.log.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    complaints = [line.strip() for line in lines if COMPLAINT.search(line)]
    return complaints[-1][:COMPLAINT_CHARACTERS_MAX] if complaints else ""


def wrong_build(place: Place) -> ModelUnavailable | None:
    """What to say if the host that has died met an instruction that this processor does not carry out."""
    try:
        log = place.log.read_bytes()
    except OSError:
        return None
    if ILLEGAL_INSTRUCTION not in log:
        return None
    return ModelUnavailable(
        "llama.cpp stopped at an instruction that this processor does not carry out: it was compiled on"
        " another machine, or by a compiler that spoils AMX, as GCC 12 does.",
        hint=f'Compile it here, without AMX: CFLAGS="{NO_AMX}" CXXFLAGS="{NO_AMX}" {sys.executable} -m pip'
        " install --force-reinstall --no-deps --no-cache-dir llama-cpp-python",
    )


def _connect(place: Place) -> tuple[Connection, bytes]:
    connection = Client(place.address, place.family)
    try:
        # One that was stopped takes connections too; and we hold the lock.
        if not connection.poll(ANSWER_S_MAX):
            raise TimeoutError
        answer_challenge(connection, place.key())
        deliver_challenge(connection, place.key())
        return connection, connection.recv_bytes()
    except CLOSED:
        connection.close()
        raise


def _start(place: Place, model: Path, settings: HostSettings) -> None:
    """Returns as well when somebody killed it at once: that says nothing against the next one."""
    place.key()
    if sys.platform != "win32":
        Path(place.address).unlink(missing_ok=True)  # left by one that was killed
    what = [str(place.folder), place.name, str(model), settings.to_json()]
    with place.log.open("wb") as log:
        # A session of its own: an interrupt in a terminal is not meant for a host that others share.
        # Our package's folder as the current one: the user's might hold a module named like one of ours.
        process = subprocess.Popen(
            [sys.executable, "-m", "lsp_server.model.host", *what],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    assert process.stdout is not None
    with process.stdout as announcement:
        if not _heard(announcement.fileno()):
            if was_killed(process):
                return
            raise _not_started(place, last_words(place) or "it said nothing")
    _reap_later(process)


def was_killed(process: subprocess.Popen[bytes]) -> bool:
    """Whether a signal that was not ours ended *process*, which is gone afterwards in any case.

    It has closed its announcement, a moment before it has ended; how long a moment the system decides.
    """
    try:
        return process.wait(REAP_S) < 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False


def _heard(handle: int) -> bool:
    """Whether something was announced within the time; an end without it is a no."""
    if sys.platform == "win32":
        return bool(os.read(handle, 64))
    end = time.monotonic() + START_S_MAX
    with selectors.DefaultSelector() as selector:
        selector.register(handle, selectors.EVENT_READ)
        while (left := end - time.monotonic()) > 0:
            if selector.select(left):
                return bool(os.read(handle, 64))
    return False


def _reap_later(process: subprocess.Popen[bytes]) -> None:
    """Take the host's exit status when it ends, so that it does not stay in the process table."""
    threading.Thread(target=process.wait, name="reaper", daemon=True).start()


def _not_started(place: Place, reason: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"The model's process could not be started: {reason}.",
        hint=f"See {place.log}. If memory is short: {SMALLER}",
    )
