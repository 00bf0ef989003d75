"""Fetch one pinned package as its registry ships it, once, into the git-ignored cache, and unpack it.

Each registry is asked through its own client, which needs its ordinary access: pip, npm, apt.
Nothing of what is fetched is installed or run, but for what pip does to learn an sdist's name.
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "bench"


def fetched(name: str, *, registry: str, version: str) -> Path:
    """The folder with package *name* at *version*, unpacked."""
    folder = CACHE / f"{name.replace('/', '-').lstrip('@')}-{version}"
    if not folder.is_dir():
        archives = CACHE / "archives" / folder.name
        archives.mkdir(parents=True, exist_ok=True)
        subprocess.run(_command(name, registry, version), cwd=archives, check=True, stdout=subprocess.DEVNULL)
        (archive,) = archives.iterdir()
        _unpack(archive, folder)
    return folder


def _command(name: str, registry: str, version: str) -> list[str]:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    match registry:
        case "wheel":
            return [*pip, "--only-binary=:all:", f"{name}=={version}"]
        case "sdist":
            return [*pip, "--no-binary=:all:", f"{name}=={version}"]
        case "npm":
            return ["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"]
        case "debian":
            return ["apt-get", "download", "-q", f"{name}={version}"]
    raise ValueError(f"no registry is called {registry}")


def _unpack(archive: Path, folder: Path) -> None:
    started = folder.with_name(f"{folder.name}.unpacking")
    if archive.suffix == ".deb":
        subprocess.run(["dpkg-deb", "--extract", archive, started], check=True)
    elif archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(started)
    else:
        with tarfile.open(archive) as tar:
            tar.extractall(started, filter="data")
    started.rename(folder)
