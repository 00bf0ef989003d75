"""Answers with aider's repository map, in the environment that has it: JSON lines in, JSON lines out.

`python aider_process.py FOLDER PATH…`. The map is asked for as aider asks for it; the page rank of a place is
kept while only the budget differs, and files are looked at on disk by aider's own times of change.
"""

import json
import os
import re
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # whatever aider prints must not get between the answers

from aider import repomap  # noqa: E402


class _Output:
    def read_text(self, path, silent=False):  # noqa: FBT002 aider's own signature
        try:
            return Path(path).read_text("utf-8")
        except (OSError, UnicodeError):
            return None

    def tool_output(self, *_args, **_named):
        pass

    tool_warning = tool_error = tool_output


class _Counter:
    characters_per_token = 3.5

    def token_count(self, text):
        return len(text) / self.characters_per_token


class _Silent:
    def __init__(self, *_args, **_named):
        pass

    def step(self, *_args):
        pass

    end = step


class _Map(repomap.RepoMap):
    place = None
    _known = (None, None)

    def load_tags_cache(self):
        self.TAGS_CACHE = {}

    def get_ranked_tags(self, chat, others, names, mentioned, progress=None):
        if self._known[0] != self.place:
            self._known = (self.place, super().get_ranked_tags(chat, others, names, mentioned, progress))
        return self._known[1]


def main(folder, *paths):
    repomap.Spinner = _Silent
    repomap.tqdm = lambda items, **_named: items
    counter = _Counter()
    known = _Map(map_tokens=1_024, root=folder, main_model=counter, io=_Output(), refresh="always")
    for line in sys.stdin:
        asked = json.loads(line)
        counter.characters_per_token = asked["characters_per_token"]
        chat = f"{folder}/{asked['path']}"
        known.place = (chat, tuple(asked["mentioned"]), Path(chat).stat().st_mtime_ns)
        known.max_map_tokens = asked["tokens"]
        others = [f"{folder}/{path}" for path in paths if path != asked["path"]]
        text = known.get_ranked_tags_map_uncached(
            [chat], others, asked["tokens"], set(), set(asked["mentioned"])
        )
        answers.write(json.dumps(_pieces(text or "", frozenset(paths))) + "\n")


def _pieces(text, paths):
    """(path, lines) of each file that the map shows."""
    found = []
    for line in text.split("\n"):
        if line.rstrip(":") in paths:
            found.append([line.rstrip(":"), []])
        elif found:
            found[-1][1].append(re.sub(r"^│", "", line))
    return [(path, "\n".join(lines)) for path, lines in found]


if __name__ == "__main__":
    main(*sys.argv[1:])
