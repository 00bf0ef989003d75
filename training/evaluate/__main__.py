"""`python -m training.evaluate`: bits per byte and exact lines on held-out Python projects, as JSON.

Small on purpose: minutes on two cores. With 300 places, figures less than 5 points apart are the same.
"""

import argparse
import json
import math
import random
from dataclasses import asdict, dataclass
from pathlib import Path

from training.evaluate.served import Served
from training.places import HELD_OUT, SHIPPED_MODEL
from training.samples.middles import AFTER_BREAK, indent_width
from training.tokenizer import END, FILE, FIM_PREFIX, FIM_SUFFIX, REPOSITORY

PROJECTS = ("flask", "click", "requests", "httpx")
SUFFIX_TOKENS, PREFIX_TOKENS, PREFIX_CHARACTERS = 160, 700, 2000


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor in a file, and the rest of its line as somebody wrote it."""

    project: str
    path: str
    before: str
    written: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How often the model wrote the rest of the line exactly."""

    places: int
    exact: float
    exact_without_suffix: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=SHIPPED_MODEL)
    parser.add_argument("--places", type=int, default=300, help="cursors of each kind")
    parser.add_argument("--texts", type=int, default=60, help="windows of text for bits per byte")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    served = Served(options.model, threads=options.threads)
    files = held_out_files()
    random_ = random.Random(7)
    report = {
        "model": options.model.name,
        "projects": list(PROJECTS),
        "bits_per_byte": round(bits_per_byte(served, files, options.texts, random_), 4),
        "rest_of_line": asdict(score(served, [rest_of_line(files, random_) for _ in range(options.places)])),
        "next_line": asdict(score(served, [next_line(files, random_) for _ in range(options.places)])),
    }
    text = json.dumps(report, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", "utf-8")


def held_out_files() -> list[dict[str, str]]:
    return [
        json.loads(line) for name in PROJECTS for line in (HELD_OUT / f"{name}.jsonl").open(encoding="utf-8")
    ]


def bits_per_byte(served: Served, files: list[dict[str, str]], texts: int, random_: random.Random) -> float:
    """Return the mean cost of text read from top to bottom, a window at a time, with only its path known."""
    bits, size = 0.0, 0
    for _ in range(texts):
        file = random_.choices(files, [len(it["text"]) for it in files])[0]
        head = header(served, file["project"], file["path"])
        head += [served.special(FIM_SUFFIX), served.special(FIM_PREFIX)]
        start = file["text"].rfind("\n", 0, random_.randrange(max(1, len(file["text"]) - 2000))) + 1
        ids = served.ids(file["text"][start : start + 8000])[: served.window - len(head) - 1]
        bits -= float(served.log_probabilities(head + ids)[len(head) - 1 :].sum()) / math.log(2)
        size += len(served.bytes_of(ids))
    return bits / size


def score(served: Served, places: list[Place]) -> Score:
    exact = [complete(served, place, place.after) == place.written for place in places]
    alone = [complete(served, place, "") == place.written for place in places]
    count = len(places)
    return Score(
        places=count, exact=round(sum(exact) / count, 4), exact_without_suffix=round(sum(alone) / count, 4)
    )


def complete(served: Served, place: Place, after: str) -> str:
    ids = header(served, place.project, place.path)
    ids += [served.special(FIM_SUFFIX), *served.ids(after)[:SUFFIX_TOKENS], served.special(FIM_PREFIX)]
    start = max(0, len(place.before) - PREFIX_CHARACTERS)
    ids += served.ids(place.before[place.before.find("\n", start) + 1 if start else 0 :])[-PREFIX_TOKENS:]
    return served.line_after(ids, served.special(END)).rstrip()


def header(served: Served, project: str, path: str) -> list[int]:
    repository = [served.special(REPOSITORY), *served.ids(f"{project}\n")]
    return [*repository, served.special(FILE), *served.ids(f"{path}\n")]


def rest_of_line(files: list[dict[str, str]], random_: random.Random) -> Place:
    """Return a cursor inside a line of code, after a space, a dot, an opening bracket or the like."""
    while True:
        file, start, line = code_line(files, random_)
        indent = indent_width(line)
        places = [match.start() for match in AFTER_BREAK.finditer(line) if match.start() > indent]
        if places:
            return place_at(file, start + random_.choice(places), start + len(line))


def next_line(files: list[dict[str, str]], random_: random.Random) -> Place:
    """Return a cursor on a fresh line, after its indentation."""
    while True:
        file, start, line = code_line(files, random_)
        if start > 0:
            return place_at(file, start + indent_width(line), start + len(line))


def code_line(files: list[dict[str, str]], random_: random.Random) -> tuple[dict[str, str], int, str]:
    while True:
        file = random_.choices(files, [len(it["text"]) for it in files])[0]
        start = file["text"].rfind("\n", 0, random_.randrange(len(file["text"]))) + 1
        line = file["text"][start:].split("\n", 1)[0]
        if len(line.strip()) > 5 and not line.lstrip().startswith("#"):
            return file, start, line


def place_at(file: dict[str, str], at: int, end: int) -> Place:
    text = file["text"]
    return Place(file["project"], file["path"], text[:at], text[at:end].rstrip(), text[end:])


if __name__ == "__main__":
    main()
