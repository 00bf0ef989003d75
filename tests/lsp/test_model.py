"""The same, with the bundled model in its own process."""

import time
from collections.abc import Iterator

import psutil
import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import NEOVIM, OLDER_EDITOR, Editor

pytestmark = [pytest.mark.model, pytest.mark.timeout(180)]

SECONDS = 60  # for whatever needs the model, on a busy machine
CODE = (
    "def total(prices):\n    result = 0\n    for price in prices:\n        result += │\n    return result\n"
)


@pytest.fixture
def kibitz(start: Start) -> Iterator[Editor]:
    editor = start(model="bundled")
    yield editor
    for host in hosts(editor):
        host.kill()


def hosts(editor: Editor) -> list[psutil.Process]:
    """The processes that hold weights, of this server alone."""
    home = editor.server.environment["XDG_RUNTIME_DIR"]
    found = []
    for process in psutil.process_iter(["cmdline"]):
        try:
            is_host = any("model.host" in it for it in process.info["cmdline"] or ())
            if is_host and process.environ().get("XDG_RUNTIME_DIR") == home:
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return found


def test_a_session_from_the_first_key_to_the_last(kibitz: Editor) -> None:
    kibitz.open("shop/cart.py", CODE)
    (item,) = kibitz.suggestions(trigger=1, seconds=SECONDS)
    assert item["insertText"].strip()
    assert item["range"]["start"]["line"] == item["range"]["end"]["line"] == 3

    last = kibitz.server.request("kibitz/lastRequest")
    assert last["tokens"]["generated"] > 0

    assert kibitz.quit() == 0
    assert "Traceback" not in kibitz.server.log()


def test_a_menu_entry_comes_from_the_model_too(start: Start) -> None:
    editor = start(OLDER_EDITOR, model="bundled")
    editor.open("cart.py", CODE)
    deadline = time.monotonic() + SECONDS
    while not (items := editor.menu()) and time.monotonic() < deadline:
        pass
    assert items[0]["detail"] == "Kibitz"
    for host in hosts(editor):
        host.kill()


def test_a_model_host_that_is_killed_comes_back_by_itself(kibitz: Editor) -> None:
    kibitz.open("cart.py", CODE)
    assert kibitz.suggestions(trigger=1, seconds=SECONDS)
    (host,) = hosts(kibitz)

    host.kill()
    host.wait(10)

    deadline = time.monotonic() + SECONDS
    column = 0
    while time.monotonic() < deadline:
        kibitz.type(" ")  # so that nothing is remembered
        column += 1
        if kibitz.suggestions(trigger=1, seconds=SECONDS):
            break
        time.sleep(0.2)
    assert [it.pid for it in hosts(kibitz)] not in ([], [host.pid])


def test_two_windows_share_one_model(start: Start) -> None:
    editors = [start(model="bundled"), start(NEOVIM, model="bundled")]
    for editor in editors:
        editor.open("cart.py", CODE)
        assert editor.suggestions(trigger=1, seconds=SECONDS)
    (host,) = hosts(editors[0])
    assert editors[0].quit() == 0
    editors[1].open("other.py", CODE)
    assert editors[1].suggestions(trigger=1, seconds=SECONDS)
    host.kill()


def test_cancelling_frees_the_model_at_once(kibitz: Editor) -> None:
    kibitz.open("cart.py", CODE)
    kibitz.suggestions(trigger=1, seconds=SECONDS)
    kibitz.open("other.py", CODE.replace("price", "cost"))
    for _ in range(20):
        kibitz.server.cancel(kibitz.ask_for_ghost_text(trigger=1))
    started = time.monotonic()
    assert kibitz.suggestions(trigger=1, seconds=SECONDS)
    assert time.monotonic() - started < 10


def test_an_error_is_explained(kibitz: Editor) -> None:
    kibitz.open("cart.py", "def total(price):\n    return pricee│ * 2\n")
    where = {"start": {"line": 1, "character": 11}, "end": {"line": 1, "character": 17}}
    problem = {"range": where, "message": '"pricee" is not defined', "source": "Pyright", "severity": 1}
    action = next(it for it in kibitz.actions(problem) if it["title"] == "Explain this error")
    answer = kibitz.run(action["command"], SECONDS)
    assert answer["title"]
    assert "price" in answer["markdown"]


def test_a_docstring_is_written(kibitz: Editor) -> None:
    kibitz.open(
        "cart.py", "def t│otal(prices: list[float], rate: float) -> float:\n    return sum(prices) * rate\n"
    )
    action = next(it for it in kibitz.actions() if it["kind"] == "refactor.rewrite")
    number = kibitz.server.ask("codeAction/resolve", action)
    (change,) = kibitz.server.reply(number, SECONDS)["result"]["edit"]["documentChanges"]
    text = "".join(it["newText"] for it in change["edits"])
    assert '"""' in text


def test_without_a_model_errors_are_explained_all_the_same(start: Start) -> None:
    """From what the code says; the status tells what is missing."""
    editor = start(model="bundled", settings={"model": "/nowhere/model.gguf"}, is_ready=False)
    assert editor.wait_for_status("noModel")["hint"]
    editor.open("cart.py", "def total(price):\n    return pricee│ * 2\n")
    where = {"start": {"line": 1, "character": 11}, "end": {"line": 1, "character": 17}}
    problem = {"range": where, "message": '"pricee" is not defined', "source": "Pyright", "severity": 1}
    action = next(it for it in editor.actions(problem) if it["title"] == "Explain this error")
    assert editor.run(action["command"], SECONDS)["markdown"].strip()
    assert editor.ghost_text() == ""
    assert editor.quit() == 0
