"""What a machine can give, by what it says of itself."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from lsp_server.errors import ModelUnavailable
from lsp_server.model import machine

GIB = 1024**3


def test_a_model_that_does_not_fit_is_refused_before_it_is_loaded():
    machine.check_fits(2 * GIB, GIB, free=4 * GIB)

    with pytest.raises(ModelUnavailable, match=r"needs about 5\.2 GB of memory, and 4\.0 GB are free"):
        machine.check_fits(4 * GIB, GIB, free=4 * GIB)


def test_a_control_group_limits_the_memory(tmp_path: Path):
    (tmp_path / "memory.max").write_text(f"{100 * 1024**2}\n")
    (tmp_path / "memory.current").write_text(f"{80 * 1024**2}\n")
    (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {10 * 1024**2}\n")

    assert machine.free_bytes(tmp_path) == 30 * 1024**2


@pytest.mark.skipif(not hasattr(psutil.Process, "rlimit"), reason="limits of Linux")
def test_a_limit_of_the_process_limits_the_memory():
    """As `ulimit -v` sets it."""
    code = (
        "import resource; from lsp_server.model import machine; limit = 600 * 1024**2;"
        "resource.setrlimit(resource.RLIMIT_AS, (limit, limit)); print(machine.free_bytes())"
    )
    free = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert 0 < free < 600 * 1024**2


def test_no_control_group_is_no_limit(tmp_path: Path):
    assert machine.free_bytes(tmp_path) > 100 * 1024**2

    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("80\n")
    assert machine.free_bytes(tmp_path) > 100 * 1024**2


def test_threads_are_at_least_one_and_at_most_the_cores():
    assert 1 <= machine.threads() <= (psutil.cpu_count() or 1)
