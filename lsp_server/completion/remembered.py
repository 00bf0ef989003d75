"""Frames across restarts: the model host keeps what it read, and this what was shown in which prompt.

One file for each repository, model and family, in a folder that only this user can enter. It is checked
against its HMAC before it is believed, and can be deleted at any time. A frame with a secret in its text
is not written: the model never saw the secret, and neither does the disk.
"""

import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lsp_server.completion.frames import Frame
from lsp_server.context.snippet import Snippet
from lsp_server.model.private_folder import is_made_private, key_in
from lsp_server.prompting.window import Window

FILES_MAX = 200  # repositories and models; the least recently used are forgotten
ENDING = ".frames"


class RememberedFrames:
    """*identity* names what the frames are of. An unreadable disk means that nothing is remembered."""

    def __init__(self, folder: Path, identity: str) -> None:
        self._folder = folder
        self._path = folder / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}{ENDING}"

    def read(self) -> tuple[Frame, ...]:
        try:
            mac, _, body = self._path.read_bytes().partition(b"\n")
            if not is_made_private(self._folder) or not hmac.compare_digest(mac, self._mac(body)):
                return ()
            return tuple(_frame(values) for values in json.loads(body))
        except (OSError, ValueError, TypeError, KeyError):
            return ()

    def write(self, frames: Sequence[Frame]) -> None:
        """Replace what was remembered."""
        shown = [frame for frame in frames if not _has_secret(frame)]
        temporary = None
        try:
            body = json.dumps([asdict(frame) for frame in shown]).encode()
            if not is_made_private(self._folder):
                return
            handle, temporary = tempfile.mkstemp(dir=self._folder, suffix=".new")
            with os.fdopen(handle, "wb") as file:
                file.write(self._mac(body) + b"\n" + body)
            Path(temporary).replace(self._path)
            self._forget_oldest()
        except (OSError, ValueError):
            if temporary is not None:
                Path(temporary).unlink(missing_ok=True)

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(key_in(self._folder), self._path.name.encode() + body, "sha256").hex().encode()

    def _forget_oldest(self) -> None:
        known = sorted(self._folder.glob(f"*{ENDING}"), key=lambda path: path.stat().st_mtime_ns)
        for path in known[:-FILES_MAX]:
            path.unlink(missing_ok=True)


def _has_secret(frame: Frame) -> bool:
    return (frame.before, frame.after) != (frame.window.prefix, frame.window.suffix)


def _frame(values: dict[str, Any]) -> Frame:
    window = values.pop("window")
    snippets = tuple(Snippet(**snippet) for snippet in window.pop("snippets"))
    return Frame(**values, window=Window(**window, snippets=snippets))
