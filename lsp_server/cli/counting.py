"""Counting tokens for `kibitz context`: by a model's own tokenizer, or estimated where no model answers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from lsp_server.errors import ModelUnavailable

# Of code under the tokenizers of current models; between 3.0 and 4.2, depending on the language.
CHARACTERS_PER_TOKEN = 3.5


@dataclass(frozen=True, slots=True)
class Counter:
    name: str  # of what counts, for a person
    count_tokens: Callable[[Sequence[str]], Sequence[int]]
    note: str = ""  # why it is an estimate


def estimated(texts: Sequence[str]) -> list[int]:
    return [int(len(text) / CHARACTERS_PER_TOKEN) + 1 for text in texts]


@contextmanager
def make_counter(model_name: str | None) -> Iterator[Counter]:
    """The tokenizer of the model called *model_name*; None: of the chosen model, or an estimate.

    Raises ModelUnavailable when a model was named and cannot answer.
    """
    try:
        # Imported here: the model's side is not needed by a command that only estimates.
        from lsp_server.app.local_models import open_model

        model = open_model(model_name or "")
    except ModelUnavailable as error:
        if model_name is not None:
            raise
        yield Counter("estimated", estimated, f"Tokens are estimated: {error}. {error.hint}")
        return
    try:
        yield _counting(model.count_tokens, model.info.name, is_named=model_name is not None)
    finally:
        model.close()


def _counting(
    count_tokens: Callable[[Sequence[str]], Sequence[int]], name: str, *, is_named: bool
) -> Counter:
    try:
        count_tokens(["one"])
    except ModelUnavailable as error:
        if is_named:
            raise
        return Counter("estimated", estimated, f"Tokens are estimated: {error}. {error.hint}")
    return Counter(name, count_tokens)
