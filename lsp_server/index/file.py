"""One file as the index keeps it: its outline, its windows, and which identifiers stand in which.

The text is kept compressed and without secrets, so what is shown later is what was indexed, with no
look at the disk in between.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lsp_server.index.blocks import packed as packed_text_of
from lsp_server.index.blocks import unpacked, unpacked_lines
from lsp_server.index.numbers import Ints
from lsp_server.index.occurrences import Occurrences
from lsp_server.index.packed import PackedDefinitions, packed
from lsp_server.index.windows import windows_of
from lsp_server.index.words import split_text, words_of
from lsp_server.syntax.outline import Import, Outline
from lsp_server.syntax.outlining import syntax_in
from lsp_server.syntax.python_statements import DEFINING_WORDS
from lsp_server.syntax.tree import parse_once
from lsp_server.text.document import Document
from lsp_server.text.lines import lines_of
from lsp_server.text.secrets import redact_at_once

_OUTLINES_KEPT = 256
_TOP_LEVELS_KEPT = 1_024  # a package may have hundreds of files, all in scope


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
        names = self.names
        return [names[term] for term in self.posting_term[first:last].tolist()]

    @property
    def text(self) -> str:
        return unpacked(self.packed_text, self.text_blocks)

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
    split = split_text(document.text)
    text, clean = redact_at_once(document.text, split.vocabulary), document
    if text != document.text:
        split, clean = split_text(text), replace(document, text=text)
    lines = lines_of(text)
    tree = parse_once(text, document.language)
    definitions, imports = syntax_in(clean, lines, tree, split.begins_of(DEFINING_WORDS))
    windows: Ints = np.array(windows_of(definitions, lines), np.int32).reshape(-1, 2)
    words = words_of(clean, split, windows)
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
        windows=windows,
        posting_window=words.in_window,
        posting_term=words.terms,
        posting_count=words.counts,
        window_lengths=words.lengths,
    )
