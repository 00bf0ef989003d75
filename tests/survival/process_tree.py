"""End an editor and watch what it had started go."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.lsp.editor import runtime_folder
from tests.lsp.raw_client import ROOT

MODES = ("idle", "loading", "generating", "indexing")
START_MAX_S = 90.0
END_MAX_S = 15.0
LOOK_S = 0.01


def seconds_until_gone(mode: str, victim: str) -> tuple[float, int]:
    """(how long everything stayed, how many processes there were) after *victim* was killed.

    *victim* is "editor" or "server". Raises AssertionError if something is left.
    """
    with repository() as (home, root), started(home, root, mode) as editor:
        tree = processes_of(home)
        assert any("lsp_server" in " ".join(it.cmdline()) for it in tree), "there is no server"
        if victim == "server":
            server = next(it for it in tree if it.ppid() == editor.pid)
            server.send_signal(signal.SIGKILL)
        editor.kill()
        editor.wait()
        began = time.monotonic()
        while processes_of(home):
            assert time.monotonic() - began < END_MAX_S, [it.cmdline() for it in processes_of(home)]
            time.sleep(LOOK_S)
        return time.monotonic() - began, len(tree)


@contextmanager
def repository() -> Iterator[tuple[Path, Path]]:
    """A home, and a repository in it that takes a while to be read."""
    home = Path(tempfile.mkdtemp(prefix="kibitz-survival-"))
    root = home / "repository"
    for number in range(400):
        path = root / f"package_{number % 20}" / f"module_{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            "".join(f"def function_{number}_{it}(a, b):\n    return a + b\n\n" for it in range(40))
        )
    try:
        yield home, root
    finally:
        for left in processes_of(home):
            left.kill()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(runtime_folder(home), ignore_errors=True)


@contextmanager
def started(home: Path, root: Path, mode: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.survival.editor_process", str(home), str(root), mode]
    editor = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert editor.stdout is not None
        with editor.stdout as said:
            assert said.readline() == b"ready\n"
        yield editor
    finally:
        editor.kill()
        editor.wait()


def processes_of(home: Path) -> list[psutil.Process]:
    """All that were started by servers of *home* and are no zombies: they have its folders."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                environment = process.environ()
                if environment.get("XDG_RUNTIME_DIR") == str(runtime_folder(home)):
                    found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found
