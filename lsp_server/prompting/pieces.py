"""What a prompt is made of: plain text, and special tokens named by their text.

A plain string is never read as special tokens, whatever it holds: source code that contains
`<|fim_middle|>` stays source code.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpecialToken:
    """One token of the vocabulary, by its text, such as `<|fim_suffix|>`."""

    text: str


Piece = str | SpecialToken
