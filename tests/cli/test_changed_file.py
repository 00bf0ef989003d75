"""The diff applies with ordinary tools, to files of every make."""

import subprocess

import pytest

from lsp_server.cli.changed_file import CannotChange, unified_diff, write_atomically
from lsp_server.text.document import Document

TEXT = "x = 1\n\f\ndef f():\n    return '\u2028'\n"


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["whole", "without a last line end"])
def test_git_applies_the_diff(tmp_path, eol, mark, ending):
    """Form feeds, U+2028, a byte order mark, CRLF: lines are counted as git counts them."""
    text = TEXT.replace("\n", eol)
    if ending != "whole":
        text = text.removesuffix(eol)
    document = Document(path="a.py", text=text, language="python")
    after = text.replace("    return", f'    """F."""{eol}    return')
    (tmp_path / "a.py").write_bytes((mark + text).encode())
    diff = unified_diff(document, after, "utf-8-sig" if mark else "utf-8")
    subprocess.run(["git", "apply", "-"], input=diff.encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "a.py").read_bytes() == (mark + after).encode()


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(b"new")
    with pytest.raises(CannotChange, match="changed meanwhile"):
        write_atomically(path, "old", "documented", "utf-8")
    assert path.read_bytes() == b"new"


def test_writing_keeps_the_mode_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(0o755)
    write_atomically(path, "old", "documented", "utf-8")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"documented", 0o755)
    assert list(tmp_path.iterdir()) == [path]


def test_a_character_that_the_file_cannot_hold_is_an_error_with_a_hint(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    with pytest.raises(CannotChange, match="latin-1"):
        write_atomically(path, "old", "→", "latin-1")
    assert path.read_bytes() == b"old"
