"""One file as the index keeps it: its outline, its windows, and which identifiers stand in which.

The text is kept compressed and without secrets, so what is shown later is what was indexed, with no
look at the disk in between.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain, count
from pathlib import PurePosixPath
from string import ascii_letters, digits
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lsp_server.index.blocks import packed as packed_text_of
from lsp_server.index.blocks import unpacked, unpacked_lines
from lsp_server.index.numbers import Ints, compact
from lsp_server.index.occurrences import Occurrences
from lsp_server.index.packed import PackedDefinitions, packed
from lsp_server.index.windows import windows_of
from lsp_server.syntax.outline import Import, Outline
from lsp_server.syntax.outlining import IDENTIFIER, NAME_MAX_CHARACTERS, identifiers_in, syntax_in
from lsp_server.text.document import Document
from lsp_server.text.lines import lines_of
from lsp_server.text.secrets import redact

_WINDOW_NAMES_MAX = 400  # identifiers of one window; more is data
_WORD_BYTES = frozenset(b"_$" + ascii_letters.encode() + digits.encode())
_TO_WORDS = bytes(it if it in _WORD_BYTES else ord(" ") for it in range(256))
_OUTLINES_KEPT = 256
_TOP_LEVELS_KEPT = 1_024  # a package may have hundreds of files, all in scope

Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class IndexedFile:
    path: str
    language: str
    line_count: int
    definitions: PackedDefinitions
    imports: tuple[Import, ...]
    identifiers: Occurrences
    packed_text: bytes
    text_blocks: NDArray[np.int32]  # (n, 2), see `blocks.packed`
    windows: Ints  # (n, 2): first and last line, 0-based, inclusive
    # One posting per window and identifier; `term` numbers the file's identifiers.
    posting_window: Ints
    posting_term: Ints
    posting_count: Ints
    window_lengths: Ints = field(repr=False)  # identifiers in each window

    @property
    def outline(self) -> Outline:
        return _outline_of(self)

    @cached_property
    def suffix(self) -> str:
        return PurePosixPath(self.path).suffix.lower()

    @property
    def names(self) -> tuple[str, ...]:
        """The identifiers by their number, as `posting_term` counts them."""
        return self.identifiers.names

    @property
    def top_level(self) -> tuple["NumberedName", ...]:
        """What stands outside of any class or function."""
        return _top_level_of(self)

    def names_in(self, window: int) -> list[str]:
        """The identifiers in a window, by its number."""
        first, last = np.searchsorted(self.posting_window, (window, window + 1))
        return [self.names[term] for term in self.posting_term[first:last].tolist()]

    @property
    def text(self) -> str:
        return unpacked(self.packed_text)

    @property
    def lines(self) -> list[str]:
        return lines_of(self.text)

    def lines_from(self, first: int, last: int) -> list[str]:
        """The lines from *first* to *last*, inclusive; cheap even in a long file."""
        return unpacked_lines(self.packed_text, self.text_blocks, first, last)


@lru_cache(maxsize=_OUTLINES_KEPT)
def _outline_of(file: IndexedFile) -> Outline:
    return Outline(
        path=file.path, language=file.language, line_count=file.line_count,
        definitions=file.definitions.all(), imports=file.imports, identifiers=file.identifiers,
    )  # fmt: skip


class NumberedName(NamedTuple):
    """A definition that need not be made yet."""

    name: str
    path: str
    number: int  # among the definitions of the file


@lru_cache(maxsize=_TOP_LEVELS_KEPT)
def _top_level_of(file: IndexedFile) -> tuple[NumberedName, ...]:
    heads = enumerate(file.definitions.heads())
    return tuple(NumberedName(name, file.path, number) for number, (name, owner, _) in heads if not owner)


def index_file(document: Document) -> IndexedFile:
    """Read *document* once; what comes back holds no secret."""
    text = redact(document.text)
    clean = document if text == document.text else replace(document, text=text)
    lines = lines_of(text)
    definitions, imports = syntax_in(clean, lines)
    windows = windows_of(definitions, lines)
    words = _words_of(clean, windows)
    packed_text, text_blocks = packed_text_of(text)
    return IndexedFile(
        path=document.path,
        language=document.language,
        line_count=len(lines),
        definitions=packed(document.path, definitions),
        imports=imports,
        identifiers=words.identifiers,
        packed_text=packed_text,
        text_blocks=text_blocks,
        windows=np.array(windows, np.int32).reshape(-1, 2),
        posting_window=words.in_window,
        posting_term=words.terms,
        posting_count=words.counts,
        window_lengths=words.lengths,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    identifiers: Occurrences
    in_window: Ints
    terms: Ints
    counts: Ints
    lengths: Ints


def _words_of(document: Document, windows: Sequence[tuple[int, int]]) -> _Words:
    """Each window is searched once: an identifier lies on one line, and only blank lines are in no window.

    There are millions of words in a repository, so nothing here loops over them outside of C.
    """
    text, starts = document.text, [*document.line_starts, len(document.text)]
    spans = [(starts[first], starts[last + 1]) for first, last in windows]
    # Cutting at all else is twice as fast as the pattern, but leaves numbers, and digits before a name.
    plain = text.encode("ascii", "replace").translate(_TO_WORDS).decode("ascii")
    found = [plain[start:end].split() for start, end in spans]
    words = list(chain.from_iterable(found))
    different = dict.fromkeys(words)  # in order of first use
    odd = [it for it in different if "0" <= it < ":" or len(it) > NAME_MAX_CHARACTERS]
    names = different
    if odd:
        names = dict.fromkeys(
            name for it in different if 0 < len(name := it.lstrip(digits)) <= NAME_MAX_CHARACTERS
        )
    of_path = list(identifiers_in(PurePosixPath(document.path).stem).items())
    if of_path:
        names.update(dict.fromkeys(name for name, _ in of_path))
    numbers = dict(zip(names, count(), strict=False))
    size = len(numbers) + 2
    data, no_word = len(numbers), len(numbers) + 1
    number_of = numbers | {
        it: numbers.get(name, data) if (name := it.lstrip(digits)) else no_word for it in odd
    }
    terms: Ints = np.fromiter(map(number_of.__getitem__, words), np.int64, len(words))
    in_window: Ints = np.repeat(np.arange(len(windows)), np.fromiter(map(len, found), np.int64, len(found)))
    if odd:
        is_word = terms != no_word
        terms, in_window = terms[is_word], in_window[is_word]
    totals = np.bincount(terms, minlength=size)[:data]
    lengths = np.bincount(in_window, minlength=len(windows)) + sum(times for _, times in of_path)
    # One number for a window and a term in it, once for each time that it stands there.
    pairs = [in_window * size + terms]
    pairs += [np.arange(len(windows)) * size + numbers[name] for name, times in of_path for _ in range(times)]
    held, counts = _counted(np.concatenate(pairs))
    in_window = held // size
    terms = held - in_window * size
    limits = [
        _most_used(IDENTIFIER.findall(text, *spans[window]), of_path, numbers, (in_window != window), terms)
        for window, there in enumerate(found)
        if len(there) + len(of_path) > _WINDOW_NAMES_MAX
    ]
    if odd or limits:
        kept = np.logical_and.reduce([terms < data, *limits])
        in_window, terms, counts = in_window[kept], terms[kept], counts[kept]
    return _Words(
        identifiers=Occurrences(list(numbers), totals),
        in_window=compact(in_window),
        terms=compact(terms),
        counts=compact(counts),
        lengths=compact(lengths),
    )


def _counted(numbers: Ints) -> tuple[Ints, Ints]:
    """The different ones of *numbers*, ascending, and how often each is there. Faster than `np.unique`."""
    ordered = np.sort(numbers)
    firsts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[firsts], np.diff(firsts, append=len(ordered))


def _most_used(
    words: Sequence[str],
    of_path: Sequence[tuple[str, int]],
    numbers: Mapping[str, int],
    is_elsewhere: Bools,
    terms: Ints,
) -> Bools:
    """Which postings stay: those of other windows, and those of the words that this one uses most."""
    names = Counter(words)
    names.update(dict(of_path))
    most = [numbers[name] for name, _ in names.most_common(_WINDOW_NAMES_MAX) if name in numbers]
    kept: Bools = is_elsewhere | np.isin(terms, most)
    return kept
