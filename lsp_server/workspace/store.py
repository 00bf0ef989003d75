"""The saved index of one repository: a SQLite file in the user's cache folder.

It may be deleted, damaged or locked at any time: then it is made again, or done without. Rows are
checked by `index.encoding`, so a flipped bit is a missing row and never a wrong one.
"""

import hashlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import platformdirs

from lsp_server.index.encoding import SCHEMA
from lsp_server.sqlite_damage import FAULTS, is_damage

_log = logging.getLogger(__name__)

_UNUSED_MAX_SECONDS = 90 * 86_400
_ROWS_PER_READ = 200


def default_folder() -> Path:
    return Path(platformdirs.user_cache_dir("kibitz", appauthor=False)) / "index"


class Store:
    """What was known of each path, with the size and time it was known for. Use it from one thread."""

    def __init__(self, folder: Path, root: Path, folders: Sequence[str] = ("",)) -> None:
        name = "\0".join((str(root), *filter(None, folders)))
        key = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
        self._path = folder / f"{key}.sqlite"
        self.trouble = ""  # why nothing is saved, in a sentence with a way out
        self._database: sqlite3.Connection | None = None
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._database = self._opened()
            _forget_unused(folder)
        except (OSError, *FAULTS) as error:
            _log.warning("The index will not be saved: %s", error)
            self.trouble = _in_words(folder, error)

    def known(self) -> Mapping[str, tuple[int, int]]:
        """path → (size, mtime_ns)."""
        rows = self._rows("SELECT path, size, mtime_ns FROM file")
        return {
            path: (size, mtime_ns)
            for path, size, mtime_ns in rows
            if isinstance(path, str) and isinstance(size, int) and isinstance(mtime_ns, int)
        }

    def entries(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """(path, bytes) of those of *paths* that are here, in any order."""
        wanted = list(paths)
        for first in range(0, len(wanted), _ROWS_PER_READ):
            part = wanted[first : first + _ROWS_PER_READ]
            marks = ",".join("?" * len(part))
            for path, entry in self._rows(
                f"SELECT path, entry FROM file WHERE path IN ({marks})",  # noqa: S608
                part,
            ):
                if isinstance(path, str) and isinstance(entry, bytes):  # a damaged row may hold anything
                    yield path, entry

    def save(self, rows: Iterable[tuple[str, int, int, bytes]], gone: Iterable[str]) -> None:
        """Keep (path, size, mtime_ns, bytes) rows and forget the paths that are *gone*."""
        if self._database is None:
            return
        try:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)", rows)
                self._database.executemany("DELETE FROM file WHERE path = ?", [(path,) for path in gone])
        except FAULTS as error:
            self._give_up(error)

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _rows(self, query: str, values: Iterable[str] = ()) -> list[tuple]:  # type: ignore[type-arg]
        if self._database is None:
            return []
        try:
            return self._database.execute(query, list(values)).fetchall()
        except FAULTS as error:
            self._give_up(error)
            return []

    def _give_up(self, error: Exception) -> None:
        """A damaged file is removed; the next start begins a new one."""
        _log.warning("The saved index is not used any more: %s", error)
        self.trouble = _in_words(self._path.parent, error)
        self.close()
        if is_damage(error):
            self._path.unlink(missing_ok=True)

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except FAULTS as error:
            if not is_damage(error):
                raise
            _log.warning("The saved index was damaged and is made again: %s", error)
            self._path.unlink(missing_ok=True)
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        database = sqlite3.connect(self._path, timeout=1.0, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = TRUNCATE")
            database.execute("PRAGMA synchronous = OFF")
            (schema,) = database.execute("PRAGMA user_version").fetchone()
            if schema != SCHEMA:
                database.execute("DROP TABLE IF EXISTS file")
                database.execute(f"PRAGMA user_version = {SCHEMA}")
            database.execute(
                "CREATE TABLE IF NOT EXISTS file"
                " (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, entry BLOB) WITHOUT ROWID"
            )
            database.execute("SELECT path, size, mtime_ns FROM file LIMIT 1").fetchone()
            database.commit()
        except FAULTS:
            database.close()
            raise
        os.utime(self._path)
        return database


def _in_words(folder: Path, error: Exception) -> str:
    """Nothing but speed is lost, and this is how to get it back."""
    if is_damage(error) and isinstance(error, FAULTS):
        return "The saved index was damaged; the next start makes a new one."
    return f"The index cannot be saved in {folder} ({error}). Free some space there, or make it writable."


def _forget_unused(folder: Path) -> None:
    oldest = time.time() - _UNUSED_MAX_SECONDS
    for path in folder.glob("*.sqlite"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except OSError:
            continue
