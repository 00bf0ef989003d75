"""Answers in a real Redis server: shared by machines, never believed without their seal, and never in the way."""

import shutil
import signal
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from lsp_server.answers.kept import KeptAnswers, KeptLimits
from lsp_server.answers.shelf import RedisShelf

PROGRAM = shutil.which("redis-server")
LIMITS = KeptLimits(seconds=0.02, pause_s=0.2, characters_max=10_000)
SHARED = b"a secret of one person's machines"

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="redis-server is not installed")


class Server:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = [PROGRAM, "--port", str(self.port), "--save", "", "--dir", str(self._folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                redis.Redis(port=self.port, socket_timeout=1).ping()
                return
            except redis.RedisError:
                time.sleep(0.05)
        raise AssertionError("redis-server did not start")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port)


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    started = Server(tmp_path)
    yield started
    started.process.send_signal(signal.SIGCONT)
    started.stop()


def kept(
    server: Server, secret: bytes = SHARED, root: str = "shop", limits: KeptLimits = LIMITS
) -> KeptAnswers:
    shelf = RedisShelf(server.url, seconds=limits.seconds, bytes_max=4 * limits.characters_max)
    return KeptAnswers(shelf, lambda: secret, root, limits)


def eventually(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_machines_with_the_same_secret_share_answers(server):
    one, other = kept(server), kept(server)
    one.keep(b"question", "an answer – ❤")
    eventually(lambda: other.get(b"question") == "an answer – ❤")


@pytest.mark.parametrize(("secret", "root"), [(b"another", "shop"), (SHARED, "another")])
def test_another_secret_or_repository_knows_nothing_of_them(server, secret, root):
    one, other = kept(server), kept(server, secret, root)
    one.keep(b"question", "answer")
    eventually(lambda: one.get(b"question") == "answer")
    time.sleep(0.3)
    assert other.get(b"question") is None


@pytest.mark.parametrize("lie", [b"", b"short", b"x" * 50, b"x" * 50_000_000])
def test_what_somebody_else_wrote_is_no_answer(server, lie):
    answers = kept(server)
    answers.keep(b"question", "answer")
    eventually(lambda: answers.get(b"question") == "answer")
    (name,) = server.client().keys("kibitz:*")
    server.client().set(name, lie)
    assert answers.get(b"question") is None
    assert b"question" not in name


def test_answers_are_forgotten_in_the_end(server):
    answers = kept(server)
    answers.keep(b"question", "answer")
    eventually(lambda: bool(server.client().keys("kibitz:*")))
    (name,) = server.client().keys("kibitz:*")
    assert 0 < server.client().ttl(name) <= 30 * 86_400


@pytest.mark.parametrize("trouble", ["killed", "stalled", "killed and started again"])
def test_a_server_in_trouble_costs_a_moment_and_no_answer(server, trouble):
    """Under load: what is asked meanwhile comes back at once, and is right or nothing."""
    answers = kept(server)
    for number in range(50):
        answers.keep(b"%d" % number, f"answer {number}")
        time.sleep(0.001)
    eventually(lambda: answers.get(b"49") == "answer 49")
    times: list[float] = []
    for number in range(600):
        if number == 100:
            server.process.send_signal(signal.SIGSTOP) if trouble == "stalled" else server.stop()
        if number == 300 and trouble == "killed and started again":
            server.start()
        began = time.perf_counter()
        found = answers.get(b"%d" % (number % 50))
        times.append(time.perf_counter() - began)
        assert found in (None, f"answer {number % 50}")
        time.sleep(0.001)
    assert max(times) < 0.2, "one operation is waited for no longer than its limit"
    assert statistics.quantiles(times, n=100)[-1] < 0.03
    if trouble == "killed and started again":
        time.sleep(LIMITS.pause_s)
        answers.keep(b"new", "after it")
        eventually(lambda: answers.get(b"new") == "after it")


def test_no_server_at_all(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{free.getsockname()[1]}/0"
    answers = KeptAnswers(RedisShelf(url, seconds=0.02, bytes_max=1_000), lambda: SHARED, "shop", LIMITS)
    assert answers.get(b"question") is None
    answers.keep(b"question", "answer")
    answers.close(1)


@pytest.mark.parametrize("url", ["", "no url", "http://example.org", "redis://:badport:x/"])
def test_a_url_that_is_none_is_as_no_server(url):
    answers = KeptAnswers(RedisShelf(url, seconds=0.02, bytes_max=1_000), lambda: SHARED, "shop", LIMITS)
    assert answers.get(b"question") is None
    answers.close(1)
