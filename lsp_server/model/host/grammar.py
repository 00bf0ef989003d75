"""Answers that are one JSON value of a given schema: at each step only tokens that keep it one may be chosen.

The masks are llguidance's: it reads JSON Schema itself, lengths and ranges of numbers included, and a
schema or a token that it cannot take is an error state and never the end of the process.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lsp_server.errors import ModelUnavailable
from lsp_server.model.host.vocabulary import Ids, Vocabulary

Tokenize = Callable[[str], list[int]]

SCHEMA_CHARACTERS_MAX = 200_000
# A model that may put spaces between the parts can put them there until its tokens are used up.
_FORM: Any = {"whitespace_flexible": False}


class Grammar:
    """Of one answer. Not thread-safe."""

    def __init__(self, matcher: Any, tokens: int) -> None:
        self._matcher = matcher
        self._tokens = tokens

    def allowed(self) -> Ids:
        """What may come next; none when the value is whole, or if something went wrong."""
        if self._matcher.is_stopped() or self._matcher.is_error():
            return np.empty(0, np.intp)
        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        return np.flatnonzero(np.unpackbits(bits, bitorder="little")[: self._tokens])

    def take(self, token: int) -> None:
        self._matcher.consume_token(token)

    @property
    def is_whole(self) -> bool:
        """Whether what was taken is all of a value that nothing can follow."""
        return bool(self._matcher.is_stopped() and not self._matcher.is_error())


class Grammars:
    """From any thread. llguidance, and its table of the vocabulary, are loaded with the first schema."""

    def __init__(self, vocabulary: Vocabulary, tokenize: Tokenize) -> None:
        self._vocabulary = vocabulary
        self._tokenize = tokenize
        self._lock = threading.Lock()
        self._tokenizer: Any = None

    def of(self, schema: str) -> Grammar:
        """Raises ModelUnavailable for a *schema* that cannot be followed."""
        from llguidance import LLMatcher

        if len(schema) > SCHEMA_CHARACTERS_MAX:
            raise ModelUnavailable("The answer's schema is too long.", hint="Ask with fewer tools.")
        try:
            grammar = LLMatcher.grammar_from_json_schema(schema, overrides=_FORM)
        except ValueError as error:
            raise _unusable(str(error)) from error
        matcher = LLMatcher(self._of_vocabulary(), grammar, log_level=0)
        if matcher.is_error():
            raise _unusable(matcher.get_error())
        return Grammar(matcher, self._vocabulary.size)

    def _of_vocabulary(self) -> Any:
        from llguidance import LLTokenizer, TokenizerWrapper

        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = LLTokenizer(TokenizerWrapper(_Tokens(self._vocabulary, self._tokenize)))
            return self._tokenizer


class _Tokens:
    """The vocabulary as llguidance asks for it."""

    bos_token_id = None

    def __init__(self, vocabulary: Vocabulary, tokenize: Tokenize) -> None:
        self._tokenize = tokenize
        self.eos_token_id = min(vocabulary.ends)
        self.special_token_ids = sorted({*vocabulary.ends, *vocabulary.unsayable})
        special = set(self.special_token_ids)
        self.tokens: Sequence[bytes] = [
            b"<%d>" % number if number in special else vocabulary.piece(number)
            for number in range(vocabulary.size)
        ]

    def __call__(self, text: bytes) -> list[int]:
        """Asked for what the schema leaves no choice about, so that it is spelt with the usual tokens."""
        return self._tokenize(text.decode("utf-8", "replace"))


def _unusable(why: str) -> ModelUnavailable:
    return ModelUnavailable(f"The answer's schema cannot be followed: {why[:300]}", hint="Report this.")
