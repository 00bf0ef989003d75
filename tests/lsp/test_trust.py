"""What a folder may not do before a person trusts it, and what text of a model may never do."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import VS_CODE, scripted_server
from tests.lsp.raw_client import ServerProcess


class Window:
    """A server in a folder that is not trusted; `configured` is what person and folder say together."""

    def __init__(self, server: ServerProcess, *, is_trusted: object, root: Path | None = None) -> None:
        self.server = server
        self.configured: object = None
        server.answer = self._answer
        options = {"kibitz": {"model": ""}, "kibitzClient": {"isTrusted": is_trusted}}
        hello = {
            "processId": None,
            "rootUri": None if root is None else root.as_uri(),
            "capabilities": VS_CODE,
            "initializationOptions": options,
        }
        server.request("initialize", hello)
        server.notify("initialized", {})
        server.notification("kibitz/status", state="ready")

    def configure(self, tree: object) -> None:
        self.configured = tree
        self.server.notify("workspace/didChangeConfiguration", {"settings": None})

    def states(self, seconds: float) -> list[str]:
        new = self.server.received_for(seconds)
        return [it["params"]["state"] for it in new if it.get("method") == "kibitz/status"]

    def _answer(self, message: dict[str, object]) -> object:
        return [self.configured] if message["method"] == "workspace/configuration" else None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    started = scripted_server(tmp_path)
    yield started
    started.kill()


@pytest.mark.parametrize("tree", [{"model": "missing"}, {"model": "missing", "enabled": True}])
def test_a_folder_without_trust_chooses_no_model(server: ServerProcess, tree: object) -> None:
    window = Window(server, is_trusted=False)
    window.configure(tree)
    assert "noModel" not in window.states(1.0)
    assert "kibitz.model counts as it was at the start" in server.log()


def test_what_is_no_matter_of_trust_counts_all_the_same(server: ServerProcess) -> None:
    window = Window(server, is_trusted=False)
    window.configure({"enabled": False, "model": "missing"})
    server.notification("kibitz/status", state="off")


def test_once_it_is_trusted_its_settings_count(server: ServerProcess) -> None:
    window = Window(server, is_trusted=False)
    window.configure({"model": "missing"})
    assert "noModel" not in window.states(0.5)
    server.notify("kibitz/workspaceTrusted", None)
    server.notification("kibitz/status", state="noModel")


@pytest.mark.parametrize("said", [True, None, "no"])
def test_an_editor_that_does_not_speak_of_trust_configures_everything(
    server: ServerProcess, said: object
) -> None:
    window = Window(server, is_trusted=said)
    window.configure({"model": "missing"})
    server.notification("kibitz/status", state="noModel")


def test_a_folder_without_trust_names_no_checker(server: ServerProcess, tmp_path: Path) -> None:
    """It would be started as soon as a person opens the menu at an error."""
    canary = tmp_path / "canary"
    tree = {"fixes": {"checker": [sys.executable, "-c", f"open({str(canary)!r}, 'w')", "{file}"]}}
    uri = (tmp_path / "a.py").as_uri()
    text = "def tax(rate, price):\n    return prcie * rate\n"
    window = Window(server, is_trusted=False, root=tmp_path)
    item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    server.notify("textDocument/didOpen", {"textDocument": item})
    where = {"start": {"line": 1, "character": 11}, "end": {"line": 1, "character": 16}}
    asked = {
        "textDocument": {"uri": uri},
        "range": where,
        "context": {
            "diagnostics": [{"range": where, "message": "undefined name 'prcie'"}],
            "triggerKind": 1,
            "only": ["quickfix"],
        },
    }
    window.configure(tree)
    window.states(0.5)
    assert "kibitz.fixes.checker counts as it was at the start" in server.log()
    assert server.request("textDocument/codeAction", asked)
    assert not canary.exists()

    server.notify("kibitz/workspaceTrusted", None)
    server.request("textDocument/codeAction", asked | {"context": {**asked["context"], "triggerKind": 2}})
    assert not canary.exists(), "only who opens the menu is asked to wait"
    server.request("textDocument/codeAction", asked)
    assert canary.exists()


def test_a_file_of_the_repository_cannot_make_a_page_do_anything(start: Start) -> None:
    """Its name is a link, its text leaves its block and turns around what is read."""
    editor = start()
    name = "[click](command:x) <img src=x>.py"
    text = 'def net(gross):\n    """```\n    ![x](https://example.org/x.png)\n    \u202e\x1b]8;;x\x07"""\n'
    editor.open(name, text)
    editor.open("cart.py", "def f():\n    return net(│)\n")
    editor.wait_until_context_has("def net(gross)")
    page = editor.context()
    assert "\u202e" not in page
    assert "\x1b" not in page
    before, fence, inside = page.partition("\n````")
    assert fence, page
    assert "](" not in before
    assert "<img" not in before
    assert inside.rstrip().endswith("````")
