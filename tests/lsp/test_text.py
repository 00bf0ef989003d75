"""The server's text is the editor's, over a real process, however the editor says what changed."""

import re
from collections.abc import Mapping

import pytest

from tests.lsp.conftest import Start, Window
from tests.lsp.editor import NEOVIM, OLDER_EDITOR, VS_CODE, Editor
from tests.lsp.raw_client import ServerProcess

FAR = 2**31 - 1


def text_of(editor: Editor, uri: str = "") -> object:
    return editor.server.request("test/text", {"uri": uri or editor.uri})


def change(editor: Editor, *changes: Mapping[str, object], version: object = 2, uri: str = "") -> None:
    identifier = {"uri": uri or editor.uri, "version": version}
    editor.server.notify(
        "textDocument/didChange", {"textDocument": identifier, "contentChanges": list(changes)}
    )


def put(text: str, start: tuple[int, int], end: tuple[int, int] | None = None) -> dict[str, object]:
    begin, end_ = start, end or start
    where = {
        "start": {"line": begin[0], "character": begin[1]},
        "end": {"line": end_[0], "character": end_[1]},
    }
    return {"range": where, "text": text}


def complaints(editor: Editor) -> list[object]:
    """What a person would see pop up."""
    return [it for it in editor.server.received if it.get("method") == "window/showMessage"]


@pytest.mark.parametrize(
    "text",
    [
        "😀 = 1",
        "👩\u200d💻",
        "e\u0301",
        "a\0b",
        "\ufeffimport os",
        "\tx",
        "漢字",
        "\U0010ffff",
    ],
)
def test_D01_every_character_arrives_as_it_was_typed(editor: Editor, text: str) -> None:
    editor.open("a.py", text + "\n")
    assert text_of(editor) == text + "\n"
    change(editor, put("!", (0, len(text.encode("utf-16-le")) // 2)))
    assert text_of(editor) == text + "!\n"


def test_D01_half_a_character_harms_nothing(editor: Editor) -> None:
    editor.open("a.py", "x = '\ud83d'\n│")
    editor.model_will_say("y = 1")
    assert text_of(editor) == "x = '\ufffd'\n"
    assert editor.ghost_text() == "y = 1"


@pytest.mark.parametrize("inside", ["\u2028", "\u2029", "\x85", "\v", "\f", "\x1c", "\x1d", "\x1e"])
def test_D02_only_line_ends_end_a_line(editor: Editor, inside: str) -> None:
    editor.open("a.py", f"a{inside}b\nc\n")
    change(editor, put("X", (1, 0)))
    assert text_of(editor) == f"a{inside}b\nXc\n"


@pytest.mark.parametrize(
    ("place", "after"),
    [
        ((0, 99), "abX\r\nc😀d\n"),
        ((0, FAR), "abX\r\nc😀d\n"),
        ((0, 3), "abX\r\nc😀d\n"),  # on the \n of \r\n
        ((1, 2), "ab\r\ncX😀d\n"),  # in the middle of a character
        ((9, 9), "ab\r\nc😀d\nX"),
        ((FAR, 0), "ab\r\nc😀d\nX"),
    ],
)
def test_D03_a_place_that_does_not_exist_means_the_nearest_one(
    editor: Editor, place: tuple[int, int], after: str
) -> None:
    editor.open("a.py", "ab\r\nc😀d\n")
    change(editor, put("X", place))
    assert text_of(editor) == after


def test_D04_changes_count_in_their_order_and_a_whole_text_replaces_all(editor: Editor) -> None:
    editor.open("a.py", "old")
    change(editor, put("1", (0, 0)), {"text": "new\nlines\n"}, put("2", (0, 0)), put("", (1, 5), (1, 0)))
    assert text_of(editor) == "2new\n\n"


def test_D05_a_line_end_may_come_in_two_halves_and_lose_one(editor: Editor) -> None:
    editor.open("a.py", "a\rb\nc\r\nd")
    change(editor, put("\n", (1, 0)))  # now \r\n is one end
    change(editor, put("X", (1, 0)), version=3)
    change(editor, put("", (2, 1), (3, 0)), version=4)
    assert text_of(editor) == "a\r\nXb\ncd"


@pytest.mark.parametrize("version", [1, 0, -5, 2, 99, None, "2", 1.5])
def test_D06_a_change_counts_whatever_its_version_says(editor: Editor, version: object) -> None:
    editor.open("a.py", "a")
    change(editor, put("b", (0, 1)), version=version)
    change(editor, put("c", (0, 2)), version=version)
    assert text_of(editor) == "abc"
    assert complaints(editor) == []


def test_D06_a_version_that_does_not_follow_is_in_the_log(start: Start) -> None:
    editor = start(settings={"log": {"level": "info"}})
    editor.open("a.py", "a")
    change(editor, put("b", (0, 1)), version=2)
    change(editor, put("c", (0, 2)), version=9)
    assert text_of(editor) == "abc"
    assert re.findall(r"from version \d+ to \d+", editor.server.log()) == ["from version 2 to 9"]


def test_D07_what_is_not_open_is_ignored_without_a_word(editor: Editor) -> None:
    editor.open("a.py", "a")
    elsewhere = editor.uri_of("never.py")
    change(editor, put("x", (0, 0)), uri=elsewhere)
    editor.server.notify("textDocument/didClose", {"textDocument": {"uri": elsewhere}})
    editor.server.notify("textDocument/didSave", {"textDocument": {"uri": elsewhere}})
    editor.server.notify("textDocument/didChange", {"textDocument": {"uri": elsewhere}})
    editor.server.notify("textDocument/didChange", [])
    editor.server.notify("textDocument/didOpen", None)
    assert text_of(editor, elsewhere) is None
    editor.open("a.py", "opened twice")
    assert text_of(editor) == "opened twice"
    assert complaints(editor) == []


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-32"], "utf-32"),
        (["utf-16"], "utf-16"),
        (["utf-7", "utf-8"], "utf-8"),
        (["utf-7"], "utf-16"),
        ([], "utf-16"),
        (None, "utf-16"),
    ],
)
def test_D08_the_first_way_to_count_that_both_know_is_taken(
    raw: ServerProcess, offered: object, chosen: str
) -> None:
    abilities = {} if offered is None else {"general": {"positionEncodings": offered}}
    told = raw.request("initialize", {"processId": None, "rootUri": None, "capabilities": abilities})
    assert told["capabilities"]["positionEncoding"] == chosen
    raw.notify("initialized", {})
    item = {"uri": "untitled:a", "languageId": "python", "version": 1, "text": "é😀x"}
    raw.notify("textDocument/didOpen", {"textDocument": item})
    units = {"utf-8": 6, "utf-16": 3, "utf-32": 2}[chosen]
    changes = [put("!", (0, units))]
    raw.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": "untitled:a", "version": 2}, "contentChanges": changes},
    )
    assert raw.request("test/text", {"uri": "untitled:a"}) == "é😀!x"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("file:///c%3A/a.py", "file:///C:/a.py"),
        ("file:///x/a%20b.py", "file:///x/a b.py"),
        ("FILE:///x/a.py", "file:///x/a.py"),
        ("file://localhost/x/a.py", "file:///x/a.py"),
        ("vscode-notebook-cell:/n.ipynb#W0s%3D", "vscode-notebook-cell:/n.ipynb#W0s="),
    ],
)
def test_D09_one_document_has_one_text_however_its_uri_is_spelt(editor: Editor, one: str, other: str) -> None:
    editor.open(one, "text")
    assert text_of(editor, other) == "text"


def test_D09_no_other_machine_is_asked_for_a_file(editor: Editor) -> None:
    editor.open("file://server/share/a.py", "total = sum(│)\n")
    editor.model_will_say("prices)")
    assert editor.ghost_text() == "prices"
    uri = "file://server/share/never.py"
    assert text_of(editor, uri) is None


@pytest.mark.parametrize("abilities", [VS_CODE, NEOVIM, OLDER_EDITOR], ids=["vs-code", "neovim", "older"])
def test_D10_a_command_for_a_file_that_is_not_open_says_what_to_do(
    window: Window, abilities: dict[str, object]
) -> None:
    editor = window(abilities)
    (editor.root / "secret.py").write_text("canary = 1\n")
    for command in ("kibitz.showContext", "kibitz.explainError", "kibitz.writeDocstring"):
        argument = {"uri": editor.uri_of("secret.py"), "position": {"line": 0, "character": 0}}
        error = editor.server.error("workspace/executeCommand", {"command": command, "arguments": [argument]})
        assert error["code"] == -32803
        assert "Open it" in error["message"]
        assert "canary" not in error["message"]


def test_D11_a_text_too_long_to_follow_rests_and_is_said_once(editor: Editor) -> None:
    editor.open("long.py", "x = 1\n" * 4_000_000)
    for version in range(2, 5):
        change(editor, put("y", (0, 0)), version=version)
    assert text_of(editor) is None
    assert editor.suggestions() == []
    assert len(re.findall(r"long\.py is too long", editor.server.log())) == 1
    change(editor, {"text": "short = 1\n"}, version=5)
    assert text_of(editor) == "short = 1\n"
