"""The key of a private folder is always there, and always long enough that nobody guesses it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lsp_server.model.private_folder import KEY_BYTES, is_made_private, key_in


def test_a_key_stays_the_same(tmp_path: Path) -> None:
    assert len(key_in(tmp_path)) == KEY_BYTES
    assert key_in(tmp_path) == key_in(tmp_path)


@pytest.mark.parametrize("left", [b"", b"half a key", b"far too much of a key" * 2])
def test_what_a_crash_left_of_a_key_is_replaced(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "key").write_bytes(left)
    key = key_in(tmp_path)
    assert len(key) == KEY_BYTES
    assert key_in(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_link_to_nowhere_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "key").symlink_to("nowhere")
    assert key_in(tmp_path) == key_in(tmp_path)


def test_all_who_ask_at_once_agree(tmp_path: Path) -> None:
    for number in range(20):
        folder = tmp_path / str(number)
        assert is_made_private(folder)
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(key_in, [folder] * 4))
        assert len(key_in(folder)) == KEY_BYTES
