"""The one place that opens files of a repository.

What comes back is text of a regular file under the root. No link is followed below the root, so no
name, however made, leads out of it; no pipe or device is waited for; no size surprises.
"""

import codecs
import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from lsp_server.errors import UnreadableFile
from lsp_server.text.secrets import is_secret_file

INDEXED_MAX_BYTES = 400_000
READ_MAX_BYTES = 8_000_000  # of a file the user asks for by name

_LOOKED_AT_BYTES = 8_192
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b"))
_CONTROLS_MAX_SHARE = 0.05

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_OPEN_FLAGS = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_CAN_WALK_DESCRIPTORS = os.open in os.supports_dir_fd and bool(_NO_FOLLOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    text: str
    encoding: str
    is_guess: bool  # no byte is wrong in latin-1, so it may be anything
    size: int
    mtime_ns: int


def read_source(root: Path, path: str, *, max_bytes: int) -> SourceText:
    """Read the file at *path*, POSIX and relative to *root*. Raises UnreadableFile.

    Secret files are refused by name; what they hold must not reach a model.
    """
    if is_secret_file(path):
        raise UnreadableFile(
            f"{path} holds secrets by its name, so it is never read",
            hint="Rename it if it holds none, or put the part you need into another file.",
        )
    descriptor = _open_beneath(root, path)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFile(f"{path} is not a regular file", hint="Name a source file.")
        if status.st_size > max_bytes:
            raise UnreadableFile(
                f"{path} has {status.st_size:,} bytes, more than the {max_bytes:,} that are read",
                hint="Split the file, or complete in a smaller one.",
            )
        data = _read_all(descriptor, status.st_size, max_bytes)
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(descriptor)
    text, encoding = decode(data, path)
    return SourceText(
        text=text,
        encoding=encoding,
        is_guess=encoding == "latin-1",
        size=len(data),
        mtime_ns=status.st_mtime_ns,
    )


def read_lines(folder: Path, path: str, *, max_bytes: int) -> list[str]:
    """The lines of a file that says how to treat others, as `.gitignore`; none if it cannot be read."""
    try:
        descriptor = _open_beneath(folder, path)
    except UnreadableFile:
        return []
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > max_bytes:
            return []
        return _read_all(descriptor, status.st_size, max_bytes).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    finally:
        os.close(descriptor)


def decode(data: bytes, path: str) -> tuple[str, str]:
    """(text, name of the encoding). Raises UnreadableFile for bytes that are no text."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    if _is_binary(data[:_LOOKED_AT_BYTES]):
        raise UnreadableFile(
            f"{path} is not text", hint="Only text files can be completed or shown to a model."
        )
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _is_binary(start: bytes) -> bool:
    if b"\0" in start:
        return True
    return len(start) - len(start.translate(None, _CONTROLS)) > len(start) * _CONTROLS_MAX_SHARE


def _read_all(descriptor: int, size: int, max_bytes: int) -> bytes:
    """Read to the end, but not more than allowed even if a file of *size* bytes grows meanwhile."""
    data = os.read(descriptor, min(size, max_bytes) + 1)
    if len(data) == size:  # one more was asked for
        return data
    while len(data) <= max_bytes and (part := os.read(descriptor, max_bytes + 1 - len(data))):
        data += part
    return data[:max_bytes]


def _open_beneath(root: Path, path: str) -> int:
    parts = path.split("/")
    if path.startswith("/") or "\0" in path or any(part in ("", ".", "..") for part in parts):
        raise UnreadableFile(
            f"{path!r} is not a path inside the repository", hint="Use a path below the root."
        )
    try:
        if not _CAN_WALK_DESCRIPTORS:
            return _open_resolved(root, path)
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts[:-1]:
                inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | _NO_FOLLOW, dir_fd=folder)
                os.close(folder)
                folder = inner
            return os.open(parts[-1], _OPEN_FLAGS, dir_fd=folder)
        finally:
            os.close(folder)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _open_resolved(root: Path, path: str) -> int:
    """For systems without descriptors of folders: resolve first, then insist on the result."""
    real = (root / path).resolve(strict=True)
    if not real.is_relative_to(root.resolve()) or not real.is_file():
        raise UnreadableFile(f"{path} leads out of the repository", hint="Use a path below the root.")
    return os.open(real, _OPEN_FLAGS | getattr(os, "O_BINARY", 0))


def _unreadable(path: str, error: Exception) -> UnreadableFile:
    if isinstance(error, FileNotFoundError):
        return UnreadableFile(f"there is no file {path}", hint="Check the path; it is relative to the root.")
    if isinstance(error, PermissionError):
        return UnreadableFile(f"{path} may not be read", hint="Change its permissions, or work as its owner.")
    if isinstance(error, OSError) and error.errno in _LINK_ERRORS:
        return UnreadableFile(f"{path} is, or is behind, a symbolic link", hint="Name the real file.")
    return UnreadableFile(f"{path} cannot be read: {error}", hint="Check that it is an ordinary file.")


_LINK_ERRORS = {errno.ELOOP, errno.EMLINK, errno.ENOTDIR}
