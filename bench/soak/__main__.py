"""Does anything grow, go unanswered or slow down while somebody works for long?

    python -m bench.soak --minutes 20 --png memory.png

Real `kibitz serve` processes with the bundled model, on copies of real projects: one person works in a window
for the whole time, another in a second one, and further windows come and go; all share one model host.
Readings are of all processes, every few seconds; each is a line of the record as soon as it is taken.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import click

from bench.soak import table
from bench.soak.gauges import Gauges, Reading
from bench.soak.person import Person
from bench.soak.plot import plot
from bench.soak.trend import Points
from bench.soak.window import ANSWER_S_MAX, Answer, Window
from bench.sources import project, python_projects
from tests.lsp.editor import runtime_folder

READ_S = 5.0
READINGS_MIN = 20  # of a short soak
VISIT_S = (20.0, 60.0)  # how long a further window stays
BETWEEN_VISITS_S = 60.0


@dataclass
class Soak:
    readings: list[tuple[float, Reading]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)  # what ended somebody's work, stray bytes, exit codes

    def series(self) -> dict[str, Points]:
        names = dict.fromkeys(name for _, reading in self.readings for name in reading)
        return {name: [(at, it[name]) for at, it in self.readings if name in it] for name in names}


def soak(projects: list[Path], seconds: float, seed: int, record: Path | None = None) -> Soak:
    """Work for *seconds* on copies of *projects*, at least two, and look."""
    found, home = Soak(), Path(tempfile.mkdtemp(prefix="kibitz-soak-"))
    try:
        with (
            window(found, home, _copied(projects, home / "work")) as first,
            window(found, home, _copied(projects[:2], home / "second")) as second,
        ):
            end = time.monotonic() + seconds
            gauges = Gauges(
                home, {"server": first.server.process.pid, "2nd server": second.server.process.pid}
            )
            visited = _copied(projects[1:2], home / "visited")
            workers = [
                threading.Thread(target=_work, args=(found, first, Random(f"{seed}/1"), end)),
                threading.Thread(target=_work, args=(found, second, Random(f"{seed}/2"), end)),
                threading.Thread(target=_visit, args=(found, home, visited, Random(f"{seed}/3"), end)),
            ]
            for worker in workers:
                worker.start()
            _read(found, gauges, seconds, record)
            for worker in workers:
                worker.join()
    finally:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(runtime_folder(home), ignore_errors=True)
    return found


@contextmanager
def window(found: Soak, home: Path, root: Path) -> Iterator[Window]:
    opened = Window(home, root)
    try:
        yield opened
        deadline = time.monotonic() + ANSWER_S_MAX
        while opened.counted.unanswered and time.monotonic() < deadline:
            opened.pause(0.1)
        code = opened.quit()
        if code:
            found.troubles.append(f"a server ended with {code}")
    except (AssertionError, OSError) as error:
        found.troubles.append(repr(error))
    finally:
        opened.server.kill()
        found.answers += opened.counted.answers
        found.unanswered.update(method for method, _ in opened.counted.unanswered.values())
        if opened.server.stray:
            found.troubles.append(f"bytes outside of frames: {opened.server.stray[:100]!r}")


def _work(found: Soak, opened: Window, random: Random, end: float) -> None:
    """What comes too late is noted, and work goes on."""
    person = Person(opened, random)
    while time.monotonic() < end and opened.server.process.poll() is None:
        try:
            person.work_until(end)
        except (AssertionError, OSError) as error:
            found.troubles.append(repr(error))


def _visit(found: Soak, home: Path, root: Path, random: Random, end: float) -> None:
    """Windows that come, are worked in for a while, and go."""
    while (left := end - time.monotonic()) > 0:
        with window(found, home, root) as opened:
            _work(found, opened, random, time.monotonic() + min(left, random.uniform(*VISIT_S)))
        time.sleep(max(0.0, min(BETWEEN_VISITS_S, end - time.monotonic())))


def _read(found: Soak, gauges: Gauges, seconds: float, record: Path | None) -> None:
    began = time.monotonic()
    while (at := time.monotonic() - began) < seconds:
        found.readings.append((at, gauges.read()))
        if record is not None:
            with record.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found.readings[-1]) + "\n")
        print(f"\r{at / 60:.1f} of {seconds / 60:.0f} minutes  ", end="", file=sys.stderr, flush=True)
        time.sleep(min(READ_S, seconds / READINGS_MIN))


def _copied(projects: list[Path], root: Path) -> Path:
    for each in projects:
        shutil.copytree(each, root / each.name.partition("-")[0])
    return root


@click.command(help=__doc__)
@click.option("--minutes", default=20.0, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--record", type=click.Path(path_type=Path), help="A file for each reading as it is taken.")
@click.option("--png", type=click.Path(path_type=Path), help="Draw memory over time.")
def main(*, minutes: float, seed: int, record: Path | None, png: Path | None) -> None:
    found = soak([project(it) for it in python_projects()], 60 * minutes, seed, record)
    series = found.series()
    print(*table.growth(series), "", sep="\n")
    print(*table.answers(found.answers, found.unanswered), "", sep="\n")
    answered, asked = len(found.answers), len(found.answers) + found.unanswered.total()
    growing = ", ".join(table.growing(series)) or "nothing"
    print(f"{answered:,} of {asked:,} requests answered; growing: {growing}")
    print(*table.errors(found.answers), *found.troubles, sep="\n")
    if png is not None:
        plot(series, png)


if __name__ == "__main__":
    main()
