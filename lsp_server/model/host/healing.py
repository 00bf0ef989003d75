"""Token healing: a prompt that ends inside a word is cut back to where a token surely ended.

The model was trained on whole words. After `return pri` it expects anything but `ce`, because
` price` is one token. So the tail ` pri` is taken off the prompt, and the model may choose only
tokens that spell it again, until all of it is there.
"""

import re
from collections.abc import Sequence

import numpy as np

from lsp_server.model.host.vocabulary import Ids, Vocabulary

LOOKED_AT_CHARACTERS = 64
TOKENS_TAKEN_OFF_MAX = 4

# What may still grow into one token with what follows. It mirrors how GPT-2-like tokenizers cut a text
# first: a word takes one character that is no letter before it, signs take a space. After a line break
# nothing grows: a cursor there is the usual place, and costs nothing.
UNSAFE_TAIL = re.compile(
    r"(?:(?:[^\w\r\n]|_)?[^\W\d_]+|[^\S\r\n]?\d{1,3}|[^\S\r\n]?(?:[^\w\s]|_)+|[^\S\r\n]+)\Z"
)


def cut_back(text: str, tokens: Sequence[int], vocabulary: Vocabulary) -> tuple[list[int], bytes]:
    """Split the *tokens* of *text* into those to keep, and the bytes to spell again."""
    kept = list(tokens)
    match = UNSAFE_TAIL.search(text[-LOOKED_AT_CHARACTERS:])
    if match is None:
        return kept, b""
    wanted = len(match[0].encode("utf-8", "replace"))
    tail = b""
    while kept and len(tail) < wanted and len(tokens) - len(kept) < TOKENS_TAKEN_OFF_MAX:
        tail = vocabulary.piece(kept.pop()) + tail
    if not text.encode("utf-8", "replace").endswith(tail):
        return list(tokens), b""  # a tokenizer that changes the text, such as by a space in front
    return kept, tail


def candidates(tail: bytes, vocabulary: Vocabulary) -> Ids:
    """Tokens that spell a part of *tail*, or all of it and more."""
    shorter = np.fromiter(vocabulary.beginnings_of(tail), np.intp)
    return np.concatenate((vocabulary.beginning_with(tail), shorter))
