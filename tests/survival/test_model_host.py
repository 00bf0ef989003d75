"""The model's process is killed, stopped, starved; a person sees it in one line and goes on."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bench.reliability_kills import hosts
from tests.lsp.editor import VS_CODE, Editor, real_server, runtime_folder
from tests.survival.process_tree import processes_of

pytestmark = [
    pytest.mark.model,
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform != "linux", reason="signals and limits of Linux"),
]

CODE = (
    "def total(prices):\n    result = 0\n    for price in prices:\n        result += │\n    return result\n"
)
BACK_S = 90


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "repository").mkdir()
    yield tmp_path
    for left in processes_of(tmp_path):
        left.kill()
    shutil.rmtree(runtime_folder(tmp_path), ignore_errors=True)


@pytest.fixture
def editor(home: Path) -> Iterator[Editor]:
    server = real_server(home)
    opened = Editor(server, home / "repository", VS_CODE, None, shows_explanations=True)
    yield opened
    server.kill()


def host(home: Path) -> psutil.Process:
    deadline = time.monotonic() + BACK_S
    while not (found := hosts(home)):
        assert time.monotonic() < deadline, "there is no model process"
        time.sleep(0.02)
    return found[0]


def completes(editor: Editor, name: str) -> None:
    """Within a time that a person would wait, and after each attempt the server is still there."""
    editor.open(name, CODE)
    deadline = time.monotonic() + BACK_S
    while not editor.suggestions(trigger=1, seconds=BACK_S):
        assert time.monotonic() < deadline, editor.server.log()
        editor.type(" ")
        time.sleep(0.2)


def test_one_that_is_killed_while_it_loads_is_started_again(editor: Editor, home: Path) -> None:
    host(home).kill()
    completes(editor, "a.py")


def test_one_that_is_stopped_is_replaced(editor: Editor, home: Path) -> None:
    """As if the system had put it to sleep in the middle of an answer."""
    completes(editor, "a.py")
    stopped = host(home)
    editor.open("b.py", CODE.replace("price", "cost"))
    asked = editor.ask_for_ghost_text(trigger=1)
    stopped.send_signal(signal.SIGSTOP)
    editor.server.reply(asked, 30)
    completes(editor, "c.py")
    assert not stopped.is_running() or host(home).pid != stopped.pid


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGTERM])
def test_one_that_crashes_is_replaced(editor: Editor, home: Path, number: int) -> None:
    completes(editor, "a.py")
    died = host(home)
    died.send_signal(number)
    completes(editor, "b.py")
    assert host(home).pid != died.pid


def test_one_without_memory_costs_answers_and_not_the_session(editor: Editor, home: Path) -> None:
    completes(editor, "a.py")
    starved = host(home)
    in_use = starved.memory_info().vms
    starved.rlimit(psutil.RLIMIT_AS, (in_use, in_use))
    editor.open("b.py", "\n".join(f"value_{number} = {number}" for number in range(2_000)) + "\n│")
    editor.suggestions(trigger=1, seconds=BACK_S)
    completes(editor, "c.py")


def test_one_that_dies_again_and_again_is_given_up_and_said_so_until_it_is_asked_for(
    editor: Editor, home: Path
) -> None:
    """No storm of starts; the status says what happened and what to do, and doing it helps."""
    deaths = 0
    deadline = time.monotonic() + BACK_S
    told = None
    while told is None and time.monotonic() < deadline:
        for process in hosts(home):
            process.kill()
            deaths += 1
        for message in editor.server.received_for(0.1):
            if message.get("method") == "kibitz/status" and message["params"]["state"] == "error":
                told = message["params"]
    assert told is not None
    assert told["message"]
    assert told["hint"]
    assert deaths <= 8
    assert editor.suggestions(trigger=1) == []
    editor.run({"command": "kibitz.restartModel"}, 30)
    completes(editor, "a.py")


def test_a_model_file_that_goes_away_is_named(home: Path) -> None:
    model = home / "mine.gguf"
    from lsp_server.model.catalog import resolve

    shutil.copy(resolve("bundled"), model)
    server = real_server(home)
    try:
        editor = Editor(
            server, home / "repository", VS_CODE, {"model": os.fspath(model)}, shows_explanations=True
        )
        completes(editor, "a.py")
        model.unlink()
        host(home).kill()
        told = editor.wait_for_status("error", BACK_S)
        assert "mine.gguf" in told["message"]
        assert told["hint"]
    finally:
        server.kill()
