"""An indexed file as bytes, for the pipe from a worker and for the saved index.

Damaged bytes never become a wrong answer: a checksum stands in front.
"""

import json
import struct
import sys
import zlib

import numpy as np

from lsp_server.index.file import IndexedFile
from lsp_server.index.numbers import Ints, compact
from lsp_server.index.occurrences import Occurrences
from lsp_server.index.packed import PackedDefinitions, as_facts
from lsp_server.syntax.outline import Import

# Raise it whenever outlines, windows, how texts are packed or what counts as a secret change: saved indexes
# start over.
SCHEMA = 9

_CHECKSUM = struct.Struct("<I")
_LENGTH = struct.Struct("<I")


class DamagedEntryError(Exception):
    """These bytes are not what `encoded` made."""


def encoded(file: IndexedFile) -> bytes:
    """A head in JSON, which says how long the parts behind it are: three texts, then numbers."""
    facts = file.definitions.facts
    arrays = [
        np.frombuffer(facts, f"u{facts.itemsize}"), file.identifiers.counts, compact(file.text_blocks),
        compact(file.windows), file.window_lengths, file.posting_window, file.posting_term,
        file.posting_count,
    ]  # fmt: skip
    texts = [
        file.definitions.texts.encode("ascii"),
        "\n".join(file.identifiers.names).encode("ascii"),
        file.packed_text,
    ]
    head = json.dumps(
        [
            file.path, file.language, file.line_count,
            [[it.module, it.line, it.names, it.alias] for it in file.imports],
            [len(it) for it in texts],
            [[it.dtype.itemsize, it.size] for it in arrays],
        ]
    ).encode()  # fmt: skip
    body = b"".join((_LENGTH.pack(len(head)), head, *texts, *map(_written, arrays)))
    return _CHECKSUM.pack(zlib.crc32(body)) + body


def _written(numbers: Ints) -> bytes:
    """In little-endian order."""
    return (numbers if np.little_endian else numbers.byteswap()).tobytes()


def decoded(data: bytes) -> IndexedFile:
    """Raises DamagedEntryError."""
    body = memoryview(data)[_CHECKSUM.size :]
    if len(body) < _LENGTH.size or _CHECKSUM.pack(zlib.crc32(body)) != data[: _CHECKSUM.size]:
        raise DamagedEntryError
    done = _LENGTH.size + _LENGTH.unpack_from(body)[0]
    path, language, line_count, imports, lengths, forms = json.loads(bytes(body[_LENGTH.size : done]))
    texts: list[bytes] = []
    for length in lengths:
        texts.append(bytes(body[done : done + length]))
        done += length
    arrays: list[Ints] = []
    for itemsize, size in forms:
        # Copies, small ones: views would keep all of *data* alive.
        arrays.append(np.frombuffer(body, f"<u{itemsize}", size, done).astype(f"=u{itemsize}"))
        done += itemsize * size
    facts, counts, text_blocks, spans, window_lengths, in_window, terms, times = arrays
    names = texts[1].decode("ascii")
    return IndexedFile(
        path=path,
        language=sys.intern(language),
        line_count=line_count,
        definitions=PackedDefinitions(
            path=path, texts=texts[0].decode("ascii"), facts=as_facts(facts.tolist())
        ),
        imports=tuple(
            Import(
                module=sys.intern(it[0]), line=it[1],
                names=tuple((sys.intern(a), sys.intern(b)) for a, b in it[2]), alias=sys.intern(it[3]),
            )
            for it in imports
        ),
        identifiers=Occurrences([*map(sys.intern, names.split("\n"))] if names else [], counts),
        packed_text=texts[2],
        text_blocks=text_blocks.astype(np.int32).reshape(-1, 2),
        windows=spans.astype(np.int32).reshape(-1, 2),
        window_lengths=window_lengths,
        posting_window=in_window,
        posting_term=terms,
        posting_count=times,
    )  # fmt: skip
