"""Where a prompt that ends inside a word is cut back to, so that a token surely ended there. Pure.

The model was trained on whole words. After `return pri` it expects anything but `ce`, because
` price` is one token. So the tail ` pri` is taken off the prompt, to be spelled again by the answer.
"""

import re
from collections.abc import Sequence
from typing import Protocol

LOOKED_AT_CHARACTERS = 64
TOKENS_TAKEN_OFF_MAX = 4

# What may still grow into one token with what follows. It mirrors how GPT-2-like tokenizers cut a text
# first: a word takes one character that is no letter before it, signs take a space. After a line break
# nothing grows: a cursor there is the usual place, and costs nothing.
UNSAFE_TAIL = re.compile(
    r"(?:(?:[^\w\r\n]|_)?[^\W\d_]+|[^\S\r\n]?\d{1,3}|[^\S\r\n]?(?:[^\w\s]|_)+|[^\S\r\n]+)\Z"
)


class Pieces(Protocol):
    def piece(self, token: int, /) -> bytes: ...


def cut_back(text: str, tokens: Sequence[int], pieces: Pieces) -> tuple[list[int], bytes]:
    """Split the *tokens* of *text* into those to keep, and the bytes to spell again."""
    kept = list(tokens)
    unsafe = unsafe_tail(text)
    if not unsafe:
        return kept, b""
    wanted = len(unsafe.encode("utf-8", "replace"))
    tail = b""
    while kept and len(tail) < wanted and len(tokens) - len(kept) < TOKENS_TAKEN_OFF_MAX:
        tail = pieces.piece(kept.pop()) + tail
    if not text.encode("utf-8", "replace").endswith(tail):
        return list(tokens), b""  # a tokenizer that changes the text, such as by a space in front
    return kept, tail


def unsafe_tail(text: str) -> str:
    """The end of *text* that may still grow into one token with what follows; "" after a line break."""
    match = UNSAFE_TAIL.search(text[-LOOKED_AT_CHARACTERS:])
    return match[0] if match is not None else ""
