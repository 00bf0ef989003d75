"""Real model servers on this machine, with the bundled model behind them."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from lsp_server.model import catalog
from tests.editors.setup import LLAMA_SERVER

START_S_MAX = 60


@contextmanager
def serving(command: Sequence[str], port: int) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """(its address with /v1, its process) once it answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/v1"
    deadline = time.monotonic() + START_S_MAX
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}/models", timeout=1)
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, "the server did not start"
                assert time.monotonic() < deadline, "the server did not answer"
                time.sleep(0.05)
        yield url, process
    finally:
        process.kill()
        process.wait()


@contextmanager
def llama_server(
    *options: str, model: Path = catalog.BUNDLED_PATH, port: int = 0
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """llama.cpp's own. Skips the test on a machine that has none."""
    if not LLAMA_SERVER.is_file():
        pytest.skip("there is no llama-server. Run: python -m tests.editors.setup llama")
    port = port or free_port()
    command = [
        str(LLAMA_SERVER), "--model", str(model), "--host", "127.0.0.1", "--port", str(port),
        "--threads", "1", "--parallel", "1", "--no-ui",
    ]  # fmt: skip
    with serving([*command, *options], port) as served:
        yield served


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
