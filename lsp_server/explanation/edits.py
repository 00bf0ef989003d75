"""What changed lately in the open documents, and what stood there before: in memory only, and not much of it.

A change is what differs between two versions of a text, as whole lines. Changes that touch are one, with what
stood there before the first of them; a change that was taken back is none.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from lsp_server.text.document import Document
from lsp_server.text.secrets import is_secret_file

EDITS_MAX = 16  # of one document; the oldest go first
DOCUMENTS_MAX = 32
LINES_MAX = 40  # of one change, before and now; what is larger was pasted or formatted
LINE_CHARACTERS_MAX = 400
AGE_MAX_S = 1_800.0
TEXT_MAX = 2_000_000  # characters of a document that is followed


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    first: int  # 0-based line of the document as it is now
    last: int  # the line behind it; = first where lines were only taken out
    before: tuple[str, ...]  # the lines that stood there; none where lines were only put in
    at: float  # seconds of a clock that never goes back; its age, in what `now` gives


Edits = Mapping[str, tuple[Edit, ...]]  # by path
NO_EDITS: Edits = MappingProxyType({})


class EditedLately:
    """Safe to read from any thread while one writes: `now` is a value that is replaced."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._edits: dict[str, tuple[Edit, ...]] = {}

    def changed(self, old: Document, new: Document) -> None:
        """*old* became *new*. Two versions of one document."""
        if max(len(old.text), len(new.text)) > TEXT_MAX or is_secret_file(new.path):
            self.closed(new.path)
            return
        edits = dict(self._edits)
        known = with_change(edits.pop(new.path, ()), old, new, self._clock())
        if known:
            edits[new.path] = known  # behind the others: the newest
        for path in list(edits)[: max(0, len(edits) - DOCUMENTS_MAX)]:
            del edits[path]
        self._edits = edits

    def closed(self, path: str) -> None:
        self._edits = {there: it for there, it in self._edits.items() if there != path}

    def now(self) -> Edits:
        """Without what is too old to be lately, and with ages in place of times."""
        now = self._clock()
        return {
            path: tuple(replace(it, at=now - it.at) for it in edits if now - it.at <= AGE_MAX_S)
            for path, edits in self._edits.items()
        }

    def lines(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """By path, each change as (first line, the one behind the last), the newest last."""
        oldest = self._clock() - AGE_MAX_S
        return {
            path: tuple((it.first, it.last) for it in edits if it.at >= oldest)
            for path, edits in self._edits.items()
        }


def with_change(edits: tuple[Edit, ...], old: Document, new: Document, at: float) -> tuple[Edit, ...]:
    """*edits* of *old*, with what makes it *new*, in lines of *new*. Pure."""
    if old.text == new.text:
        return edits
    first, old_last, new_last = _difference(old, new)
    moved = new_last - old_last
    touched = [it for it in edits if it.last >= first and it.first <= old_last]
    start = min([first, *(it.first for it in touched)])
    end = max([old_last, *(it.last for it in touched)])
    before: list[str] = []
    line = start
    for it in sorted(touched, key=lambda edit: edit.first):
        before += [*_lines(old, line, it.first), *it.before]
        line = it.last
    before += _lines(old, line, end)
    result = [
        it if it.last < first else replace(it, first=it.first + moved, last=it.last + moved)
        for it in edits
        if it not in touched
    ]
    last = end + moved
    if len(before) <= LINES_MAX and last - start <= LINES_MAX and before != _lines(new, start, last):
        kept = tuple(it[:LINE_CHARACTERS_MAX] for it in before)
        result.append(Edit(first=start, last=last, before=kept, at=at))
    return tuple(sorted(result, key=lambda it: it.at)[-EDITS_MAX:])


def _difference(old: Document, new: Document) -> tuple[int, int, int]:
    """(first line that differs, the line behind the last one in *old*, the same in *new*)."""
    shorter = min(len(old.text), len(new.text))
    same = _longest(shorter, lambda count: old.text[:count] == new.text[:count])
    first = min(old.line_of(same), new.line_of(same))
    left = shorter - old.line_starts[first]
    tail = _longest(
        left, lambda count: old.text[len(old.text) - count :] == new.text[len(new.text) - count :]
    )
    ends = [(it, len(it.text) - tail) for it in (old, new)]
    lines = [document.line_of(offset) for document, offset in ends]
    is_whole = all(it.line_starts[line] == offset for (it, offset), line in zip(ends, lines, strict=True))
    behind = 0 if is_whole and min(lines) >= first else 1
    return first, lines[0] + behind, lines[1] + behind


def _longest(limit: int, holds: Callable[[int], bool]) -> int:
    """The largest count up to *limit* for which *holds*, which holds for all below it."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _lines(document: Document, first: int, last: int) -> list[str]:
    return [document.line_text(line) for line in range(first, min(last, document.line_count))]
