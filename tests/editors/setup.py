"""Fetch what the tests drive: VS Code in a browser, Neovim 0.12, and a Redis server.

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

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "editors"
WEB = CACHE / "web"
CODE_SERVER = WEB / "node_modules" / "code-server"
NODE = WEB / "node_modules" / "node" / "bin" / "node"
NEOVIM = CACHE / "neovim"
CLIENT = ROOT / "vscode-client"

# Inline completion came with 0.12. Debian's stable suites are older, so that we take
# Neovim and the libraries it wants from a newer suite, beside the system's own.
NEOVIM_NEEDED = (0, 12)
NEOVIM_SUITE = "forky"
NEOVIM_PACKAGES = (
    "libc6", "libgcc-s1", "libluajit-5.1-2", "libluajit-5.1-common", "libtree-sitter0.26", "libunibilium4",
    "libutf8proc3", "libuv1t64", "lua-lpeg", "lua-luv", "neovim", "neovim-runtime",
    "patchelf", "libstdc++6",
)  # fmt: skip


class SetupError(Exception):
    """A step could not be done; the message says what the user can do about it."""


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
    """Unpack Debian packages of a newer suite into the cache; the system stays as it is."""
    if shutil.which("apt-get") is None:
        raise SetupError(f"install Neovim {version_text(NEOVIM_NEEDED)} or newer and put it on PATH.")
    shutil.rmtree(NEOVIM, ignore_errors=True)
    packages, root = NEOVIM / "packages", NEOVIM / "root"
    for folder in (packages, root, NEOVIM / "lists" / "partial", NEOVIM / "archives" / "partial"):
        folder.mkdir(parents=True)
    sources = NEOVIM / "newer.sources"
    sources.write_text(newer_suite())
    status = NEOVIM / "status"
    status.touch()
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::State::lists": NEOVIM / "lists",
        "Dir::State::status": status,
        "Dir::Cache::archives": NEOVIM / "archives",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    run([*apt, "update"], packages)
    run([*apt, "download", *NEOVIM_PACKAGES], packages)
    for package in sorted(packages.glob("*.deb")):
        run(["dpkg", "-x", str(package), str(root)], packages)
    write_launcher(root)
    for leftover in ("packages", "lists", "archives"):
        shutil.rmtree(NEOVIM / leftover)
    if neovim_version([str(NEOVIM / "nvim")]) < NEOVIM_NEEDED:
        raise SetupError(f"the Neovim unpacked into {NEOVIM} does not start on this machine.")


def write_launcher(root: Path) -> None:
    """Tie the unpacked Neovim to the C library that came with it, and write a script that starts it.

    Starting it through the loader would not do: on a screen, Neovim starts its own program file again.
    """
    loader = next(iter(sorted(root.glob("usr/lib*/ld-linux-*"))), None)
    libraries = next(iter(sorted(root.glob("usr/lib/*-linux-gnu"))), None)
    if loader is None or libraries is None:
        raise SetupError("the downloaded packages hold no C library for this machine.")
    program = root / "usr/bin/nvim"
    through_loader = [str(loader), "--library-path", str(libraries)]
    tie = ["--force-rpath", "--set-rpath", str(libraries), "--set-interpreter", str(loader)]
    run([*through_loader, str(root / "usr/bin/patchelf"), *tie, str(program)], root)
    launcher = NEOVIM / "nvim"
    launcher.write_text(
        "#!/bin/sh\n"
        "# Made by tests/editors/setup.py: Neovim from a newer suite, with its own libraries.\n"
        'here="$(cd "$(dirname "$(readlink -f "$0")")" && pwd)/root"\n'
        'export VIMRUNTIME="$here/usr/share/nvim/runtime"\n'
        'exec "$here/usr/bin/nvim" "$@"\n'
    )
    launcher.chmod(0o755)


def newer_suite() -> str:
    """An apt source for the newer suite at the mirror that this machine uses already."""
    mirror = machine_mirror()
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    return f"Types: deb\nURIs: {mirror}\nSuites: {NEOVIM_SUITE}\nComponents: main\nSigned-By: {keyring}\n"


def machine_mirror() -> str:
    """The address of the Debian archive in this machine's own apt sources."""
    etc = Path("/etc/apt")
    for file in (*sorted(etc.glob("sources.list.d/*.sources")), etc / "sources.list"):
        if not file.is_file():
            continue
        for line in file.read_text().splitlines():
            found = re.match(r"(?:URIs:|deb(?:\s+\[[^]]*\])?)\s+(\S+/debian/?)(?:\s|$)", line)
            if found:
                return found[1]
    raise SetupError("no Debian archive in the apt sources. Put Neovim 0.12 or newer on PATH instead.")


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


def run(command: Sequence[str], folder: Path, **environment: str) -> None:
    """Run *command*; if it fails, show what it said."""
    finished = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    if finished.returncode != 0:
        tail = "\n".join(finished.stdout.splitlines()[-25:])
        raise SetupError(f"`{' '.join(command)}` failed in {folder}:\n{tail}")


def fingerprint(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def version_text(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def main(names: Sequence[str]) -> int:
    steps = {"vscode": set_up_vscode, "neovim": set_up_neovim, "redis": set_up_redis}
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
