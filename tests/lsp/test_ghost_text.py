"""Grey text, from the first key to the answer, over a real server process."""

import json
from pathlib import Path

import pytest

from tests.lsp.conftest import Start, Window
from tests.lsp.editor import NEOVIM, OLDER_EDITOR, PLAIN, VS_CODE, Editor


def test_ghost_text_knows_a_function_of_another_file(start: Start) -> None:
    """The assistant reads the repository, not only the open file."""
    editor = start()
    editor.open("shop/price.py", "def net(gross, vat_rate):\n    return gross / (1 + vat_rate)\n")
    editor.open("shop/cart.py", "from shop.price import net\n\ntotal = net(│)\n")
    editor.wait_until_context_has("def net(gross, vat_rate)")
    editor.model_will_say("gross, vat_rate)")

    assert editor.ghost_text() == "gross, vat_rate"
    assert "def net(gross, vat_rate)" in editor.last_prompt()


@pytest.mark.parametrize("abilities", [VS_CODE, NEOVIM], ids=["vs-code", "neovim"])
def test_I03_an_item_always_has_a_range_on_one_line_with_the_cursor_in_it(
    window: Window, abilities: dict[str, object]
) -> None:
    """Neovim 0.12 fails without one, VS Code drops one over several lines."""
    editor = window(abilities)
    editor.open("a.py", "total = sum(│)\n")
    editor.model_will_say("prices)")

    (item,) = editor.suggestions()

    assert isinstance(item["insertText"], str)
    begin, end = item["range"]["start"], item["range"]["end"]
    assert begin["line"] == end["line"] == 0
    assert begin["character"] <= 12 <= end["character"] <= len("total = sum()")
    assert set(item) == {"insertText", "range"}


def test_D08_positions_are_counted_as_the_editor_counts(window: Window) -> None:
    for abilities, column in ((VS_CODE, 11), (NEOVIM, 13)):
        editor = window(abilities)
        editor.open("a.py", 's = "\U0001f600"; x│\n')
        editor.cursor = (0, column)
        editor.model_will_say(" = s")
        (item,) = editor.suggestions()
        assert item["range"]["start"] == {"line": 0, "character": column}


def test_I01_ghost_text_is_offered_once_in_the_way_that_the_editor_prefers(window: Window) -> None:
    """VS Code lets a server register it, Neovim reads it in the greeting; who knows none is offered none."""
    method = "textDocument/inlineCompletion"
    for abilities, is_registered in ((VS_CODE, True), (NEOVIM, False), (OLDER_EDITOR, False), (PLAIN, False)):
        editor = window(abilities)
        editor.server.request("test/echo")
        assert (method in editor.registered) is is_registered
        assert ("inlineCompletionProvider" in editor.capabilities) is (abilities is NEOVIM)


def test_I01_an_editor_without_ghost_text_gets_one_entry_in_its_menu(window: Window) -> None:
    editor = window(OLDER_EDITOR)
    assert "inlineCompletionProvider" not in editor.capabilities
    editor.open("a.py", "def net(gross, vat_rate):\n    ret│\n")
    editor.model_will_say("urn gross / (1 + vat_rate)\n")

    (item,) = editor.menu()

    assert item["detail"] == "Kibitz"
    assert item["label"].startswith("return gross")
    assert item["textEdit"]["newText"] == "return gross / (1 + vat_rate)"
    assert item["textEdit"]["range"]["start"] == {"line": 1, "character": 4}
    assert item["insertTextFormat"] == 1
    assert not item.get("preselect")


def test_an_editor_with_ghost_text_gets_no_entry_in_its_menu(editor: Editor) -> None:
    assert "completionProvider" not in editor.capabilities


def test_an_editor_that_says_nothing_of_itself_is_served(start: Start) -> None:
    editor = start(PLAIN)
    assert "inlineCompletionProvider" not in editor.capabilities
    assert "completionProvider" not in editor.capabilities
    editor.open("a.py", "total = sum(│)\n")
    editor.model_will_say("prices)")
    assert editor.ghost_text() == "prices"
    assert editor.quit() == 0


def test_what_was_typed_is_what_the_model_reads(editor: Editor) -> None:
    editor.open("a.py", "x = 1\n│")
    editor.model_will_say("2")
    editor.type("total")
    editor.type(" = ")
    assert editor.ghost_text() == "2"
    assert "total = " in editor.last_prompt()
    assert editor.server.request("test/text", {"uri": editor.uri}) == editor.text


def test_I11_typing_on_makes_the_running_answer_stale(editor: Editor) -> None:
    """The editor did not cancel; it gets an empty answer at once, and no error."""
    editor.open("a.py", "total = │\n")
    editor.model_will_say("sum(prices)")
    editor.server.request("test/hold")
    asked = editor.ask_for_ghost_text()
    editor.type("m")
    assert editor.server.reply(asked, 3)["result"] == {"items": []}


def test_C05_a_newer_request_overtakes_the_older_one(editor: Editor) -> None:
    editor.open("a.py", "total = │\n")
    editor.model_will_say("sum(prices)")
    editor.server.request("test/hold")
    older = editor.ask_for_ghost_text()
    newer = editor.ask_for_ghost_text()
    assert editor.server.reply(older, 3)["result"] == {"items": []}
    editor.server.request("test/release")
    assert editor.server.reply(newer, 3)["result"]["items"]


def test_C01_cancelling_ends_the_work(editor: Editor) -> None:
    editor.open("a.py", "total = │\n")
    editor.model_will_say("sum(prices)")
    editor.server.request("test/hold")
    asked = editor.ask_for_ghost_text()
    editor.server.request("test/prompts")
    editor.server.cancel(asked)
    assert editor.server.reply(asked, 1)["error"]["code"] == -32800


def test_I13_closing_the_document_ends_the_work(editor: Editor) -> None:
    editor.open("a.py", "total = │\n")
    editor.server.request("test/hold")
    asked = editor.ask_for_ghost_text()
    editor.close("a.py")
    assert editor.server.reply(asked, 3)["result"] == {"items": []}


def test_D10_a_document_that_is_not_open_is_not_read_from_disk(editor: Editor) -> None:
    (editor.root / "a.py").write_text("total = sum(\n")
    editor.file, editor.cursor = "a.py", (0, 12)
    editor.model_will_say("prices)")
    assert editor.suggestions() == []


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "vscode-notebook-cell:/a.ipynb#W0", "git:/a.py?x"])
def test_D09_a_document_that_is_no_file_is_completed_too(editor: Editor, uri: str) -> None:
    editor.open(uri, "total = sum(│)\n")
    editor.model_will_say("prices)")
    assert editor.ghost_text() == "prices"


def test_I02_nothing_to_show_is_an_empty_list(editor: Editor) -> None:
    editor.open("a.py", "total = │\n")
    editor.model_will_say("")
    number = editor.ask_for_ghost_text()
    assert editor.server.reply(number)["result"] == {"items": []}


def test_I05_what_stands_behind_the_cursor_is_never_doubled(editor: Editor) -> None:
    editor.open("a.py", "total = sum(│)\n")
    editor.model_will_say("prices)\n")
    (item,) = editor.suggestions()
    end = item["range"]["end"]["character"]
    assert "total = sum(" + item["insertText"] + "total = sum()"[end:] == "total = sum(prices)"


def test_I06_who_asks_may_choose_and_who_types_gets_one(editor: Editor) -> None:
    editor.open("a.py", "total = │\n")
    editor.model_will_say("sum(prices)", "max(prices)", "min(prices)", "len(prices)")
    assert [it["insertText"] for it in editor.suggestions(trigger=1)] == [
        "sum(prices)",
        "max(prices)",
        "min(prices)",
    ]
    editor.open("b.py", "total = │\n")
    editor.model_will_say("sum(prices)", "max(prices)")
    assert len(editor.suggestions(trigger=2)) == 1


def test_I06_the_same_suggestion_is_not_offered_twice(editor: Editor) -> None:
    editor.open("a.py", "total = │\n")
    editor.model_will_say("sum(prices)")
    assert [it["insertText"] for it in editor.suggestions(trigger=1)] == ["sum(prices)"]


@pytest.mark.parametrize("said", ["print('${CLIPBOARD} $0 ${1:x}')", "cost = '$5'"])
def test_I07_dollars_are_dollars(editor: Editor, said: str) -> None:
    """A snippet would paste what the person copied last."""
    editor.open("a.py", "│\n")
    editor.model_will_say(said)
    (item,) = editor.suggestions()
    assert item["insertText"] == said


def test_I08_no_filter_hides_a_suggestion(editor: Editor) -> None:
    editor.open("a.py", "value = items.app│\n")
    editor.model_will_say("end(value)")
    (item,) = editor.suggestions()
    assert "filterText" not in item


def test_I04_an_open_menu_is_continued_and_not_contradicted(editor: Editor) -> None:
    """What is shown begins with the chosen entry and replaces what the entry would."""
    editor.open("a.py", "value = items.app│\n")
    editor.model_will_say("(value)")
    where = {"start": {"line": 0, "character": 14}, "end": {"line": 0, "character": 17}}
    (item,) = editor.suggestions(selectedCompletionInfo={"range": where, "text": "append"})
    assert item == {"insertText": "append(value)", "range": where}
    assert "items.append" in editor.last_prompt()


def test_I04_a_selected_entry_elsewhere_gets_nothing(editor: Editor) -> None:
    editor.open("a.py", "value = items.app│\n")
    editor.model_will_say("(value)")
    where = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}}
    assert editor.suggestions(selectedCompletionInfo={"range": where, "text": "append"}) == []


def test_completion_can_be_turned_off_and_on(editor: Editor) -> None:
    editor.open("a.py", "total = sum(│)\n")
    editor.model_will_say("prices)")
    for is_enabled in (False, True):
        editor.configured = {"completion": {"enabled": is_enabled}}
        editor.server.notify("workspace/didChangeConfiguration", {"settings": None})
        editor.server.request("test/echo")
        editor.server.request("test/busy", {"seconds": 0.2})
        assert bool(editor.ghost_text()) is is_enabled


def test_without_a_model_it_says_so_once_and_stays(start: Start) -> None:
    editor = start(settings={"model": "missing"}, is_ready=False)
    status = editor.wait_for_status("noModel")
    assert "missing" in status["message"]
    assert status["hint"]
    editor.open("a.py", "total = sum(│)\n")
    assert editor.ghost_text() == ""
    assert editor.ghost_text() == ""
    assert editor.quit() == 0
    assert "Traceback" not in editor.server.log()


def test_I09_lines_of_a_suggestion_end_as_those_of_the_document(editor: Editor) -> None:
    editor.open("a.py", "def net(gross):\r\n    if gross│\r\n\r\n\r\nx = 1\r\n")
    editor.model_will_say(" > 0:\n        return gross\n    return 0\n")
    text = editor.ghost_text()
    assert "\n" in text
    assert "\n" not in text.replace("\r\n", "")


def test_I10_a_line_that_is_gone_already_is_no_error(editor: Editor) -> None:
    """Neovim asks for the last line while it is being deleted."""
    editor.open("a.py", "total = 1│\n")
    editor.cursor = (7, 3)
    editor.model_will_say("x = 2")
    (item,) = editor.suggestions()
    assert item["range"]["start"] == item["range"]["end"] == {"line": 1, "character": 0}


def test_I09_a_suggestion_is_indented_as_the_document_is(editor: Editor) -> None:
    editor.open("a.py", "def net(gross):\n\tif gross│\n\nx = 1\n")
    editor.model_will_say(" > 0:\n        return gross\n")
    assert editor.ghost_text() == " > 0:\n\t\treturn gross"


def test_what_is_accepted_is_counted_on_this_machine_and_without_code(start: Start, tmp_path: Path) -> None:
    editor = start()
    editor.model_will_say("net_price(amount)")
    editor.open("a.py", "total = │\n")
    shown = editor.ghost_text()
    assert shown
    editor.type(shown)
    assert editor.server.request("test/echo", 1) == 1
    assert editor.quit() == 0
    (journal,) = tmp_path.rglob("requests.jsonl")
    (counted,) = map(json.loads, journal.read_text().splitlines())
    assert (counted["outcome"], counted["taken"]) == ("whole", len(shown))
    assert "net_price" not in journal.read_text()


def test_nothing_is_counted_where_nobody_wants_it(start: Start, tmp_path: Path) -> None:
    editor = start(settings={"statistics": {"enabled": False}})
    editor.model_will_say("net_price(amount)")
    editor.open("a.py", "total = │\n")
    editor.type(editor.ghost_text())
    assert editor.quit() == 0
    assert not list(tmp_path.rglob("requests.jsonl"))


def test_what_was_edited_in_another_file_is_seen_and_said_to_be_so(editor: Editor) -> None:
    """Nothing at the cursor names it: it is shown because it was edited."""
    editor.open("house/door.py", "def open_door(handle):\n    handle.turn()│\n    return handle\n")
    editor.open("shop/year.py", "def yearly(ledger):\n    │\n")
    assert "open_door" not in editor.context()
    editor.file, editor.cursor = "house/door.py", (1, 17)
    editor.type("\n    handle.push_twice()")
    editor.file, editor.cursor = "shop/year.py", (1, 4)
    editor.wait_until_context_has("handle.push_twice()")
    assert "edited lately" in editor.context()
