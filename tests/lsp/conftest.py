"""Servers for the tests of this folder, and an editor in front of one; each is ended, come what may."""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.editor import VS_CODE, Editor, real_server, runtime_folder, scripted_server
from tests.lsp.raw_client import ServerProcess

Start = Callable[..., Editor]
Window = Callable[[Mapping[str, Any]], Editor]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    return folder


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server with a scripted model that nobody has greeted yet."""
    server = scripted_server(tmp_path)
    yield server
    server.kill()
    shutil.rmtree(runtime_folder(tmp_path))


@pytest.fixture
def start_raw(tmp_path: Path) -> Iterator[Callable[[], ServerProcess]]:
    """Start as many as you like."""
    servers: list[ServerProcess] = []

    def start_it() -> ServerProcess:
        servers.append(scripted_server(tmp_path))
        return servers[-1]

    yield start_it
    for server in servers:
        server.kill()
    shutil.rmtree(runtime_folder(tmp_path), ignore_errors=True)


@pytest.fixture
def start(tmp_path: Path, root: Path) -> Iterator[Start]:
    """Open an editor on `root`; without more words VS Code, with a scripted model that is ready."""
    servers: list[ServerProcess] = []

    def start_editor(
        abilities: Mapping[str, Any] = VS_CODE,
        settings: Mapping[str, Any] | None = None,
        *,
        model: str = "scripted",
        shows_explanations: bool = False,
        is_ready: bool = True,
        process_id: int | None = None,
        folders: list[dict[str, Any]] | None = None,
    ) -> Editor:
        server = scripted_server(tmp_path) if model == "scripted" else real_server(tmp_path)
        servers.append(server)
        editor = Editor(
            server, root, abilities, settings, shows_explanations=shows_explanations,
            process_id=process_id, folders=folders,
        )  # fmt: skip
        if is_ready:
            editor.wait_for_status("ready", seconds=60)
        return editor

    yield start_editor
    for server in servers:
        server.kill()
    shutil.rmtree(runtime_folder(tmp_path))


@pytest.fixture(scope="session")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """One open window for each kind of editor, for all tests that leave it as they found it."""
    opened: dict[str, Editor] = {}

    def window(abilities: Mapping[str, Any]) -> Editor:
        kind = json.dumps(abilities)
        if kind not in opened:
            home = tmp_path_factory.mktemp("window")
            root = home / "repository"
            root.mkdir()
            server = scripted_server(home)
            opened[kind] = Editor(server, root, abilities, None, shows_explanations=abilities is VS_CODE)
            opened[kind].wait_for_status("ready", seconds=60)
        return opened[kind]

    yield window
    for editor in opened.values():
        editor.server.kill()
        shutil.rmtree(editor.server.environment["XDG_RUNTIME_DIR"])


@pytest.fixture
def window(windows: Window, request: pytest.FixtureRequest) -> Iterator[Window]:
    """The shared window of a kind. Each test has a folder of its own: a suggestion is kept by its file."""
    used: list[tuple[Editor, Path]] = []

    def use(abilities: Mapping[str, Any]) -> Editor:
        editor = windows(abilities)
        used.append((editor, editor.root))
        editor.root = editor.root / re.sub(r"\W+", "_", request.node.name)
        editor.root.mkdir(exist_ok=True)
        editor.edits.clear()
        editor.shown.clear()
        return editor

    yield use
    for editor, root in used:
        editor.server.request("test/release")
        editor.close_all()
        editor.root = root


@pytest.fixture
def editor(window: Window) -> Editor:
    return window(VS_CODE)
