"""How much of the context a model has to read again while somebody writes.

`python -m bench.context_quality.writing`: in some files of each project, fifteen lines are taken out and
written again one after another, the first of them letter by letter. Each time the context is asked for, once
with what was shown before and once without knowing it. Counted are the tokens behind the first difference.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean, median

from bench.context_quality.__main__ import FIT, REPORT, background_of, opened, pins
from bench.context_quality.kibitz import count_tokens
from bench.context_quality.ngram import Background, bits
from bench.context_quality.places import AFTER_CHARACTERS, BEFORE_CHARACTERS, is_test, visible
from bench.context_quality.project import File, Project
from lsp_server.context.gather import gather
from lsp_server.context.pack import prompt_form
from lsp_server.context.snippet import Snippet
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document

LINES, FILE_MIN_LINES, KEYSTROKES = 15, 60, 40
PROJECTS = ("scrapy", "rxjs", "golang-etcd-server-dev", "librust-tokio-dev")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.context_quality.writing", description=__doc__.partition("\n")[0]
    )
    parser.add_argument(
        "--projects",
        nargs="+",
        choices=[*pins(REPORT), *pins(FIT)],
        metavar="NAME",
        default=list(PROJECTS),
    )
    parser.add_argument("--files", type=int, default=12, help="per project")
    parser.add_argument("--budget", type=int, default=2_048, metavar="TOKENS")
    asked = parser.parse_args()
    print(
        f"{asked.budget} tokens, {asked.files} files per project\n\n"
        "| project | order | tokens read again per line, mean (median) | per keystroke, mean | bits saved |\n"
        "|---|---|---|---|---|"
    )
    for name in asked.projects:
        project = opened(name)
        background = background_of(project.language, but=name)
        files = [index_file(_document(it.path, it.text)) for it in project.files.values()]
        snapshot = Snapshot.of(Path("/project"), files)
        for order, is_sticky in (("anew each time", False), ("kept where it was", True)):
            lines, keys, saved = _of_project(
                project, snapshot, background, asked.files, asked.budget, is_sticky=is_sticky
            )
            per_line = f"{mean(lines):.0f} ({median(lines):.0f})"
            print(f"| {name} | {order} | {per_line} | {mean(keys):.0f} | {saved:.1%} |", flush=True)


def _of_project(
    project: Project, snapshot: Snapshot, background: Background, count: int, budget: int, *, is_sticky: bool
) -> tuple[list[int], list[int], float]:
    """(tokens read again per line, per keystroke, share of the bits of the lines that the context saved)."""
    per_line: list[int] = []
    per_key: list[int] = []
    spent = without = 0.0
    for file, first in _drawn(project, count):
        shown: Sequence[Snippet] = ()
        at: int | None = None
        for number in range(LINES):
            before, line, after = _at(file, first, number)
            seen = snapshot.with_outline(_document(file.path, before + after))
            now = _asked(
                seen, file.path, before, after, budget, shown if is_sticky else (), previous_offset=at
            )
            at = len(before)
            if number:
                per_line.append(read_again(shown, now))
            shown = now
            if number == 0:
                for end in range(1, min(len(line), KEYSTROKES)):
                    typed = before + line[:end]
                    now = _asked(
                        seen, file.path, typed, after, budget, shown if is_sticky else (), previous_offset=at
                    )
                    at = len(typed)
                    per_key.append(read_again(shown, now))
                    shown = now
            if line.strip():
                prior = background.of(before[-BEFORE_CHARACTERS:].encode(), line.encode())
                own = f"{after[:AFTER_CHARACTERS]}\n{before[-BEFORE_CHARACTERS:]}"
                text = "\n".join(f"# {it.path}\n{it.text}" for it in shown)
                spent += bits(f"{text}\n{own}", before[-BEFORE_CHARACTERS:], line, prior)
                without += bits(f"\n{own}", before[-BEFORE_CHARACTERS:], line, prior)
    return per_line, per_key, 1 - spent / without


def _drawn(project: Project, count: int) -> Iterator[tuple[File, int]]:
    """Files with the first of the lines to write, in the second half of each."""
    rng = random.Random(0)
    files = [it for it in project.files.values() if len(it.lines) >= FILE_MIN_LINES and not is_test(it.path)]
    for file in rng.sample(files, min(count, len(files))):
        yield file, rng.randrange(len(file.lines) // 2, len(file.lines) - LINES)


def _at(file: File, first: int, number: int) -> tuple[str, str, str]:
    lines = file.lines
    before = "".join(f"{line}\n" for line in lines[: first + number])
    return before, lines[first + number], "\n" + "\n".join(lines[first + LINES :])


def _asked(
    snapshot: Snapshot,
    path: str,
    before: str,
    after: str,
    budget: int,
    previous: Sequence[Snippet],
    *,
    previous_offset: int | None,
) -> Sequence[Snippet]:
    return gather(
        snapshot, _document(path, before + after), len(before),
        budget_tokens=budget, count_tokens=count_tokens, previous=previous,
        previous_offset=previous_offset, visible=visible(before, after),
    )  # fmt: skip


def read_again(before: Sequence[Snippet], now: Sequence[Snippet]) -> int:
    """The tokens of *now* behind its first difference from *before*."""
    same = 0
    while same < min(len(before), len(now)) and prompt_form(before[same]) == prompt_form(now[same]):
        same += 1
    return sum(count_tokens([prompt_form(it) for it in now[same:]]))


def _document(path: str, text: str) -> Document:
    return Document(path=path, text=text, language=language_of(path))


if __name__ == "__main__":
    main()
