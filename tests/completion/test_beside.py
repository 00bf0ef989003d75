"""What the model may copy from beside its prompt stays the same while somebody types."""

from pathlib import Path

from lsp_server.completion.beside import LINES, texts_beside
from lsp_server.context.snippet import Snippet
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document

COUNT = 5 * LINES + 7
NUMBERED = "".join(f"value_{number} = {number}\n" for number in range(COUNT))
AT = 2 * LINES + 20  # the cursor's line


def document(path: str, text: str) -> Document:
    return Document(path=path, text=text, language=language_of(path), version=1)


def snapshot(**others: str) -> Snapshot:
    files = [index_file(document(f"shop/{name}.py", text)) for name, text in others.items()]
    return Snapshot.of(Path("/repository"), files, name="shop")


def texts(typed: str, snippets: tuple[Snippet, ...] = (), **others: str) -> tuple[str, ...]:
    lines = NUMBERED.split("\n")
    text = "\n".join([*lines[:AT], typed, *lines[AT:]])
    offset = len("\n".join([*lines[:AT], typed]))
    return texts_beside(snapshot(**others), document("shop/cart.py", text), offset, snippets)


def snippet(path: str, line: int) -> Snippet:
    return Snippet(path=path, start_line=line, end_line=line + 3, text="", reason="", score=1.0)


def test_the_file_above_and_below_the_cursor_is_there_and_the_line_being_typed_is_not():
    found = "".join(texts("total = valu"))
    assert "value_0 = 0\n" in found
    assert f"value_{COUNT - 1} = " in found
    assert "total" not in found


def test_typing_and_new_lines_change_none_of_the_texts():
    before = texts("total = ")
    assert texts("total = value_7") == before
    assert texts("total = value_7\nother = 1") == before


def test_other_files_are_there_around_what_the_context_shows_of_them_and_no_further_ones():
    found = "".join(
        texts("x", (snippet("shop/price.py", 2),), price="def net(gross): ...\n" * 9, other="def no(): ...\n")
    )
    assert "def net(gross)" in found
    assert "def no" not in found


def test_no_secret_is_among_them():
    key = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    found = "".join(texts("x", (snippet("shop/keys.py", 0),), keys=f'TOKEN = "{key}"\ndef connect(): ...\n'))
    assert "def connect" in found
    assert key not in found
