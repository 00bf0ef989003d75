"""Paths of all kinds, while another thread exchanges folders and files for links. Counted in paths.

Nothing that lies outside of the repository, and nothing that is no regular file, is ever read.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from random import Random

from lsp_server.errors import UnreadableFile
from lsp_server.workspace.files import read_source
from tests.fuzz.effort import Effort

PATHS_PER_TRY = 200
CANARY = "outside canary"
PARTS = [
    "a", "b", "file.py", "link", "link.py", "fifo", "..", ".", "", "~", "\0", "root-sibling", "etc", "passwd",
    "proc", "self", "environ", "a" * 300, "é", "\ud800", "-", "*", "file.py/", "C:", "\\..\\", "%2e%2e", ".env",
]  # fmt: skip


def fuzz(effort: Effort) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kibitz-fuzz-"))
    root, outside = folder / "root", folder / "root-sibling"
    lay_out(root, outside)
    stopped = threading.Event()
    racer = threading.Thread(target=exchange, args=(root, outside, stopped))
    racer.start()
    try:
        for random in effort:
            for _ in range(PATHS_PER_TRY):
                path = some_path(random, root, outside)
                try:
                    source = read_source(root, path, max_bytes=1_000)
                except UnreadableFile:
                    continue
                finally:
                    effort.done += 1
                assert CANARY not in source.text, f"seed {effort.seed}, try {effort.number}: {path!r}"
                assert source.text == "inside\n", f"seed {effort.seed}, try {effort.number}: {path!r}"
    finally:
        stopped.set()
        racer.join()
        shutil.rmtree(folder)


def lay_out(root: Path, outside: Path) -> None:
    (root / "a" / "b").mkdir(parents=True)
    outside.mkdir()
    for place in (root, root / "a", root / "a" / "b"):
        (place / "file.py").write_text("inside\n")
        (place / "link").symlink_to(outside)
        (place / "link.py").symlink_to(outside / "file.py")
        os.mkfifo(place / "fifo")
    (outside / "file.py").write_text(CANARY)
    (outside / "b").mkdir()
    (outside / "b" / "file.py").write_text(CANARY)


def exchange(root: Path, outside: Path, stopped: threading.Event) -> None:
    """`a`, `a/b` and `a/file.py` are what they are called at one moment and links to outside at the next."""
    swaps = [
        (root / "a", outside),
        (root / "a" / "b", outside / "b"),
        (root / "file.py", outside / "file.py"),
    ]
    away = root.parent / "away"
    while not stopped.is_set():
        for place, target in swaps:
            with suppress(OSError):
                place.rename(away)
                place.symlink_to(target)
                place.unlink()
            with suppress(OSError):
                away.rename(place)


def some_path(random: Random, root: Path, outside: Path) -> str:
    kind = random.random()
    if kind < 0.4:
        return random.choice(["file.py", "a/file.py", "a/b/file.py", "a/link/file.py", "a/link.py", "a/fifo"])
    path = random.choice(["/", "/", "//"]).join(random.choices(PARTS, k=random.randrange(1, 6)))
    if kind > 0.95:
        path = f"{random.choice([root, outside])}/{path}"
    return path
