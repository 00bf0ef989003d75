"""A saved index that was damaged in any way. Counted in damages.

What is then known of the repository is what stands in it, and starting takes no longer than a moment.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from lsp_server.workspace.indexing import Indexing
from tests.fuzz.damaging import damaged
from tests.fuzz.effort import Effort

START_MAX_S = 5.0
FILES = 20


def fuzz(effort: Effort) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kibitz-fuzz-"))
    try:
        root, store = folder / "repository", folder / "index"
        for number in range(FILES):
            path = root / f"package_{number % 3}" / f"module_{number}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"def function_{number}(a, b):\n    return a + {number}\n" * (number + 1))
        truth = known(root, store)
        (kept,) = store.glob("*.sqlite")
        whole = kept.read_bytes()
        for random in effort:
            kept.write_bytes(damaged(random, whole))
            if random.random() < 0.1:
                (store / (kept.name + "-journal")).write_bytes(random.randbytes(random.randrange(2_000)))
            where = f"seed {effort.seed}, try {effort.number}"
            started = time.monotonic()
            for _ in range(2):  # and what is saved then is sound again
                assert known(root, store) == truth, where
            assert time.monotonic() - started < START_MAX_S, where
            effort.done += 1
    finally:
        shutil.rmtree(folder)


def known(root: Path, store: Path) -> dict[str, tuple[str, str]]:
    indexing = Indexing(root, (), store)
    try:
        *_, (files, _) = indexing.everything((), lambda progress: None)
        return {it.path: (it.text, repr(it.outline)) for it in files}
    finally:
        indexing.close()
