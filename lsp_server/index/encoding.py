"""An indexed file as bytes, for the pipe from a worker and for the saved index.

Damaged bytes never become a wrong answer: a checksum stands in front.
"""

import json
import struct
import sys
import zlib

import numpy as np

from lsp_server.index.file import IndexedFile, Ints
from lsp_server.index.occurrences import Occurrences, compact
from lsp_server.syntax.outline import Definition, Import, Outline

# Raise it whenever outlines, windows or what counts as a secret change: saved indexes start over.
SCHEMA = 6

_FRONT = struct.Struct("<IIIIII")  # checksum, bytes of outline and text, blocks, windows, postings


class DamagedEntryError(Exception):
    """These bytes are not what `encoded` made."""


def encoded(file: IndexedFile) -> bytes:
    outline = zlib.compress(json.dumps(_outline_as_json(file.outline), ensure_ascii=True).encode(), 1)
    body = b"".join(
        (
            outline,
            file.packed_text,
            *(
                np.ascontiguousarray(array, np.dtype("<i4")).tobytes()
                for array in (
                    file.text_blocks,
                    file.windows,
                    file.window_lengths,
                    file.posting_window,
                    file.posting_term,
                    file.posting_count,
                )
            ),
        )
    )
    blocks, windows, postings = len(file.text_blocks), len(file.windows), len(file.posting_term)
    front = (len(outline), len(file.packed_text), blocks, windows, postings)
    return _FRONT.pack(zlib.crc32(body), *front) + body


def decoded(data: bytes) -> IndexedFile:
    """Raises DamagedEntryError."""
    if len(data) < _FRONT.size:
        raise DamagedEntryError
    checksum, outline_bytes, text_bytes, blocks, windows, postings = _FRONT.unpack_from(data)
    body = memoryview(data)[_FRONT.size :]
    size = outline_bytes + text_bytes + 4 * (2 * blocks + 3 * windows + 3 * postings)
    if len(body) != size or zlib.crc32(body) != checksum:
        raise DamagedEntryError
    numbers: Ints = np.frombuffer(body[outline_bytes + text_bytes :], np.dtype("<i4"))
    cuts = np.cumsum([2 * blocks, 2 * windows, windows, postings, postings])
    text_blocks, spans, lengths, in_window, terms, counts = np.split(numbers, cuts)
    return IndexedFile(
        outline=_outline_of(json.loads(zlib.decompress(body[:outline_bytes]))),
        packed_text=bytes(body[outline_bytes : outline_bytes + text_bytes]),
        # Copies, small ones: views would keep all of *data* alive.
        text_blocks=text_blocks.astype(np.int32).reshape(-1, 2),
        windows=spans.astype(np.int32).reshape(-1, 2),
        window_lengths=compact(lengths),
        posting_window=compact(in_window),
        posting_term=compact(terms),
        posting_count=compact(counts),
    )


def _outline_as_json(outline: Outline) -> list[object]:
    return [
        outline.path,
        outline.language,
        outline.line_count,
        [
            (
                it.name, it.kind, it.start_line, it.end_line, it.name_line, it.owner, it.signature, it.doc,
                it.parameters,
            )
            for it in outline.definitions
        ],
        [[it.module, it.line, it.names, it.alias] for it in outline.imports],
        list(outline.identifiers),
        list(outline.identifiers.values()),
    ]  # fmt: skip


def _outline_of(data: list[object]) -> Outline:
    path, language, line_count, definitions, imports, names, counts = data
    assert isinstance(path, str)
    assert isinstance(language, str)
    assert isinstance(line_count, int)
    assert isinstance(definitions, list)
    assert isinstance(imports, list)
    assert isinstance(names, list)
    assert isinstance(counts, list)
    return Outline(
        path=path,
        language=language,
        line_count=line_count,
        definitions=tuple(
            Definition(
                name=sys.intern(it[0]), kind=sys.intern(it[1]), path=path, start_line=it[2],
                end_line=it[3], name_line=it[4], owner=sys.intern(it[5]), signature=it[6], doc=it[7],
                parameters=tuple(map(sys.intern, it[8])),
            )
            for it in definitions
        ),
        imports=tuple(
            Import(
                module=sys.intern(it[0]), line=it[1],
                names=tuple((sys.intern(a), sys.intern(b)) for a, b in it[2]), alias=sys.intern(it[3]),
            )
            for it in imports
        ),
        identifiers=Occurrences([*map(sys.intern, names)], counts),
    )  # fmt: skip
