"""Which identifiers stand in which windows of one file, and how often.

There are millions of words in a repository, so nothing here loops over them outside of C.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress, count
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
_NO_WORD, _TOO_LONG = -1, -2

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SplitText:
    """A text as its words: identifiers, numbers, and digits with an identifier behind them."""

    number_of: dict[str, int]  # of each word, in order of first use
    numbers: Ints  # of all words in turn
    begins: Ints  # where they begin in the text
    line_starts: Ints  # where lines begin that end in a newline, and where the text ends

    @property
    def vocabulary(self) -> str:
        """Each word once, between spaces."""
        return " ".join(self.number_of)


def split_text(text: str) -> SplitText:
    # Cutting at all else is twice as fast as the pattern, but leaves numbers, and digits before a name.
    data = text.encode("ascii", "replace")
    plain = b" %b" % data.translate(_TO_WORDS)
    words = plain.decode("ascii").split()
    number_of: defaultdict[str, int] = defaultdict(count().__next__)
    numbers: Ints = np.fromiter(map(number_of.__getitem__, words), np.int32, len(words))
    is_word = np.frombuffer(plain, np.uint8) != _SPACE
    newlines = (np.frombuffer(data, np.uint8) == _NEWLINE).nonzero()[0]
    return SplitText(
        number_of=number_of,
        numbers=numbers,
        begins=(is_word[1:] > is_word[:-1]).nonzero()[0],
        line_starts=np.concatenate(([0], newlines + 1, [len(data)])),
    )


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
    number_of = dict(split.number_of)
    starts = _line_starts(document, split)
    window_begins = np.searchsorted(split.begins, [*starts[windows[:, 0]].tolist(), len(document.text)])
    in_window = np.repeat(np.arange(len(windows), dtype=np.int32), np.diff(window_begins))
    names, term_of = _terms(number_of)
    of_path = [
        (_number(name, names, number_of, term_of), times)
        for name, times in identifiers_in(PurePosixPath(document.path).stem).items()
    ]
    too_long, size = len(names), len(names) + 1
    terms = term_of[split.numbers]
    terms[terms == _TOO_LONG] = too_long
    is_word = terms >= 0
    terms, in_window = terms[is_word], in_window[is_word]
    totals = np.bincount(terms, minlength=size)[:too_long]
    lengths = np.bincount(in_window, minlength=len(windows)) + sum(times for _, times in of_path)
    # One number for a window and a term in it, once for each time that it stands there.
    wide = np.dtype(np.int32 if len(windows) * size < 1 << 31 else np.int64)
    each_window = np.arange(len(windows), dtype=wide) * wide.type(size)
    pairs = [each_window[in_window] + terms]
    pairs += [each_window + wide.type(term) for term, times in of_path for _ in range(times)]
    held, counts = _counted(np.concatenate(pairs))
    in_window = held // wide.type(size)
    terms = held - each_window[in_window]
    kept: Bools = terms < too_long
    for window in np.flatnonzero(lengths > _WINDOW_NAMES_MAX).tolist():
        first, last = windows[window].tolist()
        most = _most_used(document.text, (int(starts[first]), int(starts[last + 1])), of_path, names)
        kept &= (in_window != window) | np.isin(terms, most)
    if not kept.all():
        in_window, terms, counts = in_window[kept], terms[kept], counts[kept]
    return Words(
        identifiers=Occurrences(names, totals),
        in_window=compact(in_window),
        terms=compact(terms),
        counts=compact(counts),
        lengths=compact(lengths),
    )


def _line_starts(document: Document, split: SplitText) -> Ints:
    """Where each line begins, and where the text ends."""
    if "\r" not in document.text:
        return split.line_starts
    return np.array([*document.line_starts, len(document.text)])


def _terms(number_of: dict[str, int]) -> tuple[list[str], Ints]:
    """The identifiers in order of first use, and for each word, by its number, which of them it is."""
    names = list(number_of)
    is_name = np.ones(len(names), np.bool_)
    same: list[tuple[int, int]] = []  # of words that are one identifier the later and the first
    too_long: list[int] = []
    odd = [it for it in names if it < ":"]
    if max(map(len, names), default=0) > NAME_MAX_CHARACTERS:
        odd = [it for it in names if it < ":" or len(it) > NAME_MAX_CHARACTERS]
    for word in odd:
        number, name = number_of[word], word.lstrip(digits)
        if 0 < len(name) <= NAME_MAX_CHARACTERS:
            known = number_of.get(name, number)
            first, later = min(number, known), max(number, known)
            number_of[name], names[first] = first, name
            if first == later:
                continue
            same.append((later, first))
            number = later
        elif name:
            too_long.append(number)
        is_name[number] = False
    term_of: Ints = np.cumsum(is_name, dtype=np.int32) - np.int32(1)
    term_of[~is_name] = _NO_WORD
    term_of[too_long] = _TOO_LONG
    for later, first in same:
        term_of[later] = term_of[first]
    return list(compress(names, is_name.tolist())), term_of


def _number(name: str, names: list[str], number_of: dict[str, int], term_of: Ints) -> int:
    """The term of *name*; it is added to the *names* if it is none of them yet."""
    number = number_of.get(name)
    if number is not None:
        return int(term_of[number])
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
