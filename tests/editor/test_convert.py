"""URIs and paths, and what an editor may say about how it counts."""

from pathlib import Path

import pytest

from lsp_server.editor.counting import chosen_encoding
from lsp_server.editor.uris import document_path, key_of, local_path, uri_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("file:///home/a%20b.py", "file:///home/a b.py"),
        ("file:///c%3A/x.py", "file:///C:/x.py"),
        ("file:///home/x.py", "FILE:///home/x.py"),
        ("file://localhost/home/x.py", "file:///home/x.py"),
        ("file:/home/x.py", "file:///home/x.py"),
        ("file:///h%C3%A9.py", "file:///hé.py"),
        ("untitled:Untitled-1", "untitled:Untitled-1"),
        ("vscode-notebook-cell:/a.ipynb#W0sZmlsZQ%3D%3D", "vscode-notebook-cell:/a.ipynb#W0sZmlsZQ=="),
    ],
)
def test_all_spellings_of_a_uri_are_one_document(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    "uri",
    [
        "untitled:Untitled-1",
        "git:/repo/a.py?%7B%7D",
        "vscode-notebook-cell:/repo/a.ipynb#W0",
        "http://example.com/a.py",
        "file://server/share/a.py",
        "file:////server/share/a.py",
        "file:///a%00b.py",
        "a.py",
        "",
    ],
)
def test_what_is_not_a_file_of_this_machine_is_never_looked_for_on_disk(uri: str) -> None:
    assert local_path(uri) is None


def test_two_cells_of_a_notebook_are_two_documents() -> None:
    assert key_of("vscode-notebook-cell:/a.ipynb#W0") != key_of("vscode-notebook-cell:/a.ipynb#W1")


def test_a_document_is_called_by_its_path_below_the_root(tmp_path: Path) -> None:
    assert document_path(uri_of(tmp_path / "shop" / "cart é.py"), tmp_path) == "shop/cart é.py"
    assert document_path(uri_of(tmp_path / "shop" / ".." / "a.py"), tmp_path) == "a.py"
    assert document_path("file:///elsewhere/a.py", tmp_path) == "/elsewhere/a.py"
    assert document_path("file:///elsewhere/a.py", None) == "/elsewhere/a.py"
    assert document_path("untitled:Untitled-1", tmp_path) == "untitled:Untitled-1"


def test_a_root_that_is_reached_through_a_link_is_the_same_root(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    assert document_path(uri_of(tmp_path / "link" / "a.py"), tmp_path / "link") == "a.py"
    assert document_path(uri_of(tmp_path / "link" / "a.py"), real) == "a.py"
    assert document_path(uri_of(real / "a.py"), tmp_path / "link") == "a.py"


def test_a_path_comes_back_from_its_uri() -> None:
    path = Path("/home/me/a b#c?d%e/ü.py")
    assert local_path(uri_of(path)) == path.as_posix()


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-32"], "utf-32"),
        (["utf-7", "utf-16"], "utf-16"),
        (["utf-7"], "utf-16"),
        ([None, 8], "utf-16"),
        ([], "utf-16"),
    ],
)
def test_the_first_encoding_that_both_know_is_used(offered: list[object], chosen: str) -> None:
    assert chosen_encoding(offered) == chosen
