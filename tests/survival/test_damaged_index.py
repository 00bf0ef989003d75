"""A saved index may hold anything: what is known of a repository stays what stands in it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workspace.check import opened, written

FILES = {"a.py": "def one():\n    pass\n", "b.py": "def two():\n    pass\n"}


def sql(*statements: str) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        with sqlite3.connect(path) as database:
            for statement in statements:
                database.execute(statement)

    return damage


def replaced(old: bytes, new: bytes) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new))

    return damage


DAMAGES = {
    "an entry that is missing": sql("UPDATE file SET entry = NULL"),
    "an entry that is text": sql("UPDATE file SET entry = 'text'"),
    "sizes that are text": sql("UPDATE file SET size = 'many', mtime_ns = x'00'"),
    "a path that is none": sql("UPDATE file SET path = x'ff00' WHERE path = 'a.py'"),
    "an entry of another file": sql("UPDATE file SET entry = (SELECT entry FROM file WHERE path = 'b.py')"),
    "another table": sql("DROP TABLE file", "CREATE TABLE file (other)"),
    "a view in its place": sql("DROP TABLE file", "CREATE VIEW file AS SELECT 1"),
    "a schema that is no text": replaced(b"CREATE TABLE file", b"CREATE TABLE \xff\x9f\xfe\xfd"),
    "nothing": lambda path: path.write_bytes(b""),
    "no database": lambda path: path.write_bytes(b"x" * 10_000),
    "half of it": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_index_is_made_again_and_never_believed(tmp_path: Path, kind: str) -> None:
    root = written(tmp_path / "root", FILES)
    store = tmp_path / "store"
    with opened(root, store):
        pass
    (kept,) = store.glob("*.sqlite")
    DAMAGES[kind](kept)
    for _ in range(2):
        with opened(root, store) as workspace:
            known = {it.path: it.text for it in workspace.snapshot.files()}
        assert known == FILES
    with sqlite3.connect(store / kept.name) as database:
        assert database.execute("SELECT count(*) FROM file WHERE typeof(path) = 'text'").fetchone() == (2,)
