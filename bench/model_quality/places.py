"""Cursors in real files, with what a person wrote there, drawn with a fixed seed."""

import ast
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

WORD_START = re.compile(r"(?<=[ .(=,\[{\"':])(?=[A-Za-z_\"'(\[{\d])")
IDENTIFIER = re.compile(r"[A-Za-z_]\w{3,}")
SIZE_MIN, LINE_MIN, BLOCK_LINES = 2_000, 12, 3
TRIES_MAX = 400  # for one place, before a project counts as having none of its kind


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor between *before* and *after*; *written* stood there and is taken out."""

    path: Path
    before: str
    written: str
    after: str
    lines: int = 1  # that a suggestion may have


@dataclass(frozen=True, slots=True)
class Project:
    """The Python files of one project, and the names each of them defines."""

    root: Path
    texts: dict[Path, str]
    defined: dict[Path, frozenset[str]]

    @classmethod
    def read(cls, root: Path) -> "Project":
        texts = {}
        for path in sorted(root.rglob("*.py")):
            text = path.read_text("utf-8")
            if len(text) > SIZE_MIN and "\r" not in text:
                texts[path] = text
        return cls(root, texts, {path: frozenset(names_defined(text)) for path, text in texts.items()})

    def names_of_others(self, place: Place) -> set[str]:
        """The names in what was written that other files define and this one does not."""
        written = set(IDENTIFIER.findall(place.written)) - self.defined[place.path]
        others = [names for path, names in self.defined.items() if path != place.path]
        return {name for name in written if any(name in names for names in others)}

    def is_from_elsewhere(self, place: Place) -> bool:
        """Whether what was written uses a name that another file defines and this one does not show yet."""
        around = f"{place.before}\n{place.after}"
        return any(not re.search(rf"\b{name}\b", around) for name in self.names_of_others(place))


def names_defined(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


Draw = Callable[[Project, random.Random], Place | None]


def rest_of_line(project: Project, rng: random.Random) -> Place | None:
    """From a word's start inside a line of code to the line's end."""
    path, text, start, end = random_line(project, rng)
    line = text[start:end]
    indent = len(line) - len(line.lstrip())
    starts = [it.start() for it in WORD_START.finditer(line) if indent < it.start() < len(line) - 2]
    if not starts:
        return None
    at = start + rng.choice(starts)
    return Place(path, text[:at], text[at:end], text[end:])


def rest_from_anywhere(project: Project, rng: random.Random) -> Place | None:
    """From any place inside a line of code, also within a word, to the line's end."""
    path, text, start, end = random_line(project, rng)
    line = text[start:end]
    first = start + len(line) - len(line.lstrip()) + 1
    at = rng.randrange(first, start + len(line.rstrip()))
    return Place(path, text[:at], text[at:end], text[end:])


def name_from_elsewhere(project: Project, rng: random.Random) -> Place | None:
    """As rest_of_line, where the rest uses a name of another file that this one does not show."""
    place = rest_of_line(project, rng)
    return place if place is not None and project.is_from_elsewhere(place) else None


def name_of_another(project: Project, rng: random.Random) -> Place | None:
    """As rest_of_line, where the rest uses a name that another file defines, imported above or not."""
    place = rest_of_line(project, rng)
    return place if place is not None and project.names_of_others(place) else None


def next_line(project: Project, rng: random.Random) -> Place | None:
    """A whole line, asked for after its indentation."""
    path, text, start, end = random_line(project, rng)
    indent = len(text[start:end]) - len(text[start:end].lstrip())
    return Place(path, text[: start + indent], text[start + indent : end], text[end:]) if start else None


def block(project: Project, rng: random.Random) -> Place | None:
    """Three lines of one indentation or deeper, asked for after the first one's indentation."""
    path, text, start, _ = random_line(project, rng)
    lines = text[start:].split("\n")[:BLOCK_LINES]
    indent = len(lines[0]) - len(lines[0].lstrip())
    whole = len(lines) == BLOCK_LINES
    if not whole or any(not it.strip() or len(it) - len(it.lstrip()) < indent for it in lines):
        return None
    at, end = start + indent, start + len("\n".join(lines))
    return Place(path, text[:at], text[at:end], text[end:], lines=BLOCK_LINES)


def docstring(project: Project, rng: random.Random) -> Place | None:
    """The first line of a function's docstring, behind its opening quotes, with the body below."""
    path = rng.choice(list(project.texts))
    text = project.texts[path]
    found = [
        node.body[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node, clean=False)
    ]
    if not found:
        return None
    statement = rng.choice(found)
    start = sum(len(line) for line in text.splitlines(keepends=True)[: statement.lineno - 1])
    at = text.find('"""', start) + 3
    end = min(text.find("\n", at), text.find('"""', at))
    if at < start + 3 or end <= at or text[at : at + 1].isspace():
        return None
    return Place(path, text[:at], text[at:end], text[end:])


KINDS: dict[str, Draw] = {
    "rest of a line": rest_of_line,
    "… from any place inside it": rest_from_anywhere,
    "… with a name that another file defines": name_of_another,
    "… that this file does not show": name_from_elsewhere,
    "next line": next_line,
    "three lines": block,
    "docstring's first line": docstring,
}


def draw(kind: str, project: Project, rng: random.Random, count: int) -> list[Place]:
    """Up to *count* places of one kind; fewer where a project has hardly any."""
    found: list[Place] = []
    tries = 0
    while len(found) < count and tries < TRIES_MAX * count:
        tries += 1
        place = KINDS[kind](project, rng)
        if place is not None and place.written.strip():
            found.append(place)
    return found


def random_line(project: Project, rng: random.Random) -> tuple[Path, str, int, int]:
    """(file, its text, start, end) of a line of code that is neither short nor a comment or bare string."""
    while True:
        path = rng.choice(list(project.texts))
        text = project.texts[path]
        start = text.rfind("\n", 0, rng.randrange(len(text))) + 1
        end = text.find("\n", start)
        line = text[start:end].strip()
        if end > 0 and len(line) >= LINE_MIN and not line.startswith(("#", '"', "'")):
            return path, text, start, end
