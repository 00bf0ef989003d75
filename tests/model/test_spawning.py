"""A host that ended before it could be asked: killed by somebody, which says nothing against the next one, or not."""

import signal
import subprocess
import sys
import time

import pytest

from lsp_server.model.spawning import was_killed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


def started(code: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read()  # until it has closed what it announces itself by
    return process


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_signal_is_told_from_an_end_of_its_own(number: signal.Signals) -> None:
    assert was_killed(started(f"import os; os.kill(os.getpid(), {int(number)})"))


@pytest.mark.parametrize("code", ["", "raise SystemExit(1)", "1 / 0"])
def test_an_end_of_its_own_is_a_failure(code: str) -> None:
    assert not was_killed(started(f"import os; os.close(2); {code}"))


def test_one_that_is_still_ending_is_waited_for() -> None:
    """A large process that is killed closes its files first, and is gone a moment later."""
    assert was_killed(
        started("import os, time; os.close(1); time.sleep(0.3); os.kill(os.getpid(), 9); time.sleep(9)")
    )


def test_one_that_says_nothing_and_stays_is_ended() -> None:
    process = started("import os, time; os.close(1); time.sleep(60)")
    began = time.monotonic()
    assert not was_killed(process)
    assert process.returncode == -signal.SIGKILL  # it is not left behind
    assert time.monotonic() - began < 20
