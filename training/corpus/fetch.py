"""Fetch packages by name with the ordinary clients as they are configured on this machine."""

import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePosixPath

from training.corpus.licences import is_permissive, permissive_copyright, permissive_licence
from training.places import DOWNLOADS

SECONDS_MAX = 180  # for one package; a mirror that is slower than that costs more than the package brings
FILE_BYTES_MAX = 500_000
# Where Debian puts source text, and how many folders below it a project begins.
DEBIAN_HOMES = {
    "usr/share/gocode/src": 3,
    "usr/share/cargo/registry": 1,
    "usr/share/nginx": 0,
    "usr/include": 0,
}


def python_wheel(name: str, version: str | None) -> Path | None:
    """Return the wheel of a package, downloaded at most once; None if there is none for this machine."""
    folder = DOWNLOADS / "python" / name
    if found := sorted(folder.glob("*.whl")):
        return found[0]
    wanted = f"{name}=={version}" if version else name
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--only-binary",
        ":all:",
        "-d",
        str(folder),
        wanted,
    ]
    return downloaded(command, folder, "*.whl")


def npm_archive(name: str, version: str | None) -> Path | None:
    """Return the archive npm packs for a published package, downloaded at most once."""
    folder = DOWNLOADS / "npm" / name.replace("/", "__")
    if found := sorted(folder.glob("*.tgz")):
        return found[0]
    folder.mkdir(parents=True, exist_ok=True)
    wanted = f"{name}@{version}" if version else name
    return downloaded(["npm", "pack", "--silent", "--pack-destination", str(folder), wanted], folder, "*.tgz")


def source_distribution(name: str, version: str | None) -> Path | None:
    """Return the source archive of a Python package, downloaded at most once: its C and Rust are there."""
    folder = DOWNLOADS / "sdist" / name
    if found := sorted(folder.glob("*.tar.gz")):
        return found[0]
    wanted = f"{name}=={version}" if version else name
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d"]
    return downloaded([*pip, str(folder), wanted], folder, "*.tar.gz")


def debian_package(name: str, version: str | None) -> Path | None:
    """Return a Debian package, downloaded at most once; those named -dev of Go and Rust are source text."""
    folder = DOWNLOADS / "debian" / name
    if found := sorted(folder.glob("*.deb")):
        return found[0]
    folder.mkdir(parents=True, exist_ok=True)
    wanted = f"{name}={version}" if version else name
    return downloaded(["apt-get", "download", "-q", wanted], folder, "*.deb", within=folder)


def downloaded(command: list[str], folder: Path, pattern: str, *, within: Path | None = None) -> Path | None:
    try:
        subprocess.run(command, capture_output=True, check=True, timeout=SECONDS_MAX, cwd=within)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return next(iter(sorted(folder.glob(pattern))), None)


def wheel_facts(path: Path) -> tuple[str, str | None]:
    """Return the version and the permissive licence (None if it is not) a wheel declares."""
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata: Message = Parser().parsestr(archive.read(name).decode("utf-8", "replace"))
    return metadata["Version"], permissive_licence(metadata)


def npm_facts(path: Path) -> tuple[str, str | None]:
    with tarfile.open(path) as archive:
        member = archive.extractfile("package/package.json")
        facts = json.load(member) if member else {}
    licence = facts.get("license")
    return facts.get("version", ""), licence if isinstance(licence, str) and is_permissive(licence) else None


def sdist_facts(path: Path) -> tuple[str, str | None]:
    with tarfile.open(path) as archive:
        names = (name for name in archive.getnames() if name.count("/") == 1 and name.endswith("/PKG-INFO"))
        member = archive.extractfile(next(names))
        metadata: Message = Parser().parsestr(member.read().decode("utf-8", "replace") if member else "")
    return metadata["Version"], permissive_licence(metadata)


def debian_facts(path: Path) -> tuple[str, str | None]:
    version = subprocess.run(
        ["dpkg-deb", "--field", str(path), "Version"], capture_output=True, check=True, text=True
    ).stdout.strip()
    for name, raw in _debian_members(path):
        if name.parts[:3] == ("usr", "share", "doc") and name.name == "copyright":
            return version, permissive_copyright(raw.decode("utf-8", "replace"))
    return version, None


def wheel_files(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir() and info.file_size < FILE_BYTES_MAX:
                yield PurePosixPath(info.filename), archive.read(info)


def archive_files(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The files of an npm package or a source distribution, without the folder that holds them all."""
    with tarfile.open(path) as archive:
        for name, raw in _members(archive):
            yield PurePosixPath(*name.parts[1:]), raw


def debian_files(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The source text of a package, by its path in the project it comes from."""
    for name, raw in _debian_members(path):
        for home, depth in DEBIAN_HOMES.items():
            if name.is_relative_to(home):
                yield PurePosixPath(*name.relative_to(home).parts[depth:]), raw


def _debian_members(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    command = ["dpkg-deb", "--fsys-tarfile", str(path)]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        yield from _members(archive)


def _members(archive: tarfile.TarFile) -> Iterator[tuple[PurePosixPath, bytes]]:
    for member in archive:
        if member.isfile() and member.size < FILE_BYTES_MAX and (handle := archive.extractfile(member)):
            yield PurePosixPath(member.name), handle.read()


def folder_files(folder: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size < FILE_BYTES_MAX:
            yield PurePosixPath(path.relative_to(folder).as_posix()), path.read_bytes()
