"""One file as the index keeps it: its outline, its windows, and which identifiers stand in which.

The text is kept compressed and without secrets, so what is shown later is what was indexed, with no
look at the disk in between.
"""

import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import PurePosixPath

import numpy as np

from lsp_server.index.numbers import Ints
from lsp_server.index.occurrences import Occurrences
from lsp_server.index.packed import PackedDefinitions, packed
from lsp_server.index.windows import windows_of
from lsp_server.syntax.outline import Import, Outline
from lsp_server.syntax.outlining import IDENTIFIER, NAME_MAX_CHARACTERS, identifiers_in, syntax_in
from lsp_server.text.document import Document
from lsp_server.text.lines import lines_of
from lsp_server.text.secrets import redact

_COMPRESSION = 1  # text is unpacked in every request; the fastest level is small enough
_WINDOW_NAMES_MAX = 400  # identifiers of one window; more is data
_OUTLINES_KEPT = 256


@dataclass(frozen=True, kw_only=True, eq=False)
class IndexedFile:
    path: str
    language: str
    line_count: int
    definitions: PackedDefinitions
    imports: tuple[Import, ...]
    identifiers: Occurrences
    packed_text: bytes
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

    def names_in(self, window: int) -> list[str]:
        """The identifiers in a window, by its number."""
        first, last = np.searchsorted(self.posting_window, (window, window + 1))
        return [self.names[term] for term in self.posting_term[first:last].tolist()]

    @property
    def text(self) -> str:
        return zlib.decompress(self.packed_text).decode("utf-8", "surrogatepass")

    @property
    def lines(self) -> list[str]:
        return lines_of(self.text)


@lru_cache(maxsize=_OUTLINES_KEPT)
def _outline_of(file: IndexedFile) -> Outline:
    return Outline(
        path=file.path, language=file.language, line_count=file.line_count,
        definitions=file.definitions.all(), imports=file.imports, identifiers=file.identifiers,
    )  # fmt: skip


def index_file(document: Document) -> IndexedFile:
    """Read *document* once; what comes back holds no secret."""
    text = redact(document.text)
    clean = document if text == document.text else replace(document, text=text)
    lines = lines_of(text)
    definitions, imports = syntax_in(clean, lines)
    windows = windows_of(definitions, lines)
    words = _words_of(clean, windows)
    return IndexedFile(
        path=document.path,
        language=document.language,
        line_count=len(lines),
        definitions=packed(document.path, definitions),
        imports=imports,
        identifiers=words.identifiers,
        packed_text=zlib.compress(text.encode("utf-8", "surrogatepass"), _COMPRESSION),
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

    Loops over words run inside C as far as they can: there are millions of them.
    """
    text, starts = document.text, [*document.line_starts, len(document.text)]
    found = [Counter(IDENTIFIER.findall(text, starts[first], starts[last + 1])) for first, last in windows]
    names = dict.fromkeys(chain.from_iterable(found))
    is_data = max(map(len, names), default=0) > NAME_MAX_CHARACTERS
    if is_data:
        names = dict.fromkeys(it for it in names if len(it) <= NAME_MAX_CHARACTERS)
    of_path = list(identifiers_in(PurePosixPath(document.path).stem).items())
    names.update(dict.fromkeys(name for name, _ in of_path))
    numbers = {sys.intern(name): number for number, name in enumerate(names)}
    terms, counts, sizes, lengths = array("i"), array("i"), [], []
    is_whole = True
    for window in found:
        for name, times in of_path:
            window[name] += times
        lengths.append(window.total())
        kept: dict[str, int] = window
        if len(window) > _WINDOW_NAMES_MAX:
            kept, is_whole = dict(window.most_common(_WINDOW_NAMES_MAX)), False
        if is_data:
            kept = {name: times for name, times in kept.items() if name in numbers}
        terms.extend(map(numbers.__getitem__, kept))
        counts.extend(kept.values())
        sizes.append(len(kept))
    all_terms, all_counts = np.array(terms, np.int32), np.array(counts, np.int32)
    if is_whole:
        totals: Ints = np.bincount(all_terms, all_counts, minlength=len(numbers)).astype(np.int64)
        for name, times in of_path:
            totals[numbers[name]] -= times * len(windows)
    else:
        counted = identifiers_in(text)
        totals = np.array([counted.get(name, 0) for name in numbers], np.int64)
    return _Words(
        identifiers=Occurrences(list(numbers), totals),
        in_window=np.repeat(np.arange(len(windows), dtype=np.int32), sizes),
        terms=all_terms,
        counts=all_counts,
        lengths=np.array(lengths, np.int32),
    )
