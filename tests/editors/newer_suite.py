"""Programs of a newer Debian suite, unpacked beside the system's own: the system stays as it is.

Addresses come from the machine's own apt sources. A program runs with the C library that came with it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

SUITE = "forky"


class SetupError(Exception):
    """A step could not be done; the message says what the user can do about it."""


def unpack(packages: Sequence[str], folder: Path) -> Path:
    """Unpack Debian *packages* and nothing that they depend on below *folder*; the root that they make."""
    if shutil.which("apt-get") is None:
        raise SetupError(f"there is no apt-get to fetch {packages[-1]} with.")
    shutil.rmtree(folder, ignore_errors=True)
    archives, root = folder / "packages", folder / "root"
    for path in (archives, root, folder / "lists" / "partial", folder / "archives" / "partial"):
        path.mkdir(parents=True)
    sources, status = folder / "newer.sources", folder / "status"
    sources.write_text(_source())
    status.touch()
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": status,
        "Dir::Cache::archives": folder / "archives",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    run([*apt, "update"], archives)
    run([*apt, "download", *packages, "patchelf", "libstdc++6"], archives)
    for package in sorted(archives.glob("*.deb")):
        run(["dpkg", "-x", str(package), str(root)], archives)
    for leftover in ("packages", "lists", "archives"):
        shutil.rmtree(folder / leftover)
    return root


def tie(program: Path, root: Path) -> Path:
    """Tie *program* below *root* to the C library that came with it; the folder of its libraries.

    Starting it through the loader would not do: some programs start their own file again.
    """
    loader = next(iter(sorted(root.glob("usr/lib*/ld-linux-*"))), None)
    libraries = next(iter(sorted(root.glob("usr/lib/*-linux-gnu"))), None)
    if loader is None or libraries is None:
        raise SetupError("the downloaded packages hold no C library for this machine.")
    through_loader = [str(loader), "--library-path", str(libraries)]
    options = ["--force-rpath", "--set-rpath", str(libraries), "--set-interpreter", str(loader)]
    run([*through_loader, str(root / "usr/bin/patchelf"), *options, str(program)], root)
    return libraries


def _source() -> str:
    """An apt source for the newer suite at the mirror that this machine uses already."""
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    return f"Types: deb\nURIs: {_mirror()}\nSuites: {SUITE}\nComponents: main\nSigned-By: {keyring}\n"


def _mirror() -> str:
    """The address of the Debian archive in this machine's own apt sources."""
    etc = Path("/etc/apt")
    for file in (*sorted(etc.glob("sources.list.d/*.sources")), etc / "sources.list"):
        if not file.is_file():
            continue
        for line in file.read_text().splitlines():
            found = re.match(r"(?:URIs:|deb(?:\s+\[[^]]*\])?)\s+(\S+/debian/?)(?:\s|$)", line)
            if found:
                return found[1]
    raise SetupError("there is no Debian archive in the apt sources of this machine.")


def run(command: Sequence[str], folder: Path, **environment: str) -> None:
    """Run *command*; if it fails, show what it said."""
    finished = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    if finished.returncode != 0:
        tail = "\n".join(finished.stdout.splitlines()[-25:])
        raise SetupError(f"`{' '.join(command)}` failed in {folder}:\n{tail}")
