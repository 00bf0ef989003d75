"""Where requests are noted: lines of JSON in a file of the user's, bounded, shared by all windows."""

import json
import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import platformdirs

from lsp_server.statistics.request import Request, as_json, request_of

_log = logging.getLogger(__name__)

BYTES_MAX = 2_000_000  # of one file; there may be an older one beside it. About 20,000 requests in all


def default_path() -> Path:
    return Path(platformdirs.user_state_dir("kibitz", appauthor=False)) / "requests.jsonl"


class Journal:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._older = path.with_suffix(".older.jsonl")

    def note(self, requests: Iterable[Request]) -> None:
        """Never raises: what cannot be noted is not noted."""
        lines = "".join(json.dumps(as_json(it)) + "\n" for it in requests).encode()
        if not lines:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._path.exists() and self._path.stat().st_size + len(lines) > BYTES_MAX:
                self._path.replace(self._older)
            number = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(number, lines)  # at once: another window may write, too
            finally:
                os.close(number)
        except OSError as error:
            _log.info("statistics are not kept: %s", error)

    def requests(self) -> Iterator[Request]:
        """Oldest first; damaged lines are passed over."""
        for path in (self._older, self._path):
            try:
                lines = path.read_bytes().splitlines()
            except OSError:
                continue
            for line in lines:
                try:
                    request = request_of(json.loads(line))
                except ValueError:
                    continue
                if request is not None:
                    yield request

    def clear(self) -> None:
        for path in (self._older, self._path):
            path.unlink(missing_ok=True)
