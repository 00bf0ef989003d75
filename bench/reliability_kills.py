"""Kill the model's process again and again, at random moments, under servers that somebody types into.

Most of a kill's time is the pause before the next start (0.25 to 2 s, longer with each death), so several
servers are driven at once, each with folders and a model process of its own.
A kill during which this bench itself stood still says nothing and is set aside: the limits of time are
over then.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

from bench.stillness import Stillness
from tests.lsp.editor import VS_CODE, Editor, real_server, runtime_folder

CODE = (
    "def total(prices):\n    result = 0\n    for price in prices:\n        result += │\n    return result\n"
)
WORDS = (
    "price", "cost", "weight", "amount", "score", "length", "count", "value", "item", "row", "point", "order",
    "rate", "tax", "fee", "share", "part", "entry", "record", "node", "step", "width", "height", "depth",
)  # fmt: skip
KILLS_PER_SERVER = 4  # five deaths within three minutes are where the server stops trying
BACK_MAX_S = 60.0
ANSWER_MAX_S = 30.0
LATE_MAX_S = 180.0  # on a starved machine an answer that comes late is told from one that never comes


@dataclass
class Found:
    kills: int = 0
    lost_sessions: int = 0
    unanswered: int = 0
    late: int = 0
    not_working: int = 0
    set_aside: int = 0
    during: Counter[str] = field(default_factory=Counter)  # what was going on
    why_not: list[str] = field(default_factory=list)  # what the person was told last
    back_s: list[float] = field(default_factory=list)

    def add(self, other: Found) -> None:
        self.kills += other.kills
        self.lost_sessions += other.lost_sessions
        self.unanswered += other.unanswered
        self.late += other.late
        self.not_working += other.not_working
        self.during += other.during
        self.why_not += other.why_not
        self.back_s += other.back_s


def kill_hosts(kills: int, seed: int, servers: int, progress: Callable[[str], None]) -> Found:
    """*servers* at once. The same seed asks the same, but what it meets depends on the machine."""
    found, adding, stillness, numbers = Found(), threading.Lock(), Stillness(), itertools.count()

    def add(one: Found, began: float) -> None:
        with adding:
            if stillness.was_since(began):
                found.set_aside += 1
            else:
                found.add(one)
            progress(f"kills: {found.kills} of {kills}")

    def work() -> None:
        while found.kills < kills:
            session(Random(f"{seed}/{next(numbers)}"), add)

    with ThreadPoolExecutor(servers) as threads:
        for worker in [threads.submit(work) for _ in range(servers)]:
            worker.result()
    return found


def session(random: Random, add: Callable[[Found, float], None]) -> None:
    home = Path(tempfile.mkdtemp(prefix="kibitz-kills-"))
    (home / "repository").mkdir()
    server = real_server(home)
    began = time.monotonic()
    try:
        editor = Editor(server, home / "repository", VS_CODE, None, shows_explanations=True)
        for number in range(KILLS_PER_SERVER):
            began = time.monotonic()
            add(one(random, number, editor), began)
    except (AssertionError, OSError) as error:
        add(Found(lost_sessions=1, why_not=[f"{error} {server.log()[-1_000:]}"]), began)
    finally:
        for process in hosts(home):
            process.kill()
        server.kill()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(runtime_folder(home), ignore_errors=True)


def one(random: Random, number: int, editor: Editor) -> Found:
    """Ask, wait for a random while of what loading, a prompt and an answer take, kill, ask again."""
    found, first = Found(), random.randrange(len(WORDS))
    file = f"cart_{number}.py"
    editor.open(file, text(first))
    asked = [editor.ask_for_ghost_text(trigger=1)] if random.random() < 0.8 else []
    longest_s = random.choice((0.05, 0.4, 1.5))
    editor.server.received_for(random.random() * longest_s)
    for process in hosts(Path(editor.server.environment["XDG_CACHE_HOME"]).parent):
        process.kill()
        found.kills += 1
        found.during[going_on(editor, asked)] += 1
    for question in asked:
        asking = time.monotonic()
        try:
            editor.server.reply(question, LATE_MAX_S)
            found.late += time.monotonic() - asking > ANSWER_MAX_S
        except AssertionError:
            found.unanswered += 1
    editor.close(file)
    began, attempt = time.monotonic(), 0
    while time.monotonic() - began < BACK_MAX_S:
        # Another text each time, so that nothing is remembered. It stays one that the model continues: after
        # four spaces too many it has nothing to say, however well its process is.
        attempt += 1
        file = f"again_{number}_{attempt}.py"
        editor.open(file, text(first + attempt))
        suggestions = editor.suggestions(trigger=1, seconds=LATE_MAX_S)
        editor.close(file)
        if suggestions:
            found.back_s.append(time.monotonic() - began)
            break
        time.sleep(0.1)
    else:
        found.not_working += 1
        found.why_not.append(told(editor))
    assert editor.server.process.poll() is None
    return found


def going_on(editor: Editor, asked: list[int]) -> str:
    states = [it["params"]["state"] for it in editor.server.received if it.get("method") == "kibitz/status"]
    if not states or states[-1] != "ready":
        return "loading"
    answered = {it.get("id") for it in editor.server.received if "method" not in it}
    return "answering" if set(asked) - answered else "idle"


def text(number: int) -> str:
    return CODE.replace("price", WORDS[number % len(WORDS)])


def told(editor: Editor) -> str:
    """The last status, and what stands in the log."""
    status = [it["params"] for it in editor.server.received if it.get("method") == "kibitz/status"]
    return f"{status[-1:]} {editor.server.log()[-1_000:]}"


def hosts(home: Path) -> list[psutil.Process]:
    """The model hosts that were started for *home*."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        try:
            is_host = any("model.host" in it for it in process.info["cmdline"] or ())
            if is_host and process.environ().get("XDG_RUNTIME_DIR") == str(runtime_folder(home)):
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return found
