"""Whatever happens to a process, one line says so, names a way out where one is needed, and work goes on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import psutil
import pytest

from bench.reliability_kills import appeared, hosts
from lsp_server.model.machine import SMALLER
from tests.lsp.editor import Editor
from tests.lsp.raw_client import PYTHON
from tests.model.tiny_gguf import write_tiny_model
from tests.survival.conftest import CODE, READY_S, Server, told

pytestmark = [
    pytest.mark.model,
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform != "linux", reason="signals and limits of Linux"),
]

STARTS_AGAIN = "died; it is being started again"
STARVED_BYTES = 100 * 1024**2
DAY_S = 86_400


def statuses(editor: Editor) -> list[dict[str, str]]:
    return [it["params"] for it in editor.server.received if it.get("method") == "kibitz/status"]


def comes_back(editor: Editor, server: Server) -> None:
    """It was said that the process is started again, and then that all is well."""
    editor.server.wait_for(
        lambda it: (
            it.get("method") == "kibitz/status"
            and it["params"]["state"] == "loading"
            and STARTS_AGAIN in it["params"]["message"]
        ),
        "a status that says so",
        READY_S,
    )
    editor.close_all()
    editor.open("again.py", CODE.replace("price", "weight"))
    deadline = time.monotonic() + READY_S
    while not editor.suggestions(trigger=1, seconds=READY_S):
        assert time.monotonic() < deadline, editor.server.log()
        editor.type(" ")
        time.sleep(0.2)
    assert statuses(editor)[-1]["state"] == "ready"


def completing(server: Server, **more: dict[str, str]) -> Editor:
    editor = server.start(**more)
    editor.wait_for_status("ready", READY_S)
    editor.open("total.py", CODE)
    assert editor.suggestions(trigger=1, seconds=READY_S), editor.server.log()
    return editor


def test_it_is_not_called_ready_before_it_is(server: Server) -> None:
    """Nor is it loading any more once it was ready."""
    editor = completing(server)
    states = [it["state"] for it in statuses(editor)]
    assert states.count("ready") == 1
    assert states[-1] == "ready"
    assert "detail" in statuses(editor)[-1]


@pytest.mark.parametrize("limit_mib", [0, 1_000])
def test_a_model_that_does_not_fit_is_named_with_a_smaller_way(server: Server, limit_mib: int) -> None:
    """More than the machine has, or than `ulimit -v` allows: known before anything is loaded."""
    blocks = 1_000 if limit_mib else 500_000  # of 2 MB of context each
    model = write_tiny_model(server.home / "large.gguf", qwen3__block_count=blocks)
    limited = ["sh", "-c", f'ulimit -v {limit_mib * 1024}; exec "$@"', "sh"] if limit_mib else []
    editor = server.start(*limited, settings={"model": os.fspath(model)})
    said = editor.wait_for_status("error", READY_S)
    assert "needs about" in said["message"]
    assert SMALLER in said["message"]
    assert "\n" not in said["message"] + said["hint"]
    editor.open("total.py", CODE)
    assert editor.suggestions(trigger=1, seconds=READY_S) == []
    assert editor.quit() == 0


def test_memory_that_runs_out_while_loading_is_said_with_a_smaller_way(server: Server) -> None:
    """Allocations fail, each time it is started; once there is memory, restarting is enough."""
    with starved_hosts(server.home):
        editor = server.start()
        said = editor.wait_for_status("error", READY_S)
    assert SMALLER in said["message"]
    assert "\n" not in said["message"] + said["hint"]
    editor.run({"command": "kibitz.restartModel"}, READY_S)
    server.works(editor)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_host_that_is_killed_or_stopped_is_said_to_start_again(server: Server, number: int) -> None:
    editor = completing(server)
    editor.open("other.py", CODE.replace("price", "cost"))
    appeared(server.home).send_signal(number)
    asked = editor.ask_for_ghost_text(trigger=1)
    editor.server.reply(asked, READY_S)
    comes_back(editor, server)


def test_a_host_that_is_stuck_in_one_step_is_said_to_start_again(server: Server) -> None:
    """It lives and listens, and never computes on."""
    switch = server.home / "stuck"
    patch = server.home / "patch"
    patch.mkdir()
    (patch / "sitecustomize.py").write_text(STUCK)
    environment = {"PYTHONPATH": os.fspath(patch), "KIBITZ_TEST_STUCK": os.fspath(switch)}
    editor = completing(server, environment=environment)
    stuck = appeared(server.home)
    switch.touch()
    editor.open("other.py", CODE.replace("price", "cost"))
    editor.server.reply(editor.ask_for_ghost_text(trigger=1), READY_S)
    assert not switch.exists()  # it did get stuck
    comes_back(editor, server)
    assert not stuck.is_running() or stuck.status() == psutil.STATUS_ZOMBIE


def test_killed_index_workers_cost_nothing(server: Server) -> None:
    editor = server.start()
    killed = 0
    deadline = time.monotonic() + READY_S
    while killed < 3 and time.monotonic() < deadline:
        for worker in index_workers(editor):
            worker.kill()
            killed += 1
        time.sleep(0.02)
    assert killed, "there were no index workers"
    server.works(editor)
    assert told(editor) == ""


@pytest.mark.timeout(600)
def test_all_that_is_kept_may_be_damaged(server: Server) -> None:
    """The index, answers, frames, states of the model, digests, speeds: each is made again, and nothing asked."""
    random = Random(1)
    server.works(server.start())
    for damage in (garbled, cut, emptied):
        kept = [it for it in (server.home / "xdg_cache_home").rglob("*") if it.is_file()]
        assert len(kept) > 3
        for path in kept:
            path.write_bytes(damage(path.read_bytes(), random))
        editor = server.start()
        server.works(editor)
        assert told(editor) == ""


@pytest.mark.timeout(600)
def test_a_clock_that_jumps_while_it_runs_changes_nothing(server: Server) -> None:
    """By ten years and by hours, to and fro, in all processes; and in the next start."""
    shim = server.home / "clock.so"
    compiler = ["cc", "-shared", "-fPIC", "-x", "c", "-o", os.fspath(shim), "-"]
    try:
        subprocess.run(compiler, input=CLOCK, text=True, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no C compiler")
    environment = {"LD_PRELOAD": os.fspath(shim)}
    code = "import time; it = [time.time() for _ in range(500)]; print(max(it) - min(it))"
    jumped = subprocess.run(
        [PYTHON, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert float(jumped) > 365 * DAY_S
    for _ in range(2):
        editor = completing(server, environment=environment)
        appeared(server.home).kill()
        comes_back(editor, server)
        server.works(editor)


def garbled(data: bytes, random: Random) -> bytes:
    found = bytearray(data)
    for _ in range(len(found) // 50):
        found[random.randrange(len(found))] = random.randrange(256)
    return bytes(found)


def cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def emptied(data: bytes, random: Random) -> bytes:
    return b""


def index_workers(editor: Editor) -> list[psutil.Process]:
    found = []
    for process in psutil.Process(editor.server.process.pid).children(recursive=True):
        try:
            if any("index_worker" in it for it in process.cmdline()):
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


@contextmanager
def starved_hosts(home: Path) -> Iterator[None]:
    """No host of *home* can have more memory, from a moment after its start."""
    over = threading.Event()

    def starve() -> None:
        while not over.wait(0.01):
            for process in hosts(home):
                try:
                    process.rlimit(psutil.RLIMIT_AS, (STARVED_BYTES, STARVED_BYTES))
                except psutil.NoSuchProcess:
                    continue

    thread = threading.Thread(target=starve)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


STUCK = """
import os, sys, time

if "lsp_server.model.host" in " ".join(sys.orig_argv):
    from lsp_server.model.host import server

    server.WEDGED_STEP_S = 1.0
    tell_ready = server.Server.tell_ready

    def tell_ready_and_get_stuck(self, engine, facts):
        decode = engine._runtime.decode

        def stuck(*arguments, **more):
            if os.path.exists(os.environ["KIBITZ_TEST_STUCK"]):
                os.unlink(os.environ["KIBITZ_TEST_STUCK"])
                time.sleep(600)
            return decode(*arguments, **more)

        engine._runtime.decode = stuck
        tell_ready(self, engine, facts)

    server.Server.tell_ready = tell_ready_and_get_stuck
"""
CLOCK = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const long jumps[] = {0, 315360000, -315360000, 7200, -7200};
static unsigned asked;

int clock_gettime(clockid_t clock, struct timespec *now) {
    int code = syscall(SYS_clock_gettime, clock, now);
    if (clock == CLOCK_REALTIME) now->tv_sec += jumps[asked++ / 20 % 5];
    return code;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *result, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    result->tv_sec = now.tv_sec;
    result->tv_usec = now.tv_nsec / 1000;
    return 0;
}
"""
