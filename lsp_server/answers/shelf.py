"""Where sealed answers lie: a SQLite file of this machine, or a Redis server that several share."""

import sqlite3
from pathlib import Path
from typing import Any, Protocol

from lsp_server.model.private_folder import is_made_private
from lsp_server.sqlite_damage import FAULTS, is_damage

_TRIMMED_EVERY = 64  # writes
DAYS_KEPT = 30  # in Redis, since the last time an answer was given


class ShelfError(Exception):
    """It cannot be reached now, or not in time."""


class Shelf(Protocol):
    """Used from one thread. Raises ShelfError."""

    def read(self, name: bytes) -> bytes | None: ...

    def write(self, name: bytes, value: bytes) -> None: ...

    def close(self) -> None: ...


class SqliteShelf:
    """In a folder that only the person may read; the oldest of *entries_max* go first.

    A damaged file is removed, and a new one begun at the next use.
    """

    def __init__(self, folder: Path, *, seconds: float, entries_max: int) -> None:
        self._path = folder / "answers.sqlite"
        self._seconds = seconds
        self._entries_max = entries_max
        self._connection: sqlite3.Connection | None = None
        self._writes = 0

    def read(self, name: bytes) -> bytes | None:
        try:
            row = self._opened().execute("SELECT value FROM answers WHERE name = ?", (name,)).fetchone()
        except (OSError, *FAULTS) as error:
            raise self._failure(error) from error
        return row[0] if row is not None and isinstance(row[0], bytes) else None

    def write(self, name: bytes, value: bytes) -> None:
        try:
            connection = self._opened()
            with connection:
                connection.execute(
                    "INSERT OR REPLACE INTO answers (name, value) VALUES (?, ?)", (name, value)
                )
                self._writes += 1
                if self._writes % _TRIMMED_EVERY == 1:
                    connection.execute(
                        "DELETE FROM answers WHERE rowid <= (SELECT max(rowid) FROM answers) - ?",
                        (self._entries_max,),
                    )
        except (OSError, *FAULTS) as error:
            raise self._failure(error) from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            if not is_made_private(self._path.parent):
                raise OSError(f"{self._path.parent} is not ours alone")
            connection = sqlite3.connect(self._path, timeout=self._seconds)
            try:
                # No write-ahead log: SQLite before 3.51.3 may lose pages of one that two processes use.
                # What a power cut damages is made again, so nothing waits for the disk.
                connection.execute("PRAGMA journal_mode = TRUNCATE")
                connection.execute("PRAGMA synchronous = OFF")
                # A damaged page may take what is written and refuse to be read.
                (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
                if found != "ok":
                    raise sqlite3.DatabaseError(found)
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS answers (name BLOB UNIQUE, value BLOB NOT NULL)"
                )
            except FAULTS:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _failure(self, error: Exception) -> ShelfError:
        if isinstance(error, FAULTS) and is_damage(error):
            self.close()
            self._path.unlink(missing_ok=True)
        return ShelfError(str(error))


class RedisShelf:
    """On the server that *url* names. What it holds is believed no more than its seal."""

    def __init__(self, url: str, *, seconds: float, bytes_max: int) -> None:
        self._url = url
        self._seconds = seconds
        self._bytes_max = bytes_max
        self._client: Any = None

    def read(self, name: bytes) -> bytes | None:
        """No more than `bytes_max` comes over the wire, whatever lies there."""
        import redis

        try:
            value = self._connected().getrange(_key(name), 0, self._bytes_max - 1)
        except (redis.RedisError, OSError, ValueError) as error:
            raise ShelfError(_without_password(error)) from error
        return value if isinstance(value, bytes) and value else None

    def write(self, name: bytes, value: bytes) -> None:
        import redis

        try:
            self._connected().set(_key(name), value, ex=DAYS_KEPT * 86_400)
        except (redis.RedisError, OSError, ValueError) as error:
            raise ShelfError(_without_password(error)) from error

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _connected(self) -> Any:
        if self._client is None:
            import redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry

            self._client = redis.Redis.from_url(
                self._url, socket_timeout=self._seconds, socket_connect_timeout=self._seconds,
                retry=Retry(NoBackoff(), 0), protocol=2,
            )  # fmt: skip
        return self._client


def _key(name: bytes) -> str:
    return f"kibitz:answer:{name.hex()}"


def _without_password(error: Exception) -> str:
    return type(error).__name__
