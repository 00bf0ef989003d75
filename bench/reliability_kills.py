"""Kill the model's process again and again while it loads, reads a prompt, generates or idles.

Each session has a server, folders and a model process of its own and somebody who types: its first host is
killed while it loads, the next ones at random moments of the other three states, in random order. What a
host was really doing is seen by one more client of it, a moment before it is killed; that is what counts.
Most of a kill's time is the pause before the next start (0.25 to 2 s, longer with each death), so several
sessions are driven at once. A kill during which this bench itself stood still says nothing and is set aside:
the limits of time are over then.
Each kill is a line of the record as soon as it is over; a run goes on from the record that it is given.
"""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

import psutil

from bench.host_watch import Doing, HostWatch
from bench.stillness import Stillness
from tests.lsp.editor import VS_CODE, Editor, real_server, runtime_folder

CODE = (
    "def total(prices):\n    result = 0\n    for price in prices:\n        result += │\n    return result\n"
)
LONG = "def load_prices(path: str, encoding: str) -> list[str]:\n    │\n\n\n"  # much is written there
WORDS = (
    "price", "cost", "weight", "amount", "score", "length", "count", "value", "item", "row", "point", "order",
    "rate", "tax", "fee", "share", "part", "entry", "record", "node", "step", "width", "height", "depth",
)  # fmt: skip
# How long each state lasts, roughly, on two cores: a kill comes at any moment of that.
LASTS_S: dict[Doing, float] = {"loading": 0.5, "reading a prompt": 0.2, "generating": 0.3, "idle": 1.0}
LATER: list[Doing] = ["reading a prompt", "generating", "idle"]
# Four kills a session: five deaths within three minutes are where the server stops trying.
ASKED_WHILE_LOADING = 0.8
APPEARS_MAX_S = 60.0
BACK_MAX_S = 60.0
ANSWER_MAX_S = 30.0
LATE_MAX_S = 180.0  # on a starved machine an answer that comes late is told from one that never comes
SETTINGS = {"completion": {"maxTokens": 1024}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    session: int = -1
    doing: str  # what the host was at
    asked: int = 0  # requests that had no answer yet
    unanswered: int = 0
    late: int = 0
    back_s: float | None = None  # from the kill to the next completion; None if none came
    is_session_lost: bool = False
    is_set_aside: bool = False
    why: str = ""  # what the person was told last, where something was lost


class Record:
    """All kills so far, in memory and in *file*."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._adding = threading.Lock()
        lines = file.read_text("utf-8").splitlines() if file is not None and file.exists() else []
        self.all = [Kill(**json.loads(line)) for line in lines]

    def add(self, kill: Kill) -> None:
        with self._adding:
            self.all.append(kill)
            if self._file is not None:
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(kill)) + "\n")

    @property
    def kills(self) -> list[Kill]:
        return [it for it in self.all if not it.is_set_aside]

    def during(self) -> Counter[str]:
        return Counter(it.doing for it in self.kills)

    def next_session(self) -> int:
        return max((it.session for it in self.all), default=-1) + 1


def kill_hosts(
    kills: int, seed: int, servers: int, file: Path | None, progress: Callable[[str], None]
) -> Record:
    """*servers* at once. The same seed asks the same, but what it meets depends on the machine."""
    record, stillness = Record(file), Stillness()
    numbers = itertools.count(record.next_session())

    def work() -> None:
        while len(record.kills) < kills:
            number = next(numbers)
            for kill in session(number, Random(f"{seed}/{number}"), stillness):
                record.add(kill)
                during = ", ".join(f"{count} {what}" for what, count in record.during().most_common())
                progress(f"kills: {len(record.kills)} of {kills} ({during})")
                if len(record.kills) >= kills:
                    break

    with ThreadPoolExecutor(servers) as threads:
        for worker in [threads.submit(work) for _ in range(servers)]:
            worker.result()
    return record


def session(number: int, random: Random, stillness: Stillness) -> Iterator[Kill]:
    home = Path(tempfile.mkdtemp(prefix="kibitz-kills-"))
    (home / "repository").mkdir()
    server = real_server(home)
    began = time.monotonic()
    try:
        editor = Editor(server, home / "repository", VS_CODE, SETTINGS, shows_explanations=True)
        for doing in ("loading", *random.sample(LATER, len(LATER))):
            began = time.monotonic()
            kill = replace(one(editor, home, doing, random), session=number)
            yield replace(kill, is_set_aside=stillness.was_since(began))
        assert editor.quit() == 0
        assert server.stray == b""
    except (AssertionError, OSError, psutil.Error) as error:
        lost = Kill(doing="nothing known", is_session_lost=True, why=f"{error!r} {server.log()[-1_000:]}")
        yield replace(lost, session=number, is_set_aside=stillness.was_since(began))
    finally:
        for process in hosts(home):
            process.kill()
        server.kill()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(runtime_folder(home), ignore_errors=True)


def one(editor: Editor, home: Path, wanted: Doing, random: Random) -> Kill:
    """Bring the host into the *wanted* state, kill it at a random moment there, ask for the next thing."""
    host = appeared(home)
    asked = []
    if wanted == "loading":
        asked += [ask(editor, random)] if random.random() < ASKED_WHILE_LOADING else []
        time.sleep(random.random() * LASTS_S[wanted])
        doing = HostWatch.at_once(runtime_folder(home))
    else:
        watch = HostWatch(runtime_folder(home), APPEARS_MAX_S)
        watch.until("idle", APPEARS_MAX_S)
        asked += [ask(editor, random)]
        if wanted == "idle":
            editor.server.reply(asked[0], LATE_MAX_S)
        watch.until(wanted, ANSWER_MAX_S)
        time.sleep(random.random() * LASTS_S[wanted])
        doing = watch.now()
    host.kill()
    killed = time.monotonic()
    asked = [it for it in asked if not editor.server.has_replied(it)]
    unanswered = late = 0
    for question in asked:
        try:
            editor.server.reply(question, LATE_MAX_S)
            late += time.monotonic() - killed > ANSWER_MAX_S
        except AssertionError:
            unanswered += 1
    editor.close_all()
    back_s = completes(editor, killed, random)
    assert editor.server.process.poll() is None
    why = told(editor) if unanswered or back_s is None else ""
    return Kill(doing=doing, asked=len(asked), unanswered=unanswered, late=late, back_s=back_s, why=why)


def ask(editor: Editor, random: Random) -> int:
    """For ghost text in a file that was never seen: a second's work, half of it reading."""
    name = f"module_{random.randrange(10**9)}.py"
    editor.open(name, functions(random, 30) + LONG + functions(random, 20))
    return editor.ask_for_ghost_text(trigger=1)


def completes(editor: Editor, killed: float, random: Random) -> float | None:
    """How many seconds after the kill ghost text came again; None if it did not."""
    first, deadline = random.randrange(len(WORDS)), time.monotonic() + BACK_MAX_S
    for attempt in itertools.count():
        # Another text each time, so that nothing is remembered. It stays one that the model continues: after
        # four spaces too many it has nothing to say, however well its process is.
        file = f"again_{random.randrange(10**9)}.py"
        editor.open(file, CODE.replace("price", WORDS[(first + attempt) % len(WORDS)]))
        suggestions = editor.suggestions(trigger=1, seconds=LATE_MAX_S)
        editor.close(file)
        if suggestions:
            return time.monotonic() - killed
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
    return None


def functions(random: Random, count: int) -> str:
    """Code with *count* functions that nobody saw before."""
    found = []
    for number in range(count):
        to, of, by = random.sample(WORDS, 3)
        found.append(
            f"def {to}_of_{of}_{number}({of}, {by}):\n"
            f"    {to} = {of} * {random.randrange(100)} + {by}\n    return {to}\n\n\n"
        )
    return "".join(found)


def told(editor: Editor) -> str:
    """The last status, and what stands in the log."""
    status = [it["params"] for it in editor.server.received if it.get("method") == "kibitz/status"]
    return f"{status[-1:]} {editor.server.log()[-1_000:]}"


def appeared(home: Path) -> psutil.Process:
    """The model host of *home*, waited for."""
    deadline = time.monotonic() + APPEARS_MAX_S
    while not (found := hosts(home)):
        assert time.monotonic() < deadline, "there is no model process"
        time.sleep(0.01)
    return found[0]


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
