"""Frames and prompts saved between sessions, damaged in any way. Counted in damages.

A state that llama.cpp would be given is the one that was saved, byte for byte, or none; the frames that
completion goes on with are those that were, or none. Starting raises nothing, and what is saved afterwards is
found again.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from random import Random

from lsp_server.completion.frames import Frame
from lsp_server.completion.remembered import RememberedFrames
from lsp_server.context.snippet import Snippet
from lsp_server.model.host.saved import ENDING, SavedPrompts
from lsp_server.prompting.window import Window
from tests.fuzz.damaging import damage, remove
from tests.fuzz.effort import Effort

BYTES_MAX = 10_000_000
START_MAX_S = 5.0
WRITING_S = 5.0
STATES = {
    tuple(range(1_000 * number, 1_000 * number + 100 + 40 * number)): bytes([number]) * (3_000 * number + 17)
    for number in range(1, 6)
}
NEW = tuple(range(9_000, 9_200))


def fuzz(effort: Effort) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kibitz-fuzz-"))
    try:
        saved = SavedPrompts(folder, "a model", BYTES_MAX)
        for tokens, state in STATES.items():
            saved.save(tokens, state)
        saved.close(WRITING_S)
        remembered(folder).write(FRAMES)
        whole = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert sum(name.endswith(ENDING) for name in whole) == len(STATES)
        for random in effort:
            where = f"seed {effort.seed}, try {effort.number}"
            for path in folder.iterdir():
                remove(path)
            for name, content in whole.items():
                (folder / name).write_bytes(content)
            started = time.monotonic()
            if random.random() < 0.3:
                damage_frames(random, folder, whole, where)
            else:
                damage_prompts(random, folder, whole, where)
            assert time.monotonic() - started < START_MAX_S, where
            effort.done += 1
    finally:
        shutil.rmtree(folder)


def damage_prompts(random: Random, folder: Path, whole: dict[str, bytes], where: str) -> None:
    victim = random.choice([name for name in whole if name.endswith(ENDING)] * 3 + ["key"])
    is_running = random.random() < 0.3  # the host has read what there is, and then it happens
    if is_running:
        saved = SavedPrompts(folder, "a model", BYTES_MAX)
        damage(random, folder / victim, whole[victim])
    else:
        damage(random, folder / victim, whole[victim])
        if (folder / "key").is_dir():
            return  # `host/__main__.py` does without
        saved = SavedPrompts(folder, "a model", BYTES_MAX)
    for tokens, state in STATES.items():
        found, _ = saved.longest(tokens)
        if found is not None:
            given = saved.state(found)
            assert given is None or given == STATES[tuple(found.tokens)], where
            assert given is None or tuple(found.tokens) != tokens or given == state, where
    saved.save(NEW, b"new")
    saved.close(WRITING_S)
    if not (folder / "key").is_dir():
        again = SavedPrompts(folder, "a model", BYTES_MAX)
        found, length = again.longest(NEW)
        assert found is not None, where
        assert length == len(NEW), where
        if not (is_running and victim == "key"):
            assert again.state(found) == b"new", where
        again.close(WRITING_S)


def frame(number: int) -> Frame:
    before, after = f"def function_{number}(a):\n    return a\n", "\n# the rest\n"
    snippet = Snippet(
        path="other.py",
        start_line=number,
        end_line=number,
        text="def other(): ...",
        reason="named",
        score=0.5,
    )
    return Frame(
        path=f"package/module_{number}.py", start=number, before=before, after=after, line="",
        window=Window(prefix=before, suffix=after, snippets=(snippet,)), is_whole=True, is_quick=False,
    )  # fmt: skip


FRAMES = tuple(frame(number) for number in range(4))


def damage_frames(random: Random, folder: Path, whole: dict[str, bytes], where: str) -> None:
    (victim,) = random.sample([name for name in whole if name.endswith(".frames")] * 4 + ["key"], 1)
    damage(random, folder / victim, whole[victim])
    for _ in range(2):
        assert remembered(folder).read() in ((), FRAMES), where
    remembered(folder).write(FRAMES[:2])
    expected = ((), FRAMES[:2]) if (folder / victim).is_dir() else (FRAMES[:2],)
    assert remembered(folder).read() in expected, where


def remembered(folder: Path) -> RememberedFrames:
    return RememberedFrames(folder, "a repository")
