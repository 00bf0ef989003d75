"""Which identifiers stand in which windows of one file, and how often.

There are millions of words in a repository, so nothing here loops over them outside of C.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath
from string import ascii_letters, digits

import numpy as np
from numpy.typing import NDArray

from lsp_server.index.numbers import Ints, compact
from lsp_server.index.occurrences import Occurrences
from lsp_server.syntax.outlining import IDENTIFIER, NAME_MAX_CHARACTERS, identifiers_in
from lsp_server.text.document import Document

_WINDOW_NAMES_MAX = 400  # identifiers of one window; more is data
_WORD_BYTES = frozenset(b"_$" + ascii_letters.encode() + digits.encode())
_TO_WORDS = bytes(it if it in _WORD_BYTES else ord(" ") for it in range(256))
_SPACE, _NEWLINE = ord(" "), ord("\n")
_ZERO, _DIGITS = np.uint8(ord("0")), np.uint8(10)
_TOO_LONG = -1

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SplitText:
    """A text as its words: identifiers, without the digits that may stand right before one."""

    number_of: dict[str, int]  # of each word, in order of first use
    numbers: Ints  # of all words in turn
    begins: Ints  # where they begin in the text
    line_starts: Ints  # where lines begin that end in a newline, and where one behind the text would
    has_too_long: bool  # whether a word is too long for a name

    @property
    def vocabulary(self) -> str:
        """Each word once, between spaces."""
        return " ".join(self.number_of)

    def begins_of(self, words: Iterable[str]) -> Ints:
        """Where these *words* begin, in the order of the text."""
        is_one = np.zeros(len(self.number_of), np.bool_)
        is_one[[self.number_of[it] for it in words if it in self.number_of]] = True
        return self.begins.take(is_one.take(self.numbers).nonzero()[0])


def split_text(text: str) -> SplitText:
    # Cutting at all else is twice as fast as the pattern, but leaves numbers: they have to go first.
    data = b"\n%b\n" % text.encode("ascii", "replace")
    plain = bytearray(data.translate(_TO_WORDS))
    begins = _begins_without_numbers(np.frombuffer(plain, np.uint8))
    words = plain.decode("ascii").split()
    number_of: defaultdict[str, int] = defaultdict(count().__next__)
    numbers: Ints = np.fromiter(map(number_of.__getitem__, words), np.int32, len(words))
    return SplitText(
        number_of=number_of,
        numbers=numbers,
        begins=begins,
        line_starts=(np.frombuffer(data, np.uint8) == _NEWLINE).nonzero()[0],
        has_too_long=_has_too_long(words, begins),
    )


def _begins_without_numbers(plain: NDArray[np.uint8]) -> Ints:
    """Where words begin behind the first byte of *plain*, once the digits before them are made spaces."""
    is_word = plain != _SPACE
    begins: Ints = (is_word[1:] > is_word[:-1]).nonzero()[0]
    rest = plain[1:]
    numbers = (rest.take(begins) - _ZERO < _DIGITS).nonzero()[0]
    if not len(numbers):
        return begins
    places = begins.take(numbers)
    while len(places):  # a digit of each in turn
        rest[places] = _SPACE
        places += 1
        begins[numbers] = places
        is_digit = rest.take(places) - _ZERO < _DIGITS
        numbers, places = numbers[is_digit], places[is_digit]
    is_left: Bools = rest.take(begins) != _SPACE
    return begins[is_left]


def _has_too_long(words: Sequence[str], begins: Ints) -> bool:
    """Few need be looked at: the last, and those a good way before the next."""
    possible = (begins[1:] - begins[:-1] > NAME_MAX_CHARACTERS).nonzero()[0].tolist()
    return bool(words) and any(len(words[it]) > NAME_MAX_CHARACTERS for it in (*possible, -1))


@dataclass(frozen=True, slots=True)
class Words:
    identifiers: Occurrences
    # One posting per window and identifier; `terms` numbers the file's identifiers.
    in_window: Ints
    terms: Ints
    counts: Ints
    lengths: Ints  # identifiers in each window


def words_of(document: Document, split: SplitText, windows: Ints) -> Words:
    """Of the *windows* of *document*, (n, 2), whose text is *split*; outside of them are only blank lines."""
    starts = _line_starts(document, split)
    begins = np.append(split.begins.searchsorted(starts[windows[:, 0]]), len(split.begins))
    in_each = begins[1:] - begins[:-1]
    names, number_of, numbers = _names(split)
    of_path = [
        (_number(name, names, number_of), times)
        for name, times in identifiers_in(PurePosixPath(document.path).stem).items()
    ]
    too_long, size = len(names), len(names) + 1
    if split.has_too_long:
        numbers[numbers == _TOO_LONG] = too_long
    totals = np.bincount(numbers, minlength=size)[:too_long]
    lengths = in_each + sum(times for _, times in of_path)
    # One number for a window and a term in it, once for each time that it stands there.
    wide = np.dtype(np.int32 if len(windows) * size < 1 << 31 else np.int64)
    each_window = np.arange(len(windows), dtype=wide) * wide.type(size)
    pairs = [each_window.repeat(in_each) + numbers]
    pairs += [each_window + wide.type(term) for term, times in of_path for _ in range(times)]
    held, counts = _counted(np.concatenate(pairs))
    in_window = held // wide.type(size)
    terms = held - each_window.take(in_window)
    crowded = (lengths > _WINDOW_NAMES_MAX).nonzero()[0].tolist()
    if crowded or split.has_too_long:
        kept: Bools = terms < too_long
        for window in crowded:
            first, last = windows[window].tolist()
            most = _most_used(document.text, (int(starts[first]), int(starts[last + 1])), of_path, names)
            kept &= (in_window != window) | np.isin(terms, most)
        in_window, terms, counts = in_window[kept], terms[kept], counts[kept]
    return Words(
        identifiers=Occurrences(names, totals),
        in_window=compact(in_window),
        terms=compact(terms),
        counts=compact(counts),
        lengths=compact(lengths),
    )


def _line_starts(document: Document, split: SplitText) -> Ints:
    """Where each line begins, and where the text ends, or one behind it."""
    if "\r" not in document.text:
        return split.line_starts
    return np.array([*document.line_starts, len(document.text)])


def _names(split: SplitText) -> tuple[list[str], dict[str, int], Ints]:
    """The identifiers in order of first use, the number of each, and the numbers of all words in turn."""
    names = list(split.number_of)
    if not split.has_too_long:
        return names, split.number_of, split.numbers
    is_name = np.array([len(it) <= NAME_MAX_CHARACTERS for it in names])
    names = [it for it in names if len(it) <= NAME_MAX_CHARACTERS]
    new_numbers = np.where(is_name, np.cumsum(is_name, dtype=np.int32) - np.int32(1), np.int32(_TOO_LONG))
    return names, dict(zip(names, count(), strict=False)), new_numbers[split.numbers]


def _number(name: str, names: list[str], number_of: dict[str, int]) -> int:
    """The number of *name*; it is added to the *names* if it is none of them yet."""
    number = number_of.get(name)
    if number is not None:
        return number
    names.append(name)
    return len(names) - 1


def _counted(numbers: Ints) -> tuple[Ints, Ints]:
    """The different ones of *numbers*, ascending, and how often each is there. Faster than `np.unique`."""
    ordered = np.sort(numbers)
    is_first = np.empty(len(ordered), np.bool_)
    is_first[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    firsts = np.flatnonzero(is_first)
    counts = np.empty(len(firsts), np.intp)
    np.subtract(firsts[1:], firsts[:-1], out=counts[:-1])
    counts[-1:] = len(ordered) - firsts[-1:]
    return ordered[firsts], counts


def _most_used(
    text: str, span: tuple[int, int], of_path: Sequence[tuple[int, int]], names: Sequence[str]
) -> list[int]:
    """The terms that the window at *span* uses most."""
    words = Counter(IDENTIFIER.findall(text, *span))
    words.update({names[term]: times for term, times in of_path})
    term_of = {name: term for term, name in enumerate(names)}
    return [term_of[name] for name, _ in words.most_common(_WINDOW_NAMES_MAX) if name in term_of]
