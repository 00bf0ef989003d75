"""Prompts that the model has read, kept on disk: after a restart a known file's prompt is not read again.

One file each: a header, the tokens, and llama.cpp's state of them. llama.cpp trusts what a state says, so
none is given to it unless its HMAC holds: under a key that only this user can read, and over the identity of
model, library and settings, which all decide what the bytes mean. A file that is cut short or damaged is
deleted, and nothing else happens.
"""

import hashlib
import hmac
import os
import queue
import struct
import tempfile
import threading
from array import array
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lsp_server.model.host.sequences import shared_length
from lsp_server.model.private_folder import key_in

MAGIC = b"kibitz1\n"
HEADER = struct.Struct("<8s32sQQ")  # magic, identity, number of tokens, bytes of the state
MAC_BYTES = 32
TOKENS_MIN = 96  # a shorter prompt is read again in no time
TOKENS_MAX = 1 << 20
FILES_MAX = 64
SAME_PROMPT = 0.7  # a saved prompt that shares so much of itself with a newer one is not needed any more
ENDING = ".prompt"


@dataclass(frozen=True, slots=True)
class _Saved:
    path: Path
    tokens: list[int]
    size: int


class SavedPrompts:
    """Methods but `save` are for the thread that owns the model. Disk errors mean that nothing was saved.

    Raises OSError if there is no key to check them by.
    """

    def __init__(self, folder: Path, identity: str, bytes_max: int) -> None:
        self._folder = folder
        self._identity = hashlib.sha256(identity.encode()).digest()
        self._bytes_max = bytes_max
        self._key = key_in(folder)
        self._lock = threading.Lock()
        self._saved = [saved for path in self._files() if (saved := self._read_header(path)) is not None]
        self._unwritten: queue.SimpleQueue[tuple[list[int], bytes] | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="save prompts", daemon=True)
        self._writer.start()

    def longest(self, tokens: Sequence[int]) -> tuple["_Saved | None", int]:
        """The saved prompt that shares most of its beginning with *tokens*, and how much."""
        wanted = list(tokens)
        with self._lock:
            found = [(shared_length(saved.tokens, wanted), saved) for saved in self._saved]
        length, best = max(found, key=lambda it: it[0], default=(0, None))
        return best, length

    def state(self, saved: _Saved) -> bytes | None:
        """What llama.cpp remembers of it; None, and the file is gone, if that is not as it was written."""
        try:
            content = saved.path.read_bytes()
            os.utime(saved.path)
        except OSError:
            content = b""
        body, mac = content[:-MAC_BYTES], content[-MAC_BYTES:]
        start = HEADER.size + 4 * len(saved.tokens)
        is_whole = len(content) > start and hmac.compare_digest(mac, self._mac(body))
        if not is_whole or body[HEADER.size : start] != array("i", saved.tokens).tobytes():
            self._forget(saved)
            return None
        return body[start:]

    def save(self, tokens: Sequence[int], state: bytes) -> None:
        """Write it in the background."""
        if len(tokens) >= TOKENS_MIN and len(state) < self._bytes_max:
            self._unwritten.put((list(tokens), state))

    def close(self, timeout_s: float) -> None:
        """Wait until what was to be saved is written."""
        self._unwritten.put(None)
        self._writer.join(timeout_s)

    def _write_all(self) -> None:
        while (item := self._unwritten.get()) is not None:
            self._write(*item)

    def _write(self, tokens: list[int], state: bytes) -> None:
        header = HEADER.pack(MAGIC, self._identity, len(tokens), len(state))
        body = b"".join((header, array("i", tokens).tobytes(), state))
        name = hashlib.sha256(body[: HEADER.size + 4 * len(tokens)]).hexdigest()[:32]
        path = self._folder / f"{name}{ENDING}"
        temporary = None
        try:
            handle, temporary = tempfile.mkstemp(
                dir=self._folder, suffix=".new"
            )  # readable by this user alone
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.write(self._mac(body))
            Path(temporary).replace(path)
        except OSError:
            if temporary is not None:
                _remove(Path(temporary))
            return
        with self._lock:
            outdated = [
                it
                for it in self._saved
                if it.path == path or shared_length(it.tokens, tokens) >= SAME_PROMPT * len(it.tokens)
            ]
            self._saved = [it for it in self._saved if it not in outdated]
            self._saved.append(_Saved(path, tokens, len(body) + MAC_BYTES))
        for saved in outdated:
            if saved.path != path:
                _remove(saved.path)
        self._keep_within_bounds()

    def _keep_within_bounds(self) -> None:
        """The least recently used go first, whichever model they were saved for."""
        total = 0
        for number, path in enumerate(self._files()):
            try:
                total += path.stat().st_size
            except OSError:
                continue
            if total > self._bytes_max or number >= FILES_MAX:
                _remove(path)
                with self._lock:
                    self._saved = [it for it in self._saved if it.path != path]

    def _files(self) -> list[Path]:
        """Latest first."""
        dated = []
        for path in self._folder.glob(f"*{ENDING}"):
            try:
                dated.append((path.stat().st_mtime_ns, path))
            except OSError:
                continue
        return [path for _, path in sorted(dated, reverse=True)]

    def _read_header(self, path: Path) -> _Saved | None:
        """None for one of another model; one that cannot be read as one of ours is deleted."""
        try:
            with path.open("rb") as file:
                magic, identity, count, size = HEADER.unpack(file.read(HEADER.size))
                if magic == MAGIC and identity != self._identity:
                    return None
                whole = HEADER.size + 4 * count + size + MAC_BYTES
                if magic != MAGIC or count > TOKENS_MAX or path.stat().st_size != whole:
                    raise struct.error
                tokens = array("i")
                tokens.frombytes(file.read(4 * count))
                return _Saved(path, tokens.tolist(), whole)
        except (OSError, struct.error, ValueError):
            _remove(path)
            return None

    def _forget(self, saved: _Saved) -> None:
        _remove(saved.path)
        with self._lock:
            self._saved = [it for it in self._saved if it is not saved]

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
