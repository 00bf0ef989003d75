"""Notebooks: a cell is completed with what the cells around it say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import VS_CODE, Editor

ABLE = {**VS_CODE, "notebookDocument": {"synchronization": {"dynamicRegistration": True}}}
MARKUP, CODE = 1, 2


class Notebook:
    """One open notebook of an editor; each cell has a name."""

    def __init__(
        self, editor: Editor, cells: Mapping[str, str], kinds: Mapping[str, int] | None = None
    ) -> None:
        self.editor = editor
        self.uri = (editor.root / "work.ipynb").as_uri()
        self.kinds = kinds or {}
        self.names = list(cells)
        self._send("didOpen", {
            "notebookDocument": {
                "uri": self.uri, "notebookType": "jupyter-notebook", "version": 1,
                "cells": [self.cell(name) for name in cells],
            },
            "cellTextDocuments": [self.item(name, text) for name, text in cells.items()],
        })  # fmt: skip

    def uri_of(self, name: str) -> str:
        return self.uri.replace("file:", "vscode-notebook-cell:") + "#" + name

    def cell(self, name: str) -> dict[str, Any]:
        return {"kind": self.kinds.get(name, CODE), "document": self.uri_of(name)}

    def item(self, name: str, text: str) -> dict[str, Any]:
        language = "markdown" if self.kinds.get(name) == MARKUP else "python"
        return {"uri": self.uri_of(name), "languageId": language, "version": 1, "text": text}

    def change(self, **cells: object) -> None:
        self._send(
            "didChange", {"notebookDocument": {"uri": self.uri, "version": 2}, "change": {"cells": cells}}
        )

    def insert(self, at: int, name: str, text: str) -> None:
        array = {"start": at, "deleteCount": 0, "cells": [self.cell(name)]}
        self.change(structure={"array": array, "didOpen": [self.item(name, text)]})

    def remove(self, at: int, name: str) -> None:
        array = {"start": at, "deleteCount": 1}
        self.change(structure={"array": array, "didClose": [{"uri": self.uri_of(name)}]})

    def type(self, name: str, text: str, line: int, character: int) -> None:
        here = {"line": line, "character": character}
        change = {"range": {"start": here, "end": here}, "text": text}
        document = {"uri": self.uri_of(name), "version": 2}
        self.change(textContent=[{"document": document, "changes": [change]}])

    def ghost_text(self, name: str, line: int, character: int) -> list[dict[str, Any]]:
        params = {
            "textDocument": {"uri": self.uri_of(name)},
            "position": {"line": line, "character": character},
            "context": {"triggerKind": 2},
        }
        items: list[dict[str, Any]] = self.editor.server.request("textDocument/inlineCompletion", params)[
            "items"
        ]
        return items

    def text(self, name: str) -> object:
        return self.editor.server.request("test/text", {"uri": self.uri_of(name)})

    def _send(self, method: str, params: object) -> None:
        self.editor.server.notify(f"notebookDocument/{method}", params)


@pytest.fixture
def editor(start: Start) -> Editor:
    return start(ABLE)


def test_a_cell_is_completed_with_the_cells_above_it(editor: Editor) -> None:
    notebook = Notebook(editor, {"a": "import numpy as np\n", "b": "😀 = 1\ntotal = "})
    editor.model_will_say("np.sum(prices)")
    (item,) = notebook.ghost_text("b", 1, 8)
    assert item["insertText"] == "np.sum(prices)"
    assert item["range"]["start"] == item["range"]["end"] == {"line": 1, "character": 8}
    prompt = editor.last_prompt()
    assert prompt.index("import numpy as np") < prompt.index("total = ")


def test_text_for_people_and_commands_to_the_notebook_are_no_code(editor: Editor) -> None:
    cells = {
        "words": "# Not code, but *words*",
        "magic": "%pip install x\nx = 1",
        "bash": "%%bash\nls",
        "c": "y = ",
    }
    notebook = Notebook(editor, cells, {"words": MARKUP})
    editor.model_will_say("x")
    assert notebook.ghost_text("c", 0, 4)
    prompt = editor.last_prompt()
    assert "Not code" not in prompt
    assert "%" not in prompt
    assert "ls" not in prompt.split()
    assert "x = 1" in prompt


def test_what_is_typed_into_one_cell_is_known_in_the_next(editor: Editor) -> None:
    notebook = Notebook(editor, {"a": "def net(gross):\n", "b": "t = "})
    notebook.type("a", "    return gross / 1.19\n", 1, 0)
    assert notebook.text("a") == "def net(gross):\n    return gross / 1.19\n"
    editor.model_will_say("net(1)")
    assert notebook.ghost_text("b", 0, 4)
    assert "return gross / 1.19" in editor.last_prompt()


def test_cells_come_go_and_move(editor: Editor) -> None:
    notebook = Notebook(editor, {"a": "first = 1", "b": "t = "})
    notebook.insert(1, "new", "second = 2")
    editor.model_will_say("second")
    assert notebook.ghost_text("b", 0, 4)
    assert "first = 1\nsecond = 2\n" in editor.last_prompt()
    notebook.remove(0, "a")
    assert notebook.text("a") is None
    editor.model_will_say("second + 1")
    notebook.type("b", "u + ", 0, 4)
    assert notebook.ghost_text("b", 0, 8)
    assert "first" not in editor.last_prompt()


def test_a_cell_knows_the_files_of_the_repository_and_not_itself_as_one(editor: Editor) -> None:
    editor.open("price.py", "def net(gross, vat_rate):\n    return gross / (1 + vat_rate)\n")
    notebook = Notebook(editor, {"a": "from price import net\n", "b": "total = net("})
    editor.file = notebook.uri_of("b")
    editor.cursor = (0, 12)
    editor.wait_until_context_has("def net(gross, vat_rate)")
    assert "from price import net" not in editor.context()


def test_a_closed_notebook_is_forgotten(editor: Editor) -> None:
    notebook = Notebook(editor, {"a": "x = 1", "b": "y = "})
    closed = {
        "notebookDocument": {"uri": notebook.uri},
        "cellTextDocuments": [{"uri": notebook.uri_of(it)} for it in ("a", "b")],
    }
    editor.server.notify("notebookDocument/didClose", closed)
    assert notebook.text("a") is None
    assert notebook.ghost_text("b", 0, 4) == []


def test_an_error_in_a_cell_is_explained(editor: Editor) -> None:
    notebook = Notebook(editor, {"a": "price = 1\n", "b": "x = 1\npricee\n"})
    where = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 6}}
    argument = {"uri": notebook.uri_of("b"), "range": where, "message": "unknown name", "severity": 1}
    answer = editor.run({"command": "kibitz.explainError", "arguments": [argument]})
    assert answer["markdown"] == "`pricee`: unknown name (error)"


def test_nonsense_about_notebooks_is_ignored(editor: Editor, root: Path) -> None:
    for method in ("didOpen", "didChange", "didClose", "didSave"):
        for params in (
            None,
            [],
            {},
            {"notebookDocument": {}},
            {
                "notebookDocument": {"uri": "x:y"},
                "change": {
                    "cells": {"structure": {"array": {"start": -3, "deleteCount": "x", "cells": [{}, 3]}}}
                },
            },
        ):
            editor.server.notify(f"notebookDocument/{method}", params)
    assert editor.server.request("test/echo", 1) == 1


def test_notebooks_are_offered_to_who_has_them(editor: Editor, start: Start) -> None:
    assert editor.capabilities["notebookDocumentSync"] == {"notebookSelector": [{"notebook": "*"}]}
    assert "notebookDocumentSync" not in start(VS_CODE).capabilities
