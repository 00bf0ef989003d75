"""Kill the model's process again and again, at random moments, under a server that somebody types into."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

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


@dataclass
class Found:
    kills: int = 0
    lost_sessions: int = 0
    unanswered: int = 0
    not_working: int = 0
    why_not: list[str] = field(default_factory=list)  # what the person was told last
    back_s: list[float] = field(default_factory=list)


def kill_hosts(kills: int, seed: int, progress: Callable[[str], None]) -> Found:
    random, found = Random(seed), Found()
    while found.kills < kills:
        home = Path(tempfile.mkdtemp(prefix="kibitz-kills-"))
        (home / "repository").mkdir()
        server = real_server(home)
        try:
            editor = Editor(server, home / "repository", VS_CODE, None, shows_explanations=True)
            for _ in range(KILLS_PER_SERVER):
                one(random, editor, found)
                progress(f"kills: {found.kills} of {kills}")
        except (AssertionError, OSError):
            found.lost_sessions += 1
        finally:
            for process in hosts(home):
                process.kill()
            server.kill()
            shutil.rmtree(home, ignore_errors=True)
            shutil.rmtree(runtime_folder(home), ignore_errors=True)
    return found


def one(random: Random, editor: Editor, found: Found) -> None:
    """Ask, wait for a random while of what loading, a prompt and an answer take, kill, ask again."""
    file = f"cart_{found.kills}.py"
    editor.open(file, text(found.kills))
    asked = [editor.ask_for_ghost_text(trigger=1)] if random.random() < 0.8 else []
    time.sleep(random.choice((random.random() * 0.05, random.random() * 0.4, random.random() * 1.5)))
    for process in hosts(Path(editor.server.environment["XDG_CACHE_HOME"]).parent):
        process.kill()
        found.kills += 1
    for number in asked:
        try:
            editor.server.reply(number, ANSWER_MAX_S)
        except AssertionError:
            found.unanswered += 1
    editor.close(file)
    began, attempt = time.monotonic(), 0
    while time.monotonic() - began < BACK_MAX_S:
        # Another text each time, so that nothing is remembered. It stays one that the model continues: after
        # four spaces too many it has nothing to say, however well its process is.
        attempt += 1
        file = f"again_{found.kills}_{attempt}.py"
        editor.open(file, text(found.kills + attempt))
        suggestions = editor.suggestions(trigger=1, seconds=ANSWER_MAX_S)
        editor.close(file)
        if suggestions:
            found.back_s.append(time.monotonic() - began)
            break
        time.sleep(0.1)
    else:
        found.not_working += 1
        found.why_not.append(told(editor))
    assert editor.server.process.poll() is None


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
