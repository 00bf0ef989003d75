"""An endless stream of training windows: samples drawn from the corpus and packed."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.places import INDEXES
from training.samples.licence import without_licence
from training.samples.middles import NAME, Span, choose_middle, uses_name
from training.samples.repository import Repository, indexed
from training.samples.tokens import Format, Sample
from training.tokenizer import FIM_PAD

LANGUAGE_SHARES = {
    "python": 0.74, "javascript": 0.08, "typescript": 0.08, "shell": 0.02, "go": 0.025, "rust": 0.02,
    "java": 0.015, "c": 0.02,
}  # fmt: skip
FIM_SHARE, CONTEXT_SHARE, NO_SUFFIX_SHARE = 0.82, 0.75, 0.12
# Of the samples with context, those whose context was chosen knowing the middle: the server cannot, but what
# is never there to be copied teaches nobody to copy.
KNOWING_SHARE = 0.5
FROM_ELSEWHERE_SHARE = 0.7  # of the samples with context: the middle uses a name that another file defines
SELDOM = 3  # times that a name is used in a file
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

    def __init__(self, folder: Path, tokenizer: Tokenizer) -> None:
        self._files: dict[str, list[SourceFile]] = {language: [] for language in LANGUAGE_SHARES}
        self._projects: dict[str, list[SourceFile]] = {}
        self._repositories: dict[str, Repository] = {}
        self._tokenizer = tokenizer
        for path in sorted(folder.glob("*.jsonl")):
            records = [json.loads(line) for line in path.open(encoding="utf-8")]
            files = [
                SourceFile(it["project"], it["path"], it["language"], without_licence(it["text"]))
                for it in records
                if not BUILT.search(it["path"])
            ]
            if not files:
                continue
            self._projects[files[0].project] = files
            for file in files:
                self._files[file.language].append(file)
        self._languages = [language for language, files in self._files.items() if files]
        self._shares = [LANGUAGE_SHARES[language] for language in self._languages]
        self._sizes = {
            language: np.cumsum([len(file.text) for file in files]).tolist()
            for language, files in self._files.items()
        }

    def repository(self, project: str) -> Repository:
        """Read when first asked for; all of them together take three gigabytes."""
        if project not in self._repositories:
            files = [(it.path, it.text) for it in self._projects[project]]
            kept_at = INDEXES / f"{project.replace('/', '__')}.pickle"
            self._repositories[project] = Repository(project, indexed(files, kept_at), self._tokenizer)
        return self._repositories[project]

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
        # Half of the samples may take all the room; the others are shorter, as prompts at a file's top
        # are, and bring more middles to the same number of tokens.
        is_short = room > SHORT and random_.random() < 0.5
        sample = draw_sample(corpus, format_, random_.randint(SHORT, room) if is_short else room, random_)
        if sample:
            yield start, sample
            start += len(sample.ids)


def draw_sample(corpus: Corpus, format_: Format, tokens_max: int, random_: Random) -> Sample | None:
    file = corpus.draw(random_)
    if random_.random() >= FIM_SHARE:
        return plain_sample(file, format_, tokens_max, random_)
    repository = corpus.repository(file.project)
    is_with_context = random_.random() < CONTEXT_SHARE
    span = telling_middle(repository, file, random_) if is_with_context else choose_middle(file.text, random_)
    if span is None:
        return plain_sample(file, format_, tokens_max, random_)
    return middle_sample(
        repository, file, span, format_, tokens_max, random_, is_with_context=is_with_context
    )


def telling_middle(repository: Repository, file: SourceFile, random_: Random) -> Span | None:
    """Return a middle, half of the time one that uses a name of another file; rather one used here seldom."""
    if random_.random() < FROM_ELSEWHERE_SHARE:
        names = repository.names_from_elsewhere(file.text, file.path)
        counts = Counter(it for it in NAME.findall(file.text) if it in names)
        seldom = {name for name, count in counts.items() if count <= SELDOM}
        for wanted in (seldom, names):
            if span := uses_name(file.text, wanted, random_):
                return span
    return choose_middle(file.text, random_)


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
    repository: Repository, file: SourceFile, span: Span, format_: Format, tokens_max: int, random_: Random,
    *, is_with_context: bool,
) -> Sample | None:  # fmt: skip
    """The prompt that the server builds at *span* in *tokens_max*, less what the answer takes."""
    before, middle, after = file.text[: span.start], file.text[span.start : span.end], file.text[span.end :]
    prompt_tokens = tokens_max - len(format_.ids(middle)) - 2
    if prompt_tokens < ROOM_MIN // 2:
        return None
    snippets = []
    if is_with_context:
        is_knowing = random_.random() < KNOWING_SHARE
        text, offset = (file.text, span.end) if is_knowing else (before + after, span.start)
        snippets = repository.context(file.path, text, offset, prompt_tokens=prompt_tokens)
    if random_.random() < NO_SUFFIX_SHARE:
        after = ""
    window = repository.window(file.path, before, after, snippets, prompt_tokens=prompt_tokens)
    sample = format_.header(file.project, window.snippets, file.path)
    shown = "\n".join(it.text for it in window.snippets)
    to_copy = repository.names_from_elsewhere(shown, file.path)
    is_whole = format_.write(
        sample, window.suffix, window.prefix, middle, tokens_max=tokens_max, to_copy=to_copy
    )
    return sample if is_whole else None


def line_start(text: str, at: int) -> int:
    """Return the start of the line after the one that holds *at*; the text's start for 0."""
    return 0 if at <= 0 else text.find("\n", at) + 1
