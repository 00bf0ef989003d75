"""Places where a file uses what other files define, drawn with a fixed seed; what stood there is taken out.

Half of them need a name that occurs nowhere else in the file, a quarter one that only an import names,
the rest one that the file's own code uses elsewhere.
"""

import math
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from bench.context_quality.grammar import EVERYDAY
from bench.context_quality.project import IDENTIFIER, Defined, File, Project

DEFINERS_MAX = 5  # files that define a name; with more it is unclear which is meant
NAME_MIN, LINE_MIN, LINE_MAX, FILE_MIN_LINES = 3, 8, 240, 15
TAKEN_MIN, TAKEN_MAX = 6, 600  # characters
BLOCK_LINES = 5
BEFORE_CHARACTERS, AFTER_CHARACTERS = 4_096, 1_024  # of its own file, that the ruler reads for every provider
UNSEEN, FIRST, REPEAT = "unseen", "first", "repeat"

_TEST = re.compile(
    r"(^|/)(tests?|testing|testdata|__tests__|spec|fixtures?|examples?|benches|benchmarks?|playground|docs?)(/|$)"
    r"|(_test|\.test|\.spec|Test)\.[a-z]+$|(^|/)(test_|conftest)"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Place:
    """A cursor between *before* and *after*; *taken* stood there."""

    path: str
    line: int
    before: str
    taken: str
    after: str
    unseen: frozenset[str]  # names taken that occur nowhere else in the file, but in other files
    needed: dict[str, list[Defined]]  # names taken that other files define → where
    kind: str

    @property
    def visible(self) -> tuple[int, int]:
        """What the ruler reads of the file for every provider, as offsets into the text without *taken*."""
        return visible(self.before, self.after)

    @property
    def offset(self) -> int:
        return len(self.before)


def visible(before: str, after: str) -> tuple[int, int]:
    return max(0, len(before) - BEFORE_CHARACTERS), len(before) + min(len(after), AFTER_CHARACTERS)


def draw(project: Project, count: int, seed: int = 0, *, in_tests: bool = False) -> list[Place]:
    """Up to *count* places, in random order."""
    rng = random.Random(seed)
    candidates = _lines(project, in_tests=in_tests)
    rng.shuffle(candidates)
    per_file_max = max(3, math.ceil(count / 25))
    wanted = {UNSEEN: count // 2, FIRST: count // 4, REPEAT: count - count // 2 - count // 4}
    places: list[Place] = []
    spare: list[Place] = []
    per_file: Counter[str] = Counter()
    for path, line, column in candidates:
        if len(places) >= count:
            break
        if per_file[path] >= per_file_max:
            continue
        file = project.files[path]
        text = file.lines[line]
        indent = len(text) - len(text.lstrip())
        shape, last = rng.random(), line
        start = column if shape < 0.4 else indent
        if shape >= 0.7:
            last = _block_end(file, line, indent)
        place = _place(project, file, line, start, last)
        if place is None:
            continue
        if wanted[place.kind] > 0:
            wanted[place.kind] -= 1
            places.append(place)
            per_file[path] += 1
        elif len(spare) < 4 * count:
            spare.append(place)
    for place in spare:  # where a project has too few of one kind
        if len(places) >= count:
            break
        if per_file[place.path] < per_file_max:
            places.append(place)
            per_file[place.path] += 1
    return places


def is_test(path: str) -> bool:
    return _TEST.search(path) is not None


def _lines(project: Project, *, in_tests: bool) -> list[tuple[str, int, int]]:
    """(path, line, column of the first foreign name) of every line that may be drawn."""
    found = []
    for file in project.files.values():
        if is_test(file.path) != in_tests or len(file.lines) < FILE_MIN_LINES:
            continue
        columns: dict[int, list[int]] = defaultdict(list)
        own = _own_names(file)
        for use in file.used:
            if use.line not in file.not_code and _foreign(project, file.path, own, use.name):
                columns[use.line].append(use.column)
        for line, starts in columns.items():
            text = file.lines[line]
            if len(text.strip()) >= LINE_MIN and len(text) <= LINE_MAX and text.isascii():
                found.append((file.path, line, min(starts)))
    return found


def _foreign(project: Project, path: str, own: set[str], name: str) -> list[Defined]:
    """Where other files define *name*, if it is clear enough what is meant."""
    if len(name) < NAME_MIN or name in EVERYDAY or name in own:
        return []
    elsewhere = [it for it in project.defined.get(name, ()) if it.path != path]
    return elsewhere if len({it.path for it in elsewhere}) <= DEFINERS_MAX else []


def _own_names(file: File) -> set[str]:
    return {it.name for it in file.defined} | file.bound


def _block_end(file: File, line: int, indent: int) -> int:
    last = line
    while last + 1 < len(file.lines) and last - line < BLOCK_LINES - 1:
        text = file.lines[last + 1]
        if not text.strip() or len(text) - len(text.lstrip()) < indent:
            break
        last += 1
    return last


def _place(project: Project, file: File, line: int, column: int, last: int) -> Place | None:
    above, below = file.lines[:line], file.lines[last + 1 :]
    before = "\n".join([*above, file.lines[line][:column]])
    taken = "\n".join([file.lines[line][column:], *file.lines[line + 1 : last + 1]])
    after = "\n" + "\n".join(below)
    if not TAKEN_MIN <= len(taken) <= TAKEN_MAX:
        return None
    elsewhere_in_file = set(IDENTIFIER.findall(before)) | set(IDENTIFIER.findall(after))
    own = _own_names(file)
    unseen: set[str] = set()
    needed: dict[str, list[Defined]] = {}
    for use in file.used:
        if line <= use.line <= last and (use.line > line or use.column >= column):
            name = use.name
            if len(name) < NAME_MIN or name in EVERYDAY:
                continue
            if name not in elsewhere_in_file and project.files_with[name] >= 2:
                unseen.add(name)
            if definitions := _foreign(project, file.path, own, name):
                needed[name] = definitions
    if not needed:
        return None
    if needed.keys() & unseen:
        kind = UNSEEN
    else:
        in_code = {use.name for use in file.used if not line <= use.line <= last}
        kind = FIRST if needed.keys() - in_code else REPEAT
    return Place(
        path=file.path, line=line, before=before, taken=taken, after=after,
        unseen=frozenset(unseen), needed=needed, kind=kind,
    )  # fmt: skip
