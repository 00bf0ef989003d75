"""Keystrokes of a person at work, as texts and cursors; the same for everyone who is asked."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

KINDS = (
    "first at a place", "on a line", "after Enter", "a word in the middle", "100 lines away",
    "another file, seen before", "after a restart",
)  # fmt: skip
LINES_MIN, SHORTEST, LONGEST = 400, 24, 70  # of a file; characters of a line that is typed
EVERY = 3  # characters between two requests: a person types faster than anyone answers


@dataclass(frozen=True)
class Keystroke:
    kind: str
    path: str
    text: str
    offset: int  # of the cursor
    is_asked: bool = True  # otherwise it is only typed


@dataclass(frozen=True)
class Restart:
    """The editor is closed and opened again."""


def chosen_files(root: Path, seed: int, count: int = 3) -> list[Path]:
    found = [
        path for path in sorted(root.rglob("*.py"))
        if path.read_text("utf-8", "replace").count("\n") >= LINES_MIN and "test" not in path.as_posix()
    ]  # fmt: skip
    return random.Random(seed).sample(found, count)


def replay(root: Path, *, lines: int, seed: int) -> Iterator[Keystroke | Restart]:
    """*lines* times: a new line is typed, Enter is pressed, a word further up is changed, the cursor jumps,
    the file is changed for another and back. In the end the editor is started again."""
    rng = random.Random(seed)
    paths = [it.relative_to(root).as_posix() for it in chosen_files(root, seed)]
    texts = {path: (root / path).read_text("utf-8", "replace") for path in paths}
    last: dict[str, int] = {}
    for number in range(lines):
        path = paths[number % len(paths)]
        text = texts[path]
        start, line = _typed_line(text, rng)
        before, after = text[:start], text[start + len(line) + 1 :]
        indent = line[: len(line) - len(line.lstrip())]
        whole = len(line)
        for length in range(len(indent), whole + 1, 1):
            now, at = before + line[:length] + "\n" + after, start + length
            is_asked = (length - len(indent)) % EVERY == 0 or length == whole
            yield Keystroke(
                "first at a place" if length == len(indent) else "on a line", path, now, at, is_asked
            )
        now = before + line + "\n" + indent + "\n" + after
        at = start + whole + 1 + len(indent)
        yield Keystroke("after Enter", path, now, at)
        for length in (1, 2, 3):
            typed = now[:at] + "ret"[:length] + now[at:]
            yield Keystroke("on a line", path, typed, at + length)
        text = texts[path] = before + line + "\n" + after
        yield from _word_changed(path, text, start, rng)
        far = _line_start(text, _line_of(text, start) + (100 if start < len(text) // 2 else -100))
        yield Keystroke("100 lines away", path, text, far)
        last[path] = far
        other = paths[(number + 1) % len(paths)]
        if other in last:
            yield Keystroke("another file, seen before", other, texts[other], last[other])
            yield Keystroke("another file, seen before", path, text, far)
    for path, offset in last.items():
        yield Restart()
        yield Keystroke("after a restart", path, texts[path], offset)


def _typed_line(text: str, rng: random.Random) -> tuple[int, str]:
    lines = text.split("\n")
    worth = [
        number for number in range(150, len(lines) - 60)
        if SHORTEST < len(lines[number].strip()) < LONGEST and lines[number].strip()[0].isalpha()
    ]  # fmt: skip
    number = rng.choice(worth)
    return _line_start(text, number), lines[number]


def _word_changed(path: str, text: str, start: int, rng: random.Random) -> Iterator[Keystroke]:
    """Some lines above, the end of a line is typed anew after its first word."""
    number = max(0, _line_of(text, start) - rng.randrange(3, 12))
    at = _line_start(text, number)
    line = text[at : text.find("\n", at)]
    middle = len(line) - len(line.lstrip()) + len(line.split()[0]) if line.split() else len(line)
    for length, letters in enumerate(("n", "ne", "new"), 1):
        yield Keystroke(
            "a word in the middle",
            path,
            text[: at + middle] + letters + text[at + middle :],
            at + middle + length,
        )


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset)


def _line_start(text: str, number: int) -> int:
    at = 0
    for _ in range(max(0, number)):
        found = text.find("\n", at)
        if found < 0:
            break
        at = found + 1
    return at


def position(text: str, offset: int) -> tuple[int, int]:
    """(line, column), from 0; for text of the basic plane the same in UTF-16."""
    return _line_of(text, offset), offset - (text.rfind("\n", 0, offset) + 1)


def changed_range(before: str, after: str) -> tuple[int, int, str]:
    """(start, end in *before*, the text put there): the smallest single edit."""
    start, limit = 0, min(len(before), len(after))
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if before[:middle] == after[:middle] else (low, middle - 1)
    start = low
    low, high = 0, limit - start
    while low < high:
        middle = (low + high + 1) // 2
        same = before[len(before) - middle :] == after[len(after) - middle :]
        low, high = (middle, high) if same else (low, middle - 1)
    return start, len(before) - low, after[start : len(after) - low]


def kinds_of(keystrokes: Sequence[Keystroke]) -> list[str]:
    return [kind for kind in KINDS if any(it.kind == kind for it in keystrokes)]
