"""The process that reads and parses files, so that no file can take the language server down.

Started by `workers.py` as `python -m`; asked in JSON lines on standard input, one list of paths each;
answers each path with one frame on standard output: a length, a kind, bytes.
"""

import json
import os
import queue
import struct
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from lsp_server.errors import UnreadableFile
from lsp_server.index.encoding import encoded
from lsp_server.index.file import index_file
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document
from lsp_server.text.lines import has_line_beyond
from lsp_server.workspace.files import INDEXED_MAX_BYTES, read_source

FRAME = struct.Struct("<IB")
INDEXED, REFUSED = 0, 1

_NICENESS = 10
_MEMORY_MAX_BYTES = 3 << 30
_MINIFIED_LINE = 5_000  # characters


def read_and_index(root: Path, path: str) -> bytes:
    """One file as the index keeps it. Raises UnreadableFile."""
    source = read_source(root, path, max_bytes=INDEXED_MAX_BYTES)
    if has_line_beyond(source.text, _MINIFIED_LINE):
        raise UnreadableFile(f"{path} is minified or data", hint="Nothing needs to be done.")
    return encoded(index_file(Document(path=path, text=source.text, language=language_of(path))))


def main() -> None:
    _be_modest()
    answers = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)  # whatever a library prints must not get between the frames
    root = Path(json.loads(sys.stdin.buffer.readline()))
    batches: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(batches,), daemon=True).start()
    while True:
        for path in batches.get():
            _answer(answers, root, path)
            answers.flush()  # so that what is not answered when this process dies is what it died of


def _listen(batches: "queue.SimpleQueue[list[str]]") -> None:
    """Whoever asked has gone when the input ends: then nobody needs the batch that is being read."""
    for line in sys.stdin.buffer:
        batches.put(json.loads(line))
    os._exit(0)


def _answer(answers: BinaryIO, root: Path, path: str) -> None:
    try:
        kind, data = INDEXED, read_and_index(root, path)
    except UnreadableFile as error:
        kind, data = REFUSED, str(error).encode("utf-8", "replace")
    answers.write(FRAME.pack(len(data), kind) + data)


def _be_modest() -> None:
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MAX_BYTES, _MEMORY_MAX_BYTES))


if __name__ == "__main__":
    main()
