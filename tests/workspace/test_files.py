"""Reading one file: only text, only regular files, only below the root."""

import os
import sys
import time

import pytest

from lsp_server.errors import UnreadableFile
from lsp_server.workspace.documents import document_of_text, path_within, read_document
from lsp_server.workspace.files import READ_MAX_BYTES, read_source
from lsp_server.workspace.roots import find_root
from tests.workspace.check import written


def check_text(tmp_path, content: bytes, text: str, encoding: str) -> None:
    (tmp_path / "a.py").write_bytes(content)
    source = read_source(tmp_path, "a.py", max_bytes=READ_MAX_BYTES)
    assert (source.text, source.encoding) == (text, encoding)


def check_refused(root, path: str, *words: str, max_bytes: int = READ_MAX_BYTES) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_source(root, path, max_bytes=max_bytes)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert caught.value.hint


def test_encodings(tmp_path):
    check_text(tmp_path, "é = 1\r\n".encode(), "é = 1\r\n", "utf-8")
    check_text(tmp_path, "é".encode("utf-8-sig"), "é", "utf-8-sig")
    check_text(tmp_path, "é".encode("utf-16"), "é", "utf-16")
    check_text(tmp_path, b"\xfe\xff\x00\xe9", "é", "utf-16")
    check_text(tmp_path, "é".encode("latin-1"), "é", "latin-1")
    check_text(tmp_path, b"", "", "utf-8")


def test_latin_1_is_known_to_be_a_guess(tmp_path):
    root = written(tmp_path, {"a.py": b"\xe9", "b.py": "é"})
    assert read_source(root, "a.py", max_bytes=9).is_guess
    assert not read_source(root, "b.py", max_bytes=9).is_guess


def test_what_is_not_text_is_refused(tmp_path):
    root = written(tmp_path, {"nul.py": b"x\0y", "noise.py": bytes(range(1, 32)) * 50, "folder/a.py": ""})
    check_refused(root, "nul.py", "nul.py", "not text")
    check_refused(root, "noise.py", "not text")
    check_refused(root, "folder", "folder")
    check_refused(root, "missing.py", "no file missing.py")


def test_a_file_of_50_megabytes_is_refused_at_once(tmp_path):
    with (tmp_path / "a.py").open("wb") as file:
        file.truncate(50_000_000)
    started = time.perf_counter()
    check_refused(tmp_path, "a.py", "50,000,000")
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "path",
    [
        "../a.py",
        "/etc/passwd",
        "sub/../../a.py",
        "",
        ".",
        "sub/",
        "sub//b.py",
        "./a.py",
        "a\0.py",
        "sub/../a.py",
    ],
)
def test_no_path_leads_out_of_the_root(tmp_path, path):
    root = written(tmp_path / "root", {"sub/b.py": "", "a.py": "inside"})
    written(tmp_path, {"a.py": "outside"})
    check_refused(root, path)


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs rights there")
def test_no_link_is_followed(tmp_path):
    root = written(tmp_path / "root", {"a.py": ""})
    outside = written(tmp_path / "outside", {"secret.py": ""})
    (root / "link.py").symlink_to(outside / "secret.py")
    (root / "folder").symlink_to(outside)
    (root / "circle.py").symlink_to("circle.py")
    check_refused(root, "link.py", "symbolic link")
    check_refused(root, "folder/secret.py", "symbolic link")
    check_refused(root, "circle.py", "symbolic link")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    check_refused(tmp_path, "pipe.py", "not a regular file")


def test_secret_files_are_refused_by_name(tmp_path):
    root = written(tmp_path, {".env": "A=1", "home/.ssh/known.py": ""})
    check_refused(root, ".env", "secrets")
    check_refused(root, "home/.ssh/known.py", "secrets")


def test_a_document_is_known_by_its_path_in_the_repository(tmp_path):
    root = written(tmp_path / "shop", {"src/a.py": "x = 1\n"})
    written(tmp_path, {"b.py": "y = 1\n"})
    assert read_document(root, root / "src" / "a.py").path == "src/a.py"
    assert read_document(root, root / "src" / ".." / "src" / "a.py").path == "src/a.py"
    outside = read_document(root, tmp_path / "b.py")
    assert (outside.path, outside.text) == ((tmp_path / "b.py").resolve().as_posix(), "y = 1\n")
    assert document_of_text(root, root / "new.ts", "let").language == "typescript"
    assert path_within(root, root) == "."
    with pytest.raises(UnreadableFile, match="is a folder"):
        read_document(root, root / "src")


def test_the_root_is_where_git_is_else_where_a_project_file_is(tmp_path):
    written(tmp_path, {"shop/.git/HEAD": "", "shop/web/package.json": "", "shop/web/src/a.ts": ""})
    written(tmp_path, {"loose/pyproject.toml": "", "loose/src/a.py": "", "alone/a.py": ""})
    assert find_root(tmp_path / "shop/web/src/a.ts") == (tmp_path / "shop").resolve()
    assert find_root(tmp_path / "loose/src") == (tmp_path / "loose").resolve()
