"""A folder that nobody opened is only read when it is somebody's project."""

from pathlib import Path

from lsp_server.editor.adoption import is_too_wide


def test_neither_the_home_folder_nor_the_disk_is_a_repository() -> None:
    assert is_too_wide(Path.home())
    assert is_too_wide(Path.home().parent)
    assert is_too_wide(Path("/"))
    assert not is_too_wide(Path.home() / "project")
