"""Open a real editor with the Kibitz of this tree, to try it by hand.

    python -m tests.editors.open vscode [folder]    VS Code in your browser
    python -m tests.editors.open neovim [folder]    Neovim in this terminal

Without a folder, a copy of the examples is opened, so that you may change anything.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.editors.code_server import built_extension, code_server
from tests.editors.sandbox import PROGRAMS
from tests.editors.setup import CACHE, HERE, ROOT, SetupError, neovim, set_up_code_server, set_up_neovim, step

PREFERRED_PORT = 8642  # the same each time, so that the browser keeps its layout


def open_vscode(folder: Path) -> None:
    set_up_code_server()
    with step("the extension (vscode-client/dist/kibitz.vsix)") as done:
        extension = built_extension()
        done("built")
    home = CACHE / "try-vscode"
    home.mkdir(parents=True, exist_ok=True)
    settings: dict[str, object] = {"kibitz.server.command": [server(), "serve"]}
    port = usable_port()
    with code_server(folder, home, extensions=[extension], settings=settings, port=port) as url:
        print(f"\nVS Code runs. Open this address in a browser:\n\n    {url}\n\nCtrl+C ends it.", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print()


def open_neovim(folder: Path) -> None:
    set_up_neovim()
    environment = {**os.environ, "PATH": f"{Path(server()).parent}{os.pathsep}{os.environ['PATH']}"}
    config = ROOT / "editors" / "neovim" / "kibitz.lua"
    command = [*neovim(), "-u", str(config), *first_source_file(folder)]
    subprocess.run(command, cwd=folder, env=environment, check=False)


def server() -> str:
    """The `kibitz` beside this Python, else the one on PATH."""
    found = shutil.which("kibitz", path=f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        raise SetupError("kibitz is not installed. Run `pip install -e .` in the project's folder.")
    return found


def folder_to_open(arguments: Sequence[str]) -> Path:
    if arguments:
        folder = Path(arguments[0]).resolve()
        if not folder.is_dir():
            raise SetupError(f"there is no folder {folder}.")
        return folder
    examples = sorted(path for path in (ROOT / "examples").glob("*") if path.is_dir())
    source = examples[0] if examples else HERE / "workspace"
    copy = CACHE / "try" / source.name
    if not copy.is_dir():
        shutil.copytree(source, copy)
    return copy


def first_source_file(folder: Path) -> list[str]:
    """The first Python file that has more in it than a package's name, if there is any."""
    files = (path for path in sorted(folder.rglob("*.py")) if path.name != "__init__.py")
    return [str(path.relative_to(folder)) for path in files if not path.name.startswith("test_")][:1]


def usable_port() -> int:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", PREFERRED_PORT))
        except OSError:
            return 0
    return PREFERRED_PORT


def main(arguments: Sequence[str]) -> int:
    editors = {"vscode": open_vscode, "neovim": open_neovim}
    if not arguments or arguments[0] not in editors:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        editors[arguments[0]](folder_to_open(arguments[1:]))
    except SetupError as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
