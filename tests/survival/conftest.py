"""A server in surroundings of one's own, and what a person is told there."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.lsp.editor import VS_CODE, Editor, private, runtime_folder
from tests.lsp.raw_client import PYTHON, ServerProcess
from tests.survival.process_tree import processes_of
from tests.workspace.check import written

SERVE = [PYTHON, "-m", "lsp_server", "serve"]
READY_S = 60
CODE = (
    "def total(prices):\n    result = 0\n    for price in prices:\n        result += │\n    return result\n"
)
FILES = {
    "price.py": "def net(gross, vat_rate):\n    return gross / (1 + vat_rate)\n",
    **{f"more_{number}.py": f"def function_{number}(a):\n    return a\n" * 50 for number in range(60)},
}


class Server:
    """`kibitz serve` in surroundings of one's own; `home` has all folders that it may write to."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = written(home / "repository", FILES)
        self.started: list[ServerProcess] = []

    def start(
        self,
        *before: str,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = SERVE,
        settings: Mapping[str, object] | None = None,
    ) -> Editor:
        server = ServerProcess([*before, *command], private(self.home) | dict(environment or {}))
        self.started.append(server)
        return Editor(server, self.root, VS_CODE, settings, shows_explanations=True)

    def works(self, editor: Editor) -> None:
        """It completes, knows the repository, and ends as it should."""
        editor.wait_for_status("ready", READY_S)
        editor.open("total.py", CODE)
        assert editor.suggestions(trigger=1, seconds=READY_S), editor.server.log()
        editor.open("cart.py", "from price import net\n\ntotal = net(│\n")
        editor.wait_until_context_has("def net(gross, vat_rate)", READY_S)
        assert editor.quit() == 0
        assert "Traceback" not in editor.server.log()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    for started in made.started:
        started.kill()
    for left in processes_of(tmp_path):
        left.kill()
    shutil.rmtree(runtime_folder(tmp_path), ignore_errors=True)


def told(editor: Editor) -> str:
    """What the last status says that there is to do."""
    params = [it["params"] for it in editor.server.received if it.get("method") == "kibitz/status"]
    return str(params[-1].get("hint", ""))


def short_folder(server: Server) -> str:
    """A socket's path may not be long."""
    return private(server.home)["XDG_RUNTIME_DIR"]
