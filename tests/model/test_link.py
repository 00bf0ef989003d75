"""A connection to a host tells one that will never answer from one that waits for its turn."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import Pipe

import pytest

from lsp_server.model.link import SILENCE_S_MAX, Link

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@pytest.fixture
def silent() -> Iterator[subprocess.Popen[bytes]]:
    """It says nothing, but lives."""
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def wait_for_a_word(link: Link, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        link.end_host_if_silent()
        time.sleep(0.2)


def test_a_silent_host_is_ended_at_once_only_if_it_was_stopped(silent: subprocess.Popen[bytes]) -> None:
    """On a busy machine a host waits for a core: to end it there would only make more work."""
    ours, theirs = Pipe()
    link = Link(ours, lambda message: None)
    link.start(json.dumps({"is": "ready", "pid": silent.pid}).encode())

    wait_for_a_word(link, SILENCE_S_MAX + 1.5)
    assert silent.poll() is None

    silent.send_signal(signal.SIGSTOP)
    wait_for_a_word(link, 1.5)
    assert silent.wait(5) == -signal.SIGKILL
    theirs.close()
