"""What disks, crashes and other programs do to a file."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random


def damage(random: Random, path: Path, whole: bytes) -> None:
    """Make *path*, whatever lies there, a damaged version of *whole*, or something else altogether."""
    remove(path)
    kind = random.randrange(12)
    if kind == 0:
        return
    if kind == 1:
        path.mkdir()
    elif kind == 2:
        path.symlink_to("nowhere")
    else:
        path.write_bytes(damaged(random, whole))


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def damaged(random: Random, whole: bytes) -> bytes:
    data = bytearray(whole or b"\0")
    kind = random.randrange(6)
    at = random.randrange(len(data))
    if kind == 0:
        return bytes(data[:at])
    if kind == 1:
        return random.randbytes(random.randrange(10_000))
    if kind == 2:  # a page of another time
        other = random.randrange(len(data))
        data[at : at + 4096] = data[other : other + 4096]
    elif kind == 3:
        data[at : at + 512] = bytes(len(data[at : at + 512]))
    else:
        for _ in range(random.choice((1, 1, 3, 30))):
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(data)
