"""Bits per byte of held-out text, read from top to bottom with nothing else known."""

import math
import random
from pathlib import Path

from bench.model_quality.ngram import Counts, bits
from bench.model_quality.places import Project
from bench.model_quality.served import Served
from lsp_server.model.catalog import resolve

CHARACTERS_MAX = 8000
BUNDLED_WINDOW_HEAD = ("<|repo_name|>", "<|file_sep|>", "<|fim_suffix|>", "<|fim_prefix|>")


def bits_per_byte(models: list[str], projects: list[Project], texts: int, seed: int) -> dict[str, float]:
    """Model → cost; "6-gram with cache" too, in the first model's tokens, reading the project's other files.

    Every model sees the same texts; how much of each depends on its window.
    """
    rng = random.Random(seed)
    windows: list[tuple[Project, Path, str]] = []
    for _ in range(texts):
        project = rng.choice(projects)
        path = rng.choice(list(project.texts))
        text = project.texts[path]
        start = text.rfind("\n", 0, rng.randrange(max(1, len(text) - 2000))) + 1
        windows.append((project, path, text[start : start + CHARACTERS_MAX]))
    costs = {}
    for number, model in enumerate(models):
        served = Served(resolve(model), threads=1)
        costs[model if number == 0 else Path(model).stem] = model_cost(served, windows)
        if number == 0:
            costs["6-gram with cache"] = gram_cost(served, windows)
    return costs


def model_cost(served: Served, windows: list[tuple[Project, Path, str]]) -> float:
    total, size = 0.0, 0
    for project, path, text in windows:
        head = header(served, project, path)
        ids = text_ids(served, text)
        total -= float(served.log_probabilities(head + ids)[len(head) - 1 :].sum()) / math.log(2)
        size += len(served.bytes_of(ids))
    return total / size


def gram_cost(served: Served, windows: list[tuple[Project, Path, str]]) -> float:
    total, size = 0.0, 0
    for project in {id(it): it for it, _, _ in windows}.values():
        tokens = {path: served.ids(text) for path, text in project.texts.items()}
        repository = Counts()
        for each in tokens.values():
            repository.add(each)
        for _, path, text in (it for it in windows if it[0] is project):
            ids = text_ids(served, text)
            repository.remove(tokens[path])
            total += bits(repository, ids, served.vocabulary)
            size += len(served.bytes_of(ids))
            repository.add(tokens[path])
    return total / size


def text_ids(served: Served, text: str) -> list[int]:
    return served.ids(text)[: min(served.window, 2048) - 64]


def header(served: Served, project: Project, path: Path) -> list[int]:
    """What stands before a file's text in the bundled model's training; one line end for other models."""
    try:
        repository, file, suffix, prefix = (served.special(name) for name in BUNDLED_WINDOW_HEAD)
    except ValueError:
        return served.ids("\n")
    name = project.root.name.rpartition("-")[0]
    here = path.relative_to(project.root).as_posix()
    return [repository, *served.ids(f"{name}\n"), file, *served.ids(f"{here}\n"), suffix, prefix]
