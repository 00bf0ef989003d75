"""What a project defines and where: the signatures that are shown as context.

Found by pattern, not by parsing: a wrong signature now and then costs a training sample little.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

PLACES_MAX = 3  # a name defined more often (`get`, `__init__`) says nothing about which one is meant
LINES_MAX = 6
WORD = re.compile(r"[A-Za-z_]\w{3,}")
PYTHON = re.compile(r"^[ ]{0,4}(?:async def|def|class) (\w+)", re.M)
SCRIPT = re.compile(
    r"^(?:export )?(?:default )?(?:(?:async )?function\*?|class|interface|type|const) (\w+)(?=[^\n]*[({]?)",
    re.M,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A signature as the model sees it in the context."""

    path: str
    text: str


class Definitions:
    """The definitions of one project by name."""

    def __init__(self, files: Iterable[tuple[str, str, str]]) -> None:
        self._pieces: dict[str, list[Piece]] = defaultdict(list)
        for path, language, text in files:
            for match in (PYTHON if language == "python" else SCRIPT).finditer(text):
                name = match.group(1)
                if len(name) > 3 and not name.startswith("__"):
                    self._pieces[name].append(Piece(path, signature(text, match.start(), language)))

    def used_in(self, text: str, path: str) -> list[Piece]:
        """Return the definitions, from other files, of the names *text* uses; rare names only."""
        found = []
        for name in dict.fromkeys(WORD.findall(text)):
            places = [piece for piece in self._pieces.get(name, ()) if piece.path != path]
            if 0 < len(places) <= PLACES_MAX:
                found.append(places[0])
        return found

    def any(self, random_: random.Random) -> Piece | None:
        """Return a definition that has nothing to do with the place: real context holds such too."""
        name = random_.choice(list(self._pieces)) if self._pieces else None
        return random_.choice(self._pieces[name]) if name else None


def signature(text: str, start: int, language: str) -> str:
    """Return the signature that starts at *start*, not indented, with the first line of its docstring."""
    rows = text[start : start + 1200].split("\n")
    indent = len(rows[0]) - len(rows[0].lstrip())
    taken: list[str] = []
    for row in rows[:LINES_MAX]:
        taken.append(row[indent:] if not row[:indent].strip() else row)
        if language != "python" or row.rstrip().endswith(":"):
            break
    if language == "python" and len(taken) < len(rows):
        follows = rows[len(taken)]
        if follows.lstrip().startswith(('"""', 'r"""')):
            taken.append(follows[indent:].rstrip())
    return "\n".join(taken)[:400]
