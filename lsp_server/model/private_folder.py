"""A folder that only this user can enter, and a key that only this user can read."""

import os
import secrets
import stat
import sys
import tempfile
from pathlib import Path

KEY_BYTES = 32


def is_made_private(folder: Path) -> bool:
    """Whether *folder* is there now, ours, and closed to others."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            return False
        if sys.platform != "win32":
            if found.st_uid != os.getuid():
                return False
            if stat.S_IMODE(found.st_mode) != 0o700:
                folder.chmod(0o700)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def key_in(folder: Path) -> bytes:
    """The key of a private folder, made when it is first asked for, and again if it is damaged."""
    path = folder / "key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes() if path.exists() else b""  # a link to nowhere does not
        if len(key) == KEY_BYTES:
            return key
        # Left by a full disk or a power cut. Whoever could guess it could forge what it vouches for.
        handle, new = tempfile.mkstemp(dir=folder)
        _write_key(handle)
        Path(new).replace(path)
    else:
        _write_key(handle)
    return path.read_bytes()


def _write_key(handle: int) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
