"""Open documents: in the editor's words, whatever it says about versions, sizes and halves of characters."""

import hashlib
from pathlib import Path

import pytest
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.editor.documents import OpenDocuments

URI = "file:///repository/shop/cart.py"


@pytest.fixture
def opened() -> OpenDocuments:
    known = OpenDocuments(text_max=100)
    known.root = Path("/repository")
    known.open({"uri": URI, "languageId": "python", "version": 1, "text": "a\nb\n"})
    return known


def insertion(text: str, line: int = 0, character: int = 0) -> dict[str, object]:
    here = {"line": line, "character": character}
    return {"range": {"start": here, "end": here}, "text": text}


def text_of(known: OpenDocuments, uri: str = URI) -> str:
    document = known.current(uri)
    assert document is not None
    return document.text


@pytest.mark.parametrize("version", [2, 1, 0, -5, 99, None, "2", 2**40])
def test_a_change_counts_whatever_its_version(opened: OpenDocuments, version: object) -> None:
    opened.change({"uri": URI, "version": version}, [insertion("x")])
    assert text_of(opened) == "xa\nb\n"


def test_changes_are_made_in_their_order_and_the_last_whole_text_wins(opened: OpenDocuments) -> None:
    changes = [insertion("x"), {"text": "new\n"}, insertion("y"), insertion("z", 0, 1)]
    opened.change({"uri": URI, "version": 2}, changes)
    assert text_of(opened) == "yznew\n"


def test_a_range_whose_end_comes_first_is_turned_around(opened: OpenDocuments) -> None:
    where = {"start": {"line": 1, "character": 1}, "end": {"line": 0, "character": 0}}
    opened.change({"uri": URI, "version": 2}, [{"range": where, "text": ""}])
    assert text_of(opened) == "\n"


def test_a_column_may_be_as_large_as_it_likes(opened: OpenDocuments) -> None:
    opened.change({"uri": URI, "version": 2}, [insertion("x", 0, 2**53)])
    assert text_of(opened) == "ax\nb\n"


def test_a_change_that_cannot_be_understood_makes_the_text_unknown(opened: OpenDocuments) -> None:
    """Better no suggestion than one for a text that nobody has; opening it again helps."""
    with pytest.raises(JsonRpcInvalidParams):
        opened.change({"uri": URI, "version": 2}, [{"range": {"start": 3}, "text": "x"}])
    assert opened.current(URI) is None
    opened.open({"uri": URI, "languageId": "python", "version": 3, "text": "new"})
    assert text_of(opened) == "new"


def test_what_is_not_open_cannot_be_changed_or_closed(opened: OpenDocuments) -> None:
    opened.change({"uri": "file:///x.py", "version": 2}, [insertion("x")])
    assert opened.close("file:///x.py") is None
    assert opened.current("file:///x.py") is None


def test_opening_twice_takes_the_newer_text(opened: OpenDocuments) -> None:
    opened.open({"uri": URI, "languageId": "python", "version": 1, "text": "new"})
    assert text_of(opened) == "new"


def test_half_a_character_never_reaches_the_core(opened: OpenDocuments) -> None:
    """No encoding, hash or parser takes one; and no position moves when it is replaced."""
    opened.change({"uri": URI, "version": 2}, [{"text": "a\ud83db\ude00c"}])
    text = text_of(opened)
    assert text == "a\ufffdb\ufffdc"
    hashlib.sha256(text.encode())
    opened.change({"uri": URI, "version": 3}, [insertion("x", 0, 5)])
    assert text_of(opened) == "a\ufffdb\ufffdcx"


def test_a_very_long_text_is_left_alone_until_it_is_short_again(opened: OpenDocuments) -> None:
    opened.change({"uri": URI, "version": 2}, [{"text": "x" * 101}])
    assert opened.current(URI) is None
    opened.change({"uri": URI, "version": 3}, [insertion("y")])
    assert opened.current(URI) is None
    opened.change({"uri": URI, "version": 4}, [{"text": "short"}])
    assert text_of(opened) == "short"


def test_a_document_is_a_value_made_once_for_each_version(opened: OpenDocuments) -> None:
    """By that a handler sees that its answer has become stale."""
    first = opened.current(URI)
    assert opened.current(URI) is first
    opened.change({"uri": URI, "version": 2}, [insertion("x")])
    assert opened.current(URI) is not first


@pytest.mark.parametrize(
    ("uri", "language_id", "language"),
    [
        ("file:///a.py", "plaintext", "python"),
        ("file:///a.tsx", "typescriptreact", "tsx"),
        ("file:///SConstruct", "scons", "python"),
        ("untitled:Untitled-1", "python", "python"),
        ("untitled:Untitled-1", "typescriptreact", "tsx"),
        ("untitled:Untitled-1.py", "plaintext", "plain"),
        ("vscode-notebook-cell:/a.ipynb#W0", "python", "python"),
        ("file:///LICENSE", "plaintext", "plain"),
    ],
)
def test_the_language_is_known_by_name_or_told_by_the_editor(
    opened: OpenDocuments, uri: str, language_id: str, language: str
) -> None:
    document = opened.open({"uri": uri, "languageId": language_id, "version": 1, "text": ""})
    assert document is not None
    assert document.language == language
