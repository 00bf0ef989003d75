"""`kibitz doctor` reads the repository, too, and names what cannot be read."""

import sys

import pytest

from lsp_server.cli.doctor import examine_repository
from lsp_server.workspace import workers
from tests.workspace.check import written


@pytest.mark.skipif(sys.platform == "win32", reason="the fake worker is a script")
def test_a_file_that_kills_its_reader_is_named(tmp_path, monkeypatch):
    root = written(tmp_path / "root", {f"m{number}.py": "def f(): ...\n" for number in range(60)})
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import os, lsp_server.workspace.index_worker as it\n"
        "real = it.read_and_index\n"
        "def read_and_index(root, path):\n"
        "    if path == 'm7.py':\n"
        "        os.kill(os.getpid(), 9)\n"
        "    return real(root, path)\n"
        "it.read_and_index = read_and_index\n"
        "it.main()\n"
    )
    monkeypatch.setattr(workers, "_RUN", (str(worker),))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (finding,) = examine_repository(root)
    assert finding.state == "warning"
    assert "m7.py (ended its reader 2 times)" in finding.what
    assert "59 files" in finding.what
    assert finding.cure


def test_a_sound_repository_is_counted(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = written(tmp_path / "root", {"a.py": "x = 1\ny = 2\n"})
    (finding,) = examine_repository(root)
    assert finding.state == "ok"
    assert "1 files, 3 lines" in finding.what or "1 files, 2 lines" in finding.what
