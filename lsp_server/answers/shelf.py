"""Where sealed answers lie: a SQLite file of this machine, or a Redis server that several share."""

import sqlite3
from pathlib import Path
from typing import Any, Protocol

from lsp_server.model.private_folder import is_made_private

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
    """In a folder that only the person may read; the oldest of *entries_max* go first."""

    def __init__(self, folder: Path, *, seconds: float, entries_max: int) -> None:
        self._folder = folder
        self._seconds = seconds
        self._entries_max = entries_max
        self._connection: sqlite3.Connection | None = None
        self._writes = 0

    def read(self, name: bytes) -> bytes | None:
        try:
            row = self._opened().execute("SELECT value FROM answers WHERE name = ?", (name,)).fetchone()
        except (OSError, sqlite3.Error) as error:
            raise ShelfError(str(error)) from error
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
        except (OSError, sqlite3.Error) as error:
            raise ShelfError(str(error)) from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            if not is_made_private(self._folder):
                raise OSError(f"{self._folder} is not ours alone")
            connection = sqlite3.connect(self._folder / "answers.sqlite", timeout=self._seconds)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("CREATE TABLE IF NOT EXISTS answers (name BLOB UNIQUE, value BLOB NOT NULL)")
            self._connection = connection
        return self._connection


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
