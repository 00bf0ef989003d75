"""Servers for the tests of this folder, and an editor in front of one; each is ended, come what may."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.editor import VS_CODE, Editor, real_server, scripted_server
from tests.lsp.raw_client import ServerProcess

Start = Callable[..., Editor]


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
    ) -> Editor:
        server = scripted_server(tmp_path) if model == "scripted" else real_server(tmp_path)
        servers.append(server)
        editor = Editor(
            server, root, abilities, settings, shows_explanations=shows_explanations, process_id=process_id
        )
        if is_ready:
            editor.wait_for_status("ready", seconds=60)
        return editor

    yield start_editor
    for server in servers:
        server.kill()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """One VS Code for all tests that leave it as they found it."""
    home = tmp_path_factory.mktemp("shared")
    root = home / "repository"
    root.mkdir()
    server = scripted_server(home)
    editor = Editor(server, root, VS_CODE, None, shows_explanations=True)
    editor.wait_for_status("ready", seconds=60)
    yield editor
    server.kill()


@pytest.fixture
def editor(shared: Editor, request: pytest.FixtureRequest) -> Iterator[Editor]:
    """The shared one; each test has a folder of its own, since a suggestion is remembered by its file."""
    repository = shared.root
    shared.root = repository / re.sub(r"\W+", "_", request.node.name)
    shared.root.mkdir(exist_ok=True)
    yield shared
    shared.server.request("test/release")
    shared.close_all()
    shared.root = repository
