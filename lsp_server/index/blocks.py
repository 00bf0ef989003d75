"""A text, compressed in blocks of whole lines: a few lines of a long file are read without the rest.

All blocks together are one ordinary zlib stream; behind each the compressor forgets what it has seen.
"""

import zlib
from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from lsp_server.text.lines import lines_of

# The smaller, the faster are a few lines unpacked and the more memory do all texts take: 3.8 MB more in a
# million lines than without blocks, where they take ten.
BLOCK_CHARACTERS = 1_500
_COMPRESSION = 1  # text is unpacked in every request; the fastest level is small enough

_ENCODING, _ERRORS = "utf-8", "surrogatepass"
_HEADER_BYTES = 2  # of a zlib stream
_WITHOUT_HEADER = -zlib.MAX_WBITS


def packed(text: str) -> tuple[bytes, NDArray[np.int32]]:
    """The bytes, and of each block (its first line, where in the bytes it begins)."""
    compressor = zlib.compressobj(_COMPRESSION)
    parts: list[bytes] = []
    blocks: list[tuple[int, int]] = []
    line, size, start = 0, _HEADER_BYTES, 0
    only_newlines = "\r" not in text
    while start < len(text) or not blocks:
        end = text.find("\n", start + BLOCK_CHARACTERS) + 1 or len(text)
        block = text[start:end]
        blocks.append((line, size))
        flush = zlib.Z_FULL_FLUSH if end < len(text) else zlib.Z_FINISH
        part = compressor.compress(block.encode(_ENCODING, _ERRORS)) + compressor.flush(flush)
        size += len(part) - (0 if parts else _HEADER_BYTES)
        parts.append(part)
        line += block.count("\n") if only_newlines else len(lines_of(block)) - 1
        start = end
    return b"".join(parts), np.array(blocks, np.int32)


def unpacked(data: bytes) -> str:
    return zlib.decompress(data).decode(_ENCODING, _ERRORS)


def unpacked_lines(data: bytes, blocks: NDArray[np.int32], first: int, last: int) -> list[str]:
    """The lines from *first* to *last*, inclusive, of which there must be some."""
    first_lines, starts = blocks.T.tolist()  # few: in numpy it takes longer to begin than to search
    begin, end = bisect_right(first_lines, first), bisect_right(first_lines, last)
    bytes_end = starts[end] if end < len(starts) else len(data)
    start_line, bytes_begin = first_lines[begin - 1], starts[begin - 1]
    plain = zlib.decompressobj(_WITHOUT_HEADER).decompress(data[bytes_begin:bytes_end])
    if b"\r" in plain:
        return lines_of(plain.decode(_ENCODING, _ERRORS))[first - start_line : last - start_line + 1]
    # What stands behind them need be neither cut into lines nor read.
    lines = plain.split(b"\n", last - start_line + 1)[first - start_line : last - start_line + 1]
    return b"\n".join(lines).decode(_ENCODING, _ERRORS).split("\n")
