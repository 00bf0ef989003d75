"""A lock between processes that the system takes back when its holder dies."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int, *, is_waiting: bool) -> None:
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_LOCK if is_waiting else msvcrt.LK_NBLCK, 1)
            except OSError:  # LK_LOCK gives up after ten seconds
                if not is_waiting:
                    raise
            else:
                return
else:
    import fcntl

    def _take(handle: int, *, is_waiting: bool) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if is_waiting else fcntl.LOCK_NB))


@contextmanager
def holding(path: Path) -> Iterator[None]:
    """Hold the lock at *path*; waits for it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, is_waiting=True)
        yield
    finally:
        os.close(handle)


def try_to_hold(path: Path) -> int | None:
    """The handle of the lock, which is held until that is closed; None if another process has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, is_waiting=False)
    except OSError:
        os.close(handle)
        return None
    return handle
