"""Which errors of SQLite say that its file is damaged, and not that it cannot be used just now."""

import sqlite3

# The second, when the names in a damaged file get into an error's message.
FAULTS = (sqlite3.Error, UnicodeDecodeError)
# Locked, full, not permitted: nothing is wrong with the file.
_CIRCUMSTANCES = frozenset(
    (
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT,
    )
)  # fmt: skip


def is_damage(error: Exception) -> bool:
    """Of an error among FAULTS; of others, which know no code, True."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return code & 0xFF not in _CIRCUMSTANCES
