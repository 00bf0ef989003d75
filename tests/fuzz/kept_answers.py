"""Kept answers whose file or key was damaged in any way. Counted in damages.

What is answered afterwards is what was kept, or nothing; asking costs no more than a moment, nobody is hurt,
and what is kept from then on is found again.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from lsp_server.answers.kept import KeptAnswers, KeptLimits
from lsp_server.answers.shelf import SqliteShelf
from lsp_server.app.local_models import own_secret
from tests.fuzz.damaging import damage, remove
from tests.fuzz.effort import Effort

LIMITS = KeptLimits(seconds=5.0, slow_s=5.0, pause_s=0.0, characters_max=10_000)
ANSWERS = {bytes([number]) * 32: f"answer {number} " * (number * 9 + 1) for number in range(24)}
NEW = b"new" * 11
ASKING_MAX_S = 5.0


def fuzz(effort: Effort) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kibitz-fuzz-"))
    try:
        kept = opened(folder)
        for question, answer in ANSWERS.items():
            kept.keep(question, answer)
        kept.close(LIMITS.seconds)
        whole = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert {"answers.sqlite", "key"} <= set(whole)
        for random in effort:
            where = f"seed {effort.seed}, try {effort.number}"
            for path in folder.iterdir():
                remove(path)
            for name, content in whole.items():
                (folder / name).write_bytes(content)
            victim = random.choice(("answers.sqlite",) * 8 + ("answers.sqlite-journal", "key"))
            damage(random, folder / victim, whole.get(victim, whole["answers.sqlite"]))
            started = time.monotonic()
            for _ in range(2):
                kept = opened(folder)
                for question in random.sample(list(ANSWERS), 6):
                    assert kept.get(question) in (None, ANSWERS[question]), where
                kept.close(LIMITS.seconds)
            assert time.monotonic() - started < ASKING_MAX_S, where
            kept = opened(folder)
            for _ in range(2):  # the first may be what finds the damage
                kept.keep(NEW, where)
            found = kept.get(NEW)
            kept.close(LIMITS.seconds)
            if (folder / victim).is_dir() or (folder / victim).is_symlink():
                effort.note(1, "with a folder or a link in the way")
                assert found in (None, where), where
            else:
                assert found == where, where
            effort.done += 1
    finally:
        shutil.rmtree(folder)


def opened(folder: Path) -> KeptAnswers:
    shelf = SqliteShelf(folder, seconds=LIMITS.seconds, entries_max=1_000)
    return KeptAnswers(shelf, lambda: own_secret(folder), "/repository", LIMITS)
