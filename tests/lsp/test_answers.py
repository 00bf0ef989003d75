"""A question in free words, and what a program printed: answered in the editor, with places that can be opened."""

import time
from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import Editor

PRICE = "def net(gross, rate):\n    return gross / (1 + rate)\n"
CART = "from price import net\n\n\ndef total(items):\n    return sum(net(it.gros, 0.19) for it in items)\n"
PRINTED = """Some log line before it.
Traceback (most recent call last):
  File "/somewhere/else/run.py", line 3, in <module>
    total(cart)
  File "/build/shop/cart.py", line 5, in total
    return sum(net(it.gros, 0.19) for it in items)
NameError: name 'nett' is not defined. Did you mean: 'net'?
"""


@pytest.fixture
def shop(start: Start, root: Any) -> Editor:
    (root / "shop").mkdir()
    (root / "shop" / "price.py").write_text(PRICE)
    (root / "shop" / "cart.py").write_text(CART)
    editor = start(shows_explanations=True)
    deadline = time.monotonic() + 20
    while "price.py:1" not in run(editor, "kibitz.ask", question="net")["markdown"]:
        assert time.monotonic() < deadline, "the repository is not read"
        time.sleep(0.05)
    return editor


def run(editor: Editor, command: str, **argument: object) -> Any:
    return editor.run({"command": command, "arguments": [argument]})


def test_a_question_is_answered_with_what_the_repository_has(shop: Editor) -> None:
    answer = run(shop, "kibitz.ask", question="how is the net price made?")
    assert answer["title"] == "how is the net price made?"
    assert "`shop/price.py:1` `def net(gross, rate):`" in answer["markdown"]
    assert answer["places"][0] == {"text": "shop/price.py:1", "uri": shop.uri_of("shop/price.py"), "line": 0}


def test_a_vague_request_is_answered_with_a_question(shop: Editor) -> None:
    answer = run(shop, "kibitz.ask", question="do something with this")
    assert "What is it about?" in answer["markdown"]
    assert answer["places"] == []
    assert shop.server.request("test/prompts") == [], "no model guesses at it"


def test_what_a_program_printed_is_explained_where_it_happened(shop: Editor) -> None:
    """From the terminal or the clipboard: the frame of this repository is found though it ran elsewhere."""
    answer = run(shop, "kibitz.explainOutput", text=PRINTED)
    assert "nett" in answer["title"]
    assert "net" in answer["markdown"]
    places = {it["text"]: it for it in answer["places"]}
    assert places["shop/cart.py:5"] == {
        "text": "shop/cart.py:5",
        "uri": shop.uri_of("shop/cart.py"),
        "line": 4,
    }
    assert not any("run.py" in it for it in places), "what is not of this repository cannot be opened"


def test_text_as_it_is_in_the_editor_counts_before_the_file(shop: Editor) -> None:
    shop.open("shop/cart.py", "# one line more\n" + CART)
    answer = run(shop, "kibitz.explainOutput", text='shop/cart.py:6: error: Name "nett" is not defined\n')
    assert "return sum(net(it.gros, 0.19)" in answer["markdown"]


def test_what_is_no_error_is_said_so_with_a_way_out(shop: Editor) -> None:
    command = {"command": "kibitz.explainOutput", "arguments": [{"text": "All is well."}]}
    error = shop.server.error("workspace/executeCommand", command)
    assert "no traceback" in error["message"].lower()
    assert "Paste it whole" in error["message"]


@pytest.mark.parametrize("command", ["kibitz.ask", "kibitz.explainOutput"])
def test_a_request_without_its_text_is_wrong(shop: Editor, command: str) -> None:
    assert shop.server.error("workspace/executeCommand", {"command": command})["code"] == -32602
