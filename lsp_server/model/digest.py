"""The SHA-256 of a file, computed once: a model of gigabytes is not read again at every start.

Remembered by path, size, time of change and inode, in the user's cache folder. The memory can be
deleted at any time; one that cannot be read or written is done without.
"""

import hashlib
import json
import os
import tempfile
from pathlib import Path

import platformdirs

REMEMBERED_MAX = 64


def sha256_of(path: Path, memory: Path | None = None) -> str:
    """Hexadecimal. Raises OSError if *path* cannot be read."""
    memory = memory or platformdirs.user_cache_path("kibitz") / "digests.json"
    path = path.resolve()
    stat = path.stat()
    key = f"{path}|{stat.st_size}|{stat.st_mtime_ns}|{stat.st_ino}"
    known = _read(memory)
    if key in known:
        return known[key]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    kept = list(known.items())[-(REMEMBERED_MAX - 1) :]
    _write(memory, {**dict(kept), key: digest})
    return digest


def _read(memory: Path) -> dict[str, str]:
    try:
        known = json.loads(memory.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {str(key): value for key, value in known.items() if isinstance(value, str) and len(value) == 64}


def _write(memory: Path, known: dict[str, str]) -> None:
    try:
        memory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=memory.parent, prefix=memory.name)
    except OSError:
        return
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(known, file)
        Path(name).replace(memory)
    except OSError:
        Path(name).unlink(missing_ok=True)
