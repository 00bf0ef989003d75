"""Bytes of all kinds into the reader of frames, in pieces of all sizes. Counted in frames.

Good frames among the bad ones come out whole and in their order; what cannot be read costs a
`BadFrame` or ends the stream, and nothing else is ever raised.
"""

from __future__ import annotations

from contextlib import suppress
from random import Random

from lsp_server.editor.frames import BadFrame, FrameError, FrameReader
from tests.fuzz.effort import Effort

FRAMES_PER_TRY = 20


def fuzz(effort: Effort) -> None:
    for random in effort:
        good(random, effort)
        hostile(random, effort)


def good(random: Random, effort: Effort) -> None:
    """Frames as some editor may write them, and refused ones between them."""
    bodies, stream = [], b""
    for number in range(FRAMES_PER_TRY):
        if random.random() < 0.2:
            # The reader goes on at the next header, so the refused one has no body.
            stream += b"Content-Length: %d\r\n\r\n" % random.randrange(1 << 27, 1 << 90)
            continue
        body = b'{"number":%d,"text":"%b"}' % (number, b"x" * random.randrange(200))
        bodies.append(body)
        stream += header(random, len(body)) + body
    got = [it for it in fed(random, stream) if isinstance(it, bytes)]
    assert got == bodies, f"seed {effort.seed}, try {effort.number}"
    effort.done += FRAMES_PER_TRY


def hostile(random: Random, effort: Effort) -> None:
    stream = b"".join(
        random.choice((
            lambda: random.randbytes(random.randrange(40)),
            lambda: header(random, random.randrange(60)),
            lambda: b"Content-Length: " + random.randbytes(random.randrange(9)) + b"\r\n\r\n",
            lambda: b"\r\n" * random.randrange(6),
            lambda: b"Content-Length: -1\r\n\r\n",
            lambda: b"Content-Length: 5\r\nContent-Length: 7\r\n\r\n{}",
        ))()
        for _ in range(FRAMES_PER_TRY)
    )  # fmt: skip
    with suppress(FrameError):
        fed(random, stream)
    effort.done += FRAMES_PER_TRY


def fed(random: Random, stream: bytes) -> list[bytes | BadFrame]:
    reader, found, position = FrameReader(), list[bytes | BadFrame](), 0
    longest = random.choice((1, 7, 100, 10_000))
    while position < len(stream):
        size = random.randrange(1, longest + 1)
        found += reader.feed(stream[position : position + size])
        position += size
    return found


def header(random: Random, length: int) -> bytes:
    name = random.choice((b"Content-Length", b"content-length", b"CONTENT-LENGTH"))
    end = random.choice((b"\r\n", b"\r\n", b"\n"))
    fields = [name + b":" + b" " * random.randrange(4) + b"%d" % length + b" " * random.randrange(3)]
    if random.random() < 0.3:
        fields.insert(random.randrange(2), b"Content-Type: application/vscode-jsonrpc; charset=utf-8")
    return end.join(fields) + end + end
