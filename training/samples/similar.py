"""Lines of a project's other files that share rare words with a place: the windows the server would show.

A word index by pattern, not the server's BM25: it must be built for hundreds of projects within seconds.
"""

import random
import re
from collections import defaultdict
from collections.abc import Sequence

from training.samples.definitions import Piece

LINES_MIN, LINES_MAX, CHARACTERS_MAX = 6, 16, 800
PLACES_MAX = 8  # a word on more lines of a project tells places apart badly
WORD = re.compile(r"[A-Za-z_]\w{4,}")


class SimilarLines:
    """The lines of one project by the rare words on them."""

    def __init__(self, files: Sequence[tuple[str, str]]) -> None:
        self._files = files
        self._lines: dict[int, list[str]] = {}
        places: dict[str, list[tuple[int, int]] | None] = defaultdict(list)
        for file, (_, text) in enumerate(files):
            for number, line in enumerate(text.split("\n")):
                for word in set(WORD.findall(line)):
                    if (known := places[word]) is None:
                        continue
                    if len(known) == PLACES_MAX:
                        places[word] = None
                    else:
                        known.append((file, number))
        self._places = {word: tuple(it) for word, it in places.items() if it and len(it) > 1}

    def near(self, text: str, path: str, random_: random.Random) -> Piece | None:
        """Return the lines of another file that share most rare words with *text*; None if none do."""
        votes: dict[tuple[int, int], float] = defaultdict(float)
        for word in set(WORD.findall(text)):
            places = self._places.get(word, ())
            for file, line in places:
                if self._files[file][0] != path:
                    votes[file, line // LINES_MIN] += 1 / len(places)
        if not votes:
            return None
        file, block = max(votes, key=lambda it: (votes[it], it))
        lines = self._lines_of(file)
        start = max(0, block * LINES_MIN - random_.randint(0, 4))
        while start < len(lines) - 1 and not lines[start].strip():
            start += 1
        shown = "\n".join(
            it.rstrip() for it in lines[start : start + random_.randint(LINES_MIN + 2, LINES_MAX)]
        )
        return Piece(self._files[file][0], shown[:CHARACTERS_MAX].rstrip())

    def _lines_of(self, file: int) -> list[str]:
        if file not in self._lines:
            self._lines[file] = self._files[file][1].split("\n")
        return self._lines[file]
