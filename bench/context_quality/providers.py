"""Who picks the context: Kibitz itself, and what it is measured against, all on the same files.

A provider sees a place's file only as it is with the text taken out. It answers with pieces, best first, and
gets as many characters as the budget has; what is more is cut away, as `fitted` says.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bench.context_quality.bm25 import BM25
from bench.context_quality.places import AFTER_CHARACTERS, BEFORE_CHARACTERS, Place
from bench.context_quality.project import IDENTIFIER, Project

CHARACTERS_PER_TOKEN = 3.5
_WORTH_CUTTING = 60  # characters
_SPENT_ON_PATH = 4  # characters around a path


@dataclass(frozen=True, slots=True)
class Piece:
    path: str
    first_line: int
    last_line: int  # inclusive
    text: str


class Provider(Protocol):
    name: str

    def prepare(self, place: Place) -> None:
        """Take note of a place's file as it is without what was taken. Not timed."""

    def pieces(self, place: Place, characters: int) -> Sequence[Piece]: ...


def fitted(pieces: Iterable[Piece], characters: int) -> list[Piece]:
    """The pieces in order until the budget is spent, the last one cut at a line."""
    kept: list[Piece] = []
    for piece in pieces:
        frame = len(piece.path) + _SPENT_ON_PATH
        if len(piece.text) + frame <= characters:
            kept.append(piece)
            characters -= len(piece.text) + frame
            continue
        room = characters - frame
        if room > _WORTH_CUTTING:
            text = piece.text[:room]
            text = text[: max(text.rfind("\n"), 0)]
            if text.strip():
                kept.append(replace(piece, text=text))
        break
    return kept


def as_read(pieces: Iterable[Piece]) -> str:
    return "\n".join(f"# {it.path}\n{it.text}" for it in pieces)


class Nothing:
    name = "nothing"

    def prepare(self, place: Place) -> None:
        pass

    def pieces(self, place: Place, characters: int) -> Sequence[Piece]:
        return []


class CrossCodeEval:
    """CrossCodeEval's BM25 (Ding et al. 2023): pieces of ten lines with text, the last ten such lines before
    the cursor as the query, and of what is found the piece that follows it."""

    name = "CrossCodeEval's BM25"
    sees_the_answer = False

    def __init__(self, project: Project) -> None:
        self._windows = list(windows(project, size=10, step=10, with_blank_lines=False))
        self._index = BM25([IDENTIFIER.findall(it.text) for it in self._windows])

    def prepare(self, place: Place) -> None:
        pass

    def pieces(self, place: Place, characters: int) -> Sequence[Piece]:
        query = place.before + (place.taken if self.sees_the_answer else "")
        lines = [line for line in query.split("\n") if line.strip()][-10:]
        found: dict[int, Piece] = {}
        for number in self._index.ranked(IDENTIFIER.findall("\n".join(lines))):
            if self._windows[number].path == place.path:
                continue
            follows = number + 1
            if (
                not self.sees_the_answer
                and follows < len(self._windows)
                and self._windows[follows].path == self._windows[number].path
            ):
                number = follows
            found.setdefault(number, self._windows[number])
            if sum(len(it.text) for it in found.values()) > characters:
                break
        return list(found.values())


class Oracle(CrossCodeEval):
    """The same with the answer in the query: a bound for what such a search can find."""

    name = "bound: BM25 that sees the answer"
    sees_the_answer = True


class BM25Windows:
    """Windows as in RepoCoder (Zhang et al. 2023), ten lines above and five below the cursor as the query."""

    name = "BM25 windows"

    def __init__(self, project: Project) -> None:
        self._windows = list(windows(project, size=20, step=10, with_blank_lines=True))
        self._index = BM25([IDENTIFIER.findall(it.text) for it in self._windows])

    def prepare(self, place: Place) -> None:
        pass

    def pieces(self, place: Place, characters: int) -> Sequence[Piece]:
        return apart(self._windows, self._ranked(place), place.path, characters)

    def _ranked(self, place: Place) -> Sequence[int]:
        query = "\n".join(place.before.split("\n")[-10:] + place.after.split("\n")[1:6])
        return self._index.ranked(IDENTIFIER.findall(query))


class OwnWindows(BM25Windows):
    """The same, and windows of the place's own file that the ruler does not read for every provider."""

    name = "BM25 windows, own file too"

    def pieces(self, place: Place, characters: int) -> Sequence[Piece]:
        first = place.before[:-BEFORE_CHARACTERS].count("\n")
        last = (place.before + place.taken + place.after[:AFTER_CHARACTERS]).count("\n")
        order = [
            it
            for it in self._ranked(place)
            if self._windows[it].path != place.path
            or self._windows[it].last_line < first
            or self._windows[it].first_line > last
        ]
        return apart(self._windows, order, "", characters)


class JaccardWindows:
    """The similarity of llama.vim's chunks, twice the common names over all, over windows of 32 lines."""

    name = "Jaccard windows"

    def __init__(self, project: Project) -> None:
        self._windows = list(windows(project, size=32, step=16, with_blank_lines=True))
        self._names = [Counter(IDENTIFIER.findall(it.text)) for it in self._windows]
        self._lengths = [it.total() for it in self._names]
        self._with: dict[str, list[int]] = defaultdict(list)
        for number, names in enumerate(self._names):
            for name in names:
                self._with[name].append(number)

    def prepare(self, place: Place) -> None:
        pass

    def pieces(self, place: Place, characters: int) -> Sequence[Piece]:
        near = "\n".join(place.before.split("\n")[-32:] + place.after.split("\n")[1:33])
        query = IDENTIFIER.findall(near)
        common: Counter[int] = Counter()
        for name in dict.fromkeys(query):
            for number in self._with.get(name, ()):
                common[number] += self._names[number][name]
        score = {it: 2 * count / (len(query) + self._lengths[it]) for it, count in common.items()}
        return apart(self._windows, sorted(score, key=lambda it: -score[it]), place.path, characters)


def windows(project: Project, *, size: int, step: int, with_blank_lines: bool) -> Iterable[Piece]:
    for file in project.files.values():
        lines = [(i, line) for i, line in enumerate(file.lines) if with_blank_lines or line.strip()]
        for start in range(0, len(lines), step):
            part = lines[start : start + size]
            if any(line.strip() for _, line in part):
                yield Piece(file.path, part[0][0], part[-1][0], "\n".join(line for _, line in part))


def apart(pieces: Sequence[Piece], order: Iterable[int], own: str, characters: int) -> list[Piece]:
    """The best pieces of other files than *own* that share no line, enough to fill the budget."""
    taken: dict[str, list[Piece]] = defaultdict(list)
    found = []
    for number in order:
        piece = pieces[number]
        overlaps = any(
            it.first_line <= piece.last_line and piece.first_line <= it.last_line for it in taken[piece.path]
        )
        if piece.path == own or overlaps:
            continue
        taken[piece.path].append(piece)
        found.append(piece)
        characters -= len(piece.text)
        if characters < 0:
            break
    return found
