"""Disks that are full or may not be written, folders that are missing, clocks that jump: it works all the same."""

import os
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from tests.lsp.editor import NEOVIM, Editor, private
from tests.lsp.raw_client import PYTHON, ServerProcess
from tests.survival.conftest import READY_S, SERVE, Server, short_folder, told
from tests.workspace.check import written

pytestmark = [pytest.mark.model, pytest.mark.timeout(180)]


def test_a_full_disk_costs_the_saved_index_and_nothing_else(server: Server) -> None:
    """No file may grow beyond 16 KiB, which is how a full disk looks to whoever writes."""
    editor = server.start("sh", "-c", 'ulimit -f 16; exec "$@"', "sh")
    server.works(editor)
    assert "Free some space" in told(editor)
    editor = server.start()  # there is space again
    server.works(editor)
    assert told(editor) == ""


def test_folders_that_cannot_be_made_cost_nothing_but_what_would_be_in_them(server: Server) -> None:
    folders = dict.fromkeys(
        ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), "/dev/null/nowhere"
    )
    editor = server.start(environment=folders)
    server.works(editor)
    assert "The index cannot be saved in /dev/null/nowhere" in told(editor)


def test_no_home_and_no_runtime_folder(server: Server) -> None:
    names = (
        "HOME",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        "XDG_RUNTIME_DIR",
        "USER",
        "LOGNAME",
    )
    unset = [word for name in names for word in ("-u", name)]
    server.works(server.start("env", *unset, f"TMPDIR={short_folder(server)}"))


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "utf-16", "PYTHONOPTIMIZE": "2"},
        {"TMPDIR": "/nowhere", "TZ": "Nowhere/Nothing"},
        {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "error", "PYTHONDONTWRITEBYTECODE": "1"},
        {"COLUMNS": "1", "NO_COLOR": "1", "TERM": "dumb", "PYTHONHASHSEED": "0"},
    ],
    ids=lambda it: next(iter(it)),
)
def test_surroundings_that_are_odd_change_nothing(server: Server, environment: dict[str, str]) -> None:
    server.works(server.start(environment=environment))


def test_modules_of_the_repository_are_never_run(server: Server, tmp_path: Path) -> None:
    """Its files may be called as ours and as Python's own, and it may be the current folder."""
    canary = tmp_path / "canary"
    code = f"open({str(canary)!r}, 'w').close()\n"
    names = (
        "json",
        "psutil",
        "numpy",
        "sitecustomize",
        "usercustomize",
        "lsp_server",
        "llama_cpp",
        "tree_sitter",
    )
    written(
        server.root,
        {f"{name}.py": code for name in names} | {".git/config": "[core]\n\tfsmonitor = touch canary\n"},
    )
    kibitz = Path(PYTHON).with_name("kibitz")
    command = ["sh", "-c", f'cd "{server.root}"; exec "{kibitz}" serve', "sh"]
    server.works(server.start(command=command))
    assert not canary.exists()
    assert not (server.root / "canary").exists()


def test_times_of_another_age_are_only_times(server: Server) -> None:
    """A clock that jumped: the files, and the saved index, are from the future or from long ago."""
    server.works(server.start())
    for moment in (0, 4_000_000_000):
        for path in (*server.root.glob("*.py"), *server.home.rglob("*.sqlite")):
            os.utime(path, (moment, moment))
        server.works(server.start())


def test_two_servers_read_one_repository_at_once(server: Server) -> None:
    editors = [server.start(), server.start()]
    for editor in editors:
        editor.wait_for_status("ready", READY_S)
    editors[0].server.kill()
    server.works(editors[1])


def test_a_server_that_is_killed_while_it_saves_leaves_no_lock(server: Server) -> None:
    for pause_s in (0.0, 0.05, 0.2):
        editor = server.start()
        editor.server.wait_for(lambda it: it.get("method") == "$/progress", "the index", 30)
        time.sleep(pause_s)
        editor.server.kill()
    server.works(server.start())


def test_what_another_program_holds_is_done_without(server: Server) -> None:
    """The saved index, and the kept answers."""
    server.works(server.start())
    held = [sqlite3.connect(it) for it in server.home.rglob("*.sqlite")]
    assert held
    for database in held:
        database.execute("BEGIN EXCLUSIVE")
    server.works(server.start())
    for database in held:
        database.rollback()
        database.close()


def test_a_repository_that_goes_away_while_it_is_open(server: Server) -> None:
    editor = server.start()
    editor.wait_for_status("ready", READY_S)
    server.root.rename(server.home / "elsewhere")
    editor.open("cart.py", "total = su│\n")
    assert editor.suggestions(trigger=1, seconds=READY_S) is not None
    editor.server.notify(
        "workspace/didChangeWatchedFiles", {"changes": [{"uri": editor.uri_of("price.py"), "type": 3}]}
    )
    editor.context()
    assert editor.quit() == 0


def test_an_editor_that_types_while_everything_is_busy(server: Server) -> None:
    """A thousand keystrokes and requests while the repository is read and the model is loaded."""
    editor = server.start()
    editor.open("cart.py", "│")
    threads = [threading.Thread(target=lambda: sum(range(10**7))) for _ in range(2)]
    for thread in threads:
        thread.start()
    numbers = []
    for number in range(1_000):
        editor.type("x = 1\n" if number % 50 == 0 else "y")
        if number % 10 == 0:
            numbers.append(editor.ask_for_ghost_text())
    for number in numbers:
        assert "result" in editor.server.reply(number, READY_S)
    assert editor.quit() == 0


def test_the_older_protocol_of_neovim_is_served_too(server: Server) -> None:
    started = ServerProcess(SERVE, private(server.home))
    server.started.append(started)
    server.works(Editor(started, server.root, NEOVIM, None, shows_explanations=False))
