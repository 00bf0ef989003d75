"""Texts that come again and again over one connection are sent once, and by their number from then on.

Both ends keep the same texts: they see the same messages in the same order, and forget by the same rule. So
a number that is sent is always known. Not thread-safe: who sends holds the connection's lock meanwhile.
"""

from collections import OrderedDict
from collections.abc import Sequence

KEPT = 512  # texts of a few kilobytes each

Said = int | str  # a number that stands for a text of before, or a text, which takes the next number


class Saying:
    """The end that sends."""

    def __init__(self) -> None:
        self._numbers = OrderedDict[str, int]()
        self._next = 0

    def said(self, texts: Sequence[str]) -> list[Said]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Said:
        known = self._numbers.get(text)
        if known is not None:
            self._numbers.move_to_end(text)
            return known
        self._numbers[text] = self._next
        self._next += 1
        if len(self._numbers) > KEPT:
            self._numbers.popitem(last=False)
        return text


class Hearing:
    """The end that receives. Raises ValueError for what the other end cannot have said."""

    def __init__(self) -> None:
        self._texts = OrderedDict[int, str]()
        self._next = 0

    def heard(self, items: Sequence[Said]) -> list[str]:
        return [self._one(item) for item in items]

    def _one(self, item: Said) -> str:
        if isinstance(item, str):
            self._texts[self._next] = item
            self._next += 1
            if len(self._texts) > KEPT:
                self._texts.popitem(last=False)
            return item
        if item not in self._texts:
            raise ValueError(f"no text {item!r} was said")
        self._texts.move_to_end(item)
        return self._texts[item]
