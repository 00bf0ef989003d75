"""Fetch packages by name with the ordinary clients as they are configured on this machine."""

import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePosixPath

from training.corpus.licences import is_permissive, permissive_licence
from training.places import DOWNLOADS

SECONDS_MAX = 180  # for one package; a mirror that is slower than that costs more than the package brings


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


def downloaded(command: list[str], folder: Path, pattern: str) -> Path | None:
    try:
        subprocess.run(command, capture_output=True, check=True, timeout=SECONDS_MAX)
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


def wheel_files(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir() and info.file_size < 500_000:
                yield PurePosixPath(info.filename), archive.read(info)


def npm_files(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile() and member.size < 500_000 and (handle := archive.extractfile(member)):
                yield PurePosixPath(*PurePosixPath(member.name).parts[1:]), handle.read()


def folder_files(folder: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size < 500_000:
            yield PurePosixPath(path.relative_to(folder).as_posix()), path.read_bytes()
