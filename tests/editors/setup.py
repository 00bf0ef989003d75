"""Fetch what the tests drive: VS Code in a browser, Neovim 0.12, a Redis server, and llama-server.

    python -m tests.editors.setup            all
    python -m tests.editors.setup vscode     or only one of them
    python -m tests.editors.setup neovim

Everything goes below `.cache/editors`, so that a second run has nothing to do and
deleting that folder undoes it. The exceptions are the browser and Redis: Debian's are
installed if the machine has none. Addresses come from the machine's own npm and apt.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.editors.newer_suite import SetupError, run, tie, unpack

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "editors"
WEB = CACHE / "web"
CODE_SERVER = WEB / "node_modules" / "code-server"
NODE = WEB / "node_modules" / "node" / "bin" / "node"
NEOVIM = CACHE / "neovim"
CLIENT = ROOT / "vscode-client"

LLAMA = CACHE / "llama-server"
LLAMA_SERVER = LLAMA / "llama-server"

NEOVIM_NEEDED = (0, 12)  # inline completion came with it
NEOVIM_PACKAGES = (
    "libc6", "libgcc-s1", "libluajit-5.1-2", "libluajit-5.1-common", "libtree-sitter0.26", "libunibilium4",
    "libutf8proc3", "libuv1t64", "lua-lpeg", "lua-luv", "neovim", "neovim-runtime",
)  # fmt: skip
LLAMA_PACKAGES = (
    "libc6", "libgcc-s1", "libgomp1", "libggml0", "libllama0", "libssl3t64", "zlib1g", "libzstd1",
    "llama.cpp-tools",
)  # fmt: skip


# -- VS Code ------------------------------------------------------------------------------------


def set_up_vscode() -> None:
    """Install what a test needs: code-server, and a browser that can be driven."""
    set_up_code_server()
    set_up_browser()


def set_up_code_server() -> None:
    """Install code-server with the node it wants, and playwright-core."""
    with step("VS Code in a browser (code-server)") as done:
        wanted = fingerprint(HERE / "package.json", HERE / "package-lock.json")
        stamp = WEB / ".installed"
        if stamp.is_file() and stamp.read_text() == wanted and NODE.is_file():
            done("already there")
        else:
            install_code_server()
            stamp.write_text(wanted)


def set_up_browser() -> None:
    with step("browser (chromium)") as done:
        found = browser()
        if found is None:
            install_browser()
        else:
            done(str(found))


def install_code_server() -> None:
    if shutil.which("npm") is None:
        raise SetupError("npm is missing. Install Node.js 20 or newer, then run this again.")
    WEB.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, WEB / name)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund"]
    run(["npm", "ci", *quiet], WEB)
    run(["npm", "rebuild", "node"], WEB)  # its script is what brings the node 24 binary
    run(["npm", "install", "--omit=dev", *quiet], CODE_SERVER / "lib" / "vscode")
    run(["npm", "install", "--omit=dev", *quiet], CODE_SERVER / "lib" / "vscode" / "extensions")


def browser() -> Path | None:
    """The first Chromium of this machine, or the one that KIBITZ_CHROMIUM names."""
    names = [os.environ.get("KIBITZ_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    found = next((path for path in map(shutil.which, filter(None, names)) if path), None)
    return Path(found) if found else None


def install_browser() -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise SetupError("no browser found. Install Chromium, or name one in KIBITZ_CHROMIUM.")
    run(["apt-get", "update", "-qq"], ROOT)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
    run(command, ROOT, DEBIAN_FRONTEND="noninteractive")


# -- Redis --------------------------------------------------------------------------------------


def set_up_redis() -> None:
    """A server for the tests of shared answers; they are left out on a machine that cannot have one."""
    with step("Redis server") as done:
        found = shutil.which("redis-server")
        if found is None and shutil.which("apt-get") is not None and os.geteuid() == 0:
            run(["apt-get", "update", "-qq"], ROOT)
            command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "redis-server"]
            run(command, ROOT, DEBIAN_FRONTEND="noninteractive")
            found = shutil.which("redis-server")
        done(found or "none: its tests are left out")


# -- Neovim -------------------------------------------------------------------------------------


def set_up_neovim() -> None:
    """Make sure that there is a Neovim with inline completion: the system's, or one in the cache."""
    with step(f"Neovim {version_text(NEOVIM_NEEDED)} or newer") as done:
        try:
            done(" ".join(neovim()[:1]))
        except SetupError:
            install_neovim()


def neovim() -> list[str]:
    """The command that starts a Neovim which is new enough."""
    system = shutil.which("nvim")
    if system is not None and neovim_version([system]) >= NEOVIM_NEEDED:
        return [system]
    launcher = NEOVIM / "nvim"
    if launcher.is_file() and neovim_version([str(launcher)]) >= NEOVIM_NEEDED:
        return [str(launcher)]
    raise SetupError("no Neovim 0.12 yet. Run: python -m tests.editors.setup neovim")


def neovim_version(command: Sequence[str]) -> tuple[int, int]:
    """The version that *command* reports, or (0, 0) if it does not run."""
    finished = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"NVIM v(\d+)\.(\d+)", finished.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def install_neovim() -> None:
    """From a newer suite, since inline completion came with 0.12."""
    try:
        root = unpack(NEOVIM_PACKAGES, NEOVIM)
    except SetupError as problem:
        needed = version_text(NEOVIM_NEEDED)
        raise SetupError(f"{problem} Install Neovim {needed} or newer and put it on PATH.") from problem
    program = root / "usr/bin/nvim"
    tie(program, root)
    write_launcher(NEOVIM / "nvim", program, VIMRUNTIME=root / "usr/share/nvim/runtime")
    if neovim_version([str(NEOVIM / "nvim")]) < NEOVIM_NEEDED:
        raise SetupError(f"the Neovim unpacked into {NEOVIM} does not start on this machine.")


def write_launcher(launcher: Path, program: Path, **environment: object) -> None:
    exports = "".join(f"export {name}='{value}'\n" for name, value in environment.items())
    launcher.write_text(f"#!/bin/sh\n# Made by tests/editors/setup.py.\n{exports}exec '{program}' \"$@\"\n")
    launcher.chmod(0o755)


# -- llama-server -------------------------------------------------------------------------------


def set_up_llama_server() -> None:
    """The model server that most people run; its tests are left out on a machine that cannot have one."""
    with step("llama-server") as done:
        if LLAMA_SERVER.is_file():
            done("already there")
            return
        try:
            install_llama_server()
        except SetupError as problem:
            done(f"none, its tests are left out: {problem}")


def install_llama_server() -> None:
    root = unpack(LLAMA_PACKAGES, LLAMA)
    program = root / "usr/bin/llama-server"
    libraries = tie(program, root)
    for backend in libraries.glob("ggml/backends*/*.so"):  # it looks for those beside itself
        (program.parent / backend.name).symlink_to(backend)
    write_launcher(LLAMA / "try", program, LD_LIBRARY_PATH=f"{libraries}:{libraries / 'llama'}")
    run([str(LLAMA / "try"), "--version"], LLAMA)
    (LLAMA / "try").rename(LLAMA_SERVER)


# -- steps --------------------------------------------------------------------------------------


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Print what is being done, how it ended, and how long it took."""
    notes: list[str] = []
    started = time.monotonic()
    print(f"· {title} …", flush=True)
    yield notes.append
    seconds = time.monotonic() - started
    print(f"  {notes[0] if notes else 'installed'} ({seconds:.1f} s)", flush=True)


def fingerprint(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def version_text(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def main(names: Sequence[str]) -> int:
    steps = {
        "vscode": set_up_vscode, "neovim": set_up_neovim, "redis": set_up_redis,
        "llama": set_up_llama_server,
    }  # fmt: skip
    unknown = [name for name in names if name not in steps]
    if unknown:
        print(f"unknown editor: {' '.join(unknown)}; known are {' '.join(steps)}", file=sys.stderr)
        return 2
    try:
        for name in names or steps:
            steps[name]()
    except SetupError as failure:
        print(f"\nThe editors are not ready: {failure}", file=sys.stderr)
        return 1
    print("The editors are ready.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
