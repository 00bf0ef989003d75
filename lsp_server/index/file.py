"""One file as the index keeps it: its outline, its windows, and which identifiers stand in which.

The text is kept compressed and without secrets, so what is shown later is what was indexed, with no
look at the disk in between.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsp_server.index.blocks import packed, unpacked, unpacked_lines
from lsp_server.index.windows import windows_of
from lsp_server.syntax.outline import Definition, Outline
from lsp_server.syntax.outlining import IDENTIFIER, identifiers_in, outline
from lsp_server.text.document import Document
from lsp_server.text.lines import lines_of
from lsp_server.text.secrets import redact

_WINDOW_NAMES_MAX = 400  # identifiers of one window; more is data

Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, kw_only=True, eq=False)
class IndexedFile:
    outline: Outline
    packed_text: bytes
    text_blocks: NDArray[np.int32]  # (n, 2), see `blocks.packed`
    windows: Ints  # (n, 2): first and last line, 0-based, inclusive
    # One posting per window and identifier; `term` numbers the outline's identifiers.
    posting_window: Ints
    posting_term: Ints
    posting_count: Ints
    window_lengths: Ints = field(repr=False)  # identifiers in each window

    @property
    def path(self) -> str:
        return self.outline.path

    @cached_property
    def suffix(self) -> str:
        return PurePosixPath(self.path).suffix.lower()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The identifiers by their number, as `posting_term` counts them."""
        return tuple(self.outline.identifiers)

    @cached_property
    def top_level(self) -> tuple[Definition, ...]:
        """What stands outside of any class or function."""
        return tuple(it for it in self.outline.definitions if not it.owner)

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


def index_file(document: Document) -> IndexedFile:
    """Read *document* once; what comes back holds no secret."""
    text = redact(document.text)
    clean = document if text == document.text else replace(document, text=text)
    known = outline(clean)
    lines = lines_of(text)
    windows = windows_of(known.definitions, lines)
    numbers = {name: number for number, name in enumerate(known.identifiers)}
    file_names = identifiers_in(PurePosixPath(document.path).stem)
    for name in file_names:
        numbers.setdefault(name, len(numbers))
    if len(numbers) > len(known.identifiers):
        known = replace(known, identifiers={name: known.identifiers.get(name, 0) for name in numbers})
    in_window: list[int] = []
    terms: list[int] = []
    counts: list[int] = []
    lengths: list[int] = []
    for number, (first, last) in enumerate(windows):
        found = Counter(IDENTIFIER.findall("\n".join(lines[first : last + 1])))
        found.update(file_names)
        lengths.append(sum(found.values()))
        for name, count in (
            found.most_common(_WINDOW_NAMES_MAX) if len(found) > _WINDOW_NAMES_MAX else found.items()
        ):
            if (term := numbers.get(name)) is not None:
                in_window.append(number)
                terms.append(term)
                counts.append(count)
    packed_text, text_blocks = packed(text)
    return IndexedFile(
        outline=known,
        packed_text=packed_text,
        text_blocks=text_blocks,
        windows=np.array(windows, np.int32).reshape(-1, 2),
        posting_window=np.array(in_window, np.int32),
        posting_term=np.array(terms, np.int32),
        posting_count=np.array(counts, np.int32),
        window_lengths=np.array(lengths, np.int32),
    )
