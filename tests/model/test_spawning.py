"""A host that ended before it could be asked: killed by somebody, which says nothing against the next one, or not."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lsp_server.model.spawning import NO_AMX, was_killed

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


SPOILS = "echo 'movb $1, (sp); ldtilecfg (sp)'"
KEEPS = "echo 'movb $77, 50(sp); movb $1, (sp); ldtilecfg (sp)'"
FLAGS = Path(__file__).parents[2] / "requirements" / "llama_cflags.sh"


@pytest.mark.parametrize(
    ("compiler", "flags"),
    [(SPOILS, NO_AMX), (KEEPS, ""), ("exit 1", "")],
    ids=["one that spoils AMX", "a good one", "one that knows no AMX"],
)
def test_set_up_gives_up_amx_only_for_a_compiler_that_spoils_it(
    tmp_path: Path, compiler: str, flags: str
) -> None:
    """And by the very flags that a person is told, where another llama.cpp was installed."""
    fake = tmp_path / "c++"
    fake.write_text(f"#!/bin/sh\n{compiler}\n")
    fake.chmod(0o755)
    done = subprocess.run(
        [FLAGS], env={"CXX": str(fake), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == flags
