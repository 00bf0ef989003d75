"""An endless stream of training windows: samples drawn from the corpus and packed."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.samples.definitions import Definitions, Piece
from training.samples.licence import without_licence
from training.samples.middles import Span, choose_middle
from training.samples.similar import SimilarLines
from training.samples.tokens import Format, Sample
from training.tokenizer import FIM_PAD

LANGUAGE_SHARES = {"python": 0.82, "javascript": 0.09, "typescript": 0.08, "shell": 0.01}
FIM_SHARE, CONTEXT_SHARE, NO_SUFFIX_SHARE = 0.78, 0.45, 0.15
SIMILAR_SHARE = 0.6  # of the samples with context: lines like those around the cursor
CHARACTERS_PER_TOKEN = 4.5  # more than any text has, so that cutting by characters never cuts too much
# Tokens: a window with less room than the first is closed, with less than the second it takes a last sample.
ROOM_MIN, SHORT = 64, 160
BUILT = re.compile(r"(^|/)(dist|umd|cjs|esm)/|\.(development|production|bundle)\.")  # nobody typed it


@dataclass(frozen=True, slots=True)
class SourceFile:
    project: str
    path: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of tokens; `samples` numbers the sample of each, `weights` how much predicting it counts."""

    ids: NDArray[np.int64]
    weights: NDArray[np.float32]
    samples: NDArray[np.int32]


class Corpus:
    """All files in memory, drawn by language and in proportion to their size."""

    def __init__(self, folder: Path) -> None:
        self.definitions: dict[str, Definitions] = {}
        self._files: dict[str, list[SourceFile]] = {language: [] for language in LANGUAGE_SHARES}
        self._projects: dict[str, list[SourceFile]] = {}
        self._similar: dict[str, SimilarLines] = {}
        for path in sorted(folder.glob("*.jsonl")):
            records = [json.loads(line) for line in path.open(encoding="utf-8")]
            files = [
                SourceFile(it["project"], it["path"], it["language"], without_licence(it["text"]))
                for it in records
                if not BUILT.search(it["path"])
            ]
            if not files:
                continue
            self.definitions[files[0].project] = Definitions((it.path, it.language, it.text) for it in files)
            self._projects[files[0].project] = files
            for file in files:
                self._files[file.language].append(file)
        self._languages = [language for language, files in self._files.items() if files]
        self._shares = [LANGUAGE_SHARES[language] for language in self._languages]
        self._sizes = {
            language: np.cumsum([len(file.text) for file in files]).tolist()
            for language, files in self._files.items()
        }

    def similar(self, project: str) -> SimilarLines:
        if project not in self._similar:
            self._similar[project] = SimilarLines([(it.path, it.text) for it in self._projects[project]])
        return self._similar[project]

    def draw(self, random_: Random) -> SourceFile:
        [language] = random_.choices(self._languages, self._shares)
        [file] = random_.choices(self._files[language], cum_weights=self._sizes[language])
        return file


def batches(corpus: Corpus, tokenizer: Tokenizer, *, window: int, windows: int, seed: int) -> Iterator[Batch]:
    """Yield batches of *windows* windows of *window* tokens, for ever; a seed gives the same ones again."""
    random_ = Random(seed)
    format_ = Format(tokenizer)
    padding = tokenizer.token_to_id(FIM_PAD)
    while True:
        ids = np.full((windows, window), padding, np.int64)
        weights = np.zeros((windows, window), np.float32)
        samples = np.full((windows, window), -1, np.int32)
        for row in range(windows):
            for number, (start, sample) in enumerate(packed(corpus, format_, window, random_)):
                here = slice(start, start + len(sample.ids))
                ids[row, here], weights[row, here], samples[row, here] = sample.ids, sample.weights, number
        yield Batch(ids, weights, samples)


def packed(corpus: Corpus, format_: Format, window: int, random_: Random) -> Iterator[tuple[int, Sample]]:
    """Fill one window with samples, each made for a part of the room that is left."""
    start = 0
    while (room := window - start) >= ROOM_MIN:
        # A third of the samples may take all the room; the others are shorter, as prompts at a file's top
        # are, and bring more middles to the same number of tokens.
        is_short = room > SHORT and random_.random() > 0.35
        sample = draw_sample(corpus, format_, random_.randint(SHORT, room) if is_short else room, random_)
        if sample:
            yield start, sample
            start += len(sample.ids)


def draw_sample(corpus: Corpus, format_: Format, tokens_max: int, random_: Random) -> Sample | None:
    file = corpus.draw(random_)
    span = choose_middle(file.text, random_) if random_.random() < FIM_SHARE else None
    if span is None:
        return plain_sample(file, format_, tokens_max, random_)
    pieces = context(corpus, file, span, random_) if random_.random() < CONTEXT_SHARE else []
    return middle_sample(file, span, pieces, format_, tokens_max, random_)


def plain_sample(file: SourceFile, format_: Format, tokens_max: int, random_: Random) -> Sample:
    """Text from a line start on, as if typed from top to bottom with nothing after the cursor."""
    sample = format_.header(file.project, (), file.path)
    characters = int(tokens_max * CHARACTERS_PER_TOKEN)
    last_start = max(0, len(file.text) - characters // 2)
    start = 0 if random_.random() < 0.25 else line_start(file.text, random_.randint(0, last_start))
    ids = format_.ids(file.text[start : start + characters])
    room = max(0, tokens_max - len(sample.ids) - 3)
    ends = start + characters >= len(file.text) and len(ids) <= room
    return format_.write_plain(sample, ids[:room], ends=ends)


def middle_sample(
    file: SourceFile, span: Span, pieces: list[Piece], format_: Format, tokens_max: int, random_: Random
) -> Sample | None:
    sample = format_.header(file.project, pieces, file.path)
    while pieces and len(sample.ids) > tokens_max * 3 // 5:
        pieces = pieces[:-1]
        sample = format_.header(file.project, pieces, file.path)
    suffix: list[int] = []
    if random_.random() >= NO_SUFFIX_SHARE:
        suffix_max = random_.randint(24, max(tokens_max // 4, 48))
        after = file.text[span.end : span.end + int(suffix_max * CHARACTERS_PER_TOKEN)]
        suffix = format_.ids(after)[:suffix_max]
    before = span.start - int(tokens_max * CHARACTERS_PER_TOKEN)
    prefix = file.text[0 if before <= 0 else line_start(file.text, before) : span.start]
    middle = file.text[span.start : span.end]
    is_whole = format_.write(sample, suffix, prefix, middle, tokens_max)
    return sample if is_whole else None


def context(corpus: Corpus, file: SourceFile, span: Span, random_: Random) -> list[Piece]:
    """Return pieces of other files, in the server's order: signatures first, then lines like those here.

    The signatures are of names in the middle and near it, up to four, and now and then a stray one. Half of
    the similar lines are looked for without the middle, as the server must.
    """
    definitions = corpus.definitions[file.project]
    before = file.text[max(0, span.start - 500) : span.start]
    middle = file.text[span.start : span.end]
    used = definitions.used_in(middle, file.path)
    near = definitions.used_in(before, file.path)
    random_.shuffle(near)
    pieces = list(dict.fromkeys([*used[:3], *near[: random_.randint(0, 3)]]))[:4]
    if random_.random() < 0.3 and (stray := definitions.any(random_)) and stray.path != file.path:
        pieces = [*pieces[:3], stray]
    random_.shuffle(pieces)
    if random_.random() < SIMILAR_SHARE:
        around = before + file.text[span.end : span.end + 300]
        query = around + middle if random_.random() < 0.5 else around
        if similar := corpus.similar(file.project).near(query, file.path, random_):
            pieces.append(similar)
    return pieces


def line_start(text: str, at: int) -> int:
    """Return the start of the line after the one that holds *at*; the text's start for 0."""
    return 0 if at <= 0 else text.find("\n", at) + 1
