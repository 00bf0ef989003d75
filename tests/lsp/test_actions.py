"""What a person asks for by name: an explanation, a docstring, the context; and how failures are told."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.conftest import Start, Window
from tests.lsp.editor import NEOVIM, OLDER_EDITOR, PLAIN, VS_CODE, Editor

CODE = "def tax(rate):\n    return price * rat│e\n"


def problem(message: str = '"price" is not defined', **more: Any) -> dict[str, Any]:
    where = {"start": {"line": 1, "character": 11}, "end": {"line": 1, "character": 16}}
    return {"range": where, "message": message, "source": "Other", "code": "undefined", "severity": 1, **more}


def test_a_problem_of_any_server_can_be_explained(editor: Editor) -> None:
    editor.open("a.py", CODE)
    (action,) = editor.actions(problem())
    assert (action["title"], action["kind"]) == ("Explain this error", "quickfix")

    answer = editor.run(action["command"])

    assert answer["title"] == "Explain this error"
    assert answer["markdown"] == '`price`: "price" is not defined (error)'


def test_the_places_that_come_with_a_problem_are_explained_with_it(editor: Editor) -> None:
    editor.open("a.py", CODE)
    where = {"start": {"line": 6, "character": 0}, "end": {"line": 6, "character": 4}}
    place = {"location": {"uri": editor.uri_of("shop/b.py"), "range": where}, "message": "declared here"}
    (action,) = editor.actions(problem(relatedInformation=[place, {"location": None}, 7]))

    answer = editor.run(action["command"])

    assert answer["markdown"].startswith('`price`: "price" is not defined (error), see ')
    assert answer["markdown"].endswith("shop/b.py:7: declared here")


def written(editor: Editor) -> list[Any]:
    return [it["params"] for it in editor.server.received if it.get("method") == "kibitz/answer"]


def test_a_selection_can_be_explained_and_is_seen_while_it_is_written(editor: Editor) -> None:
    editor.open("a.py", CODE)
    where = {"start": {"line": 1, "character": 11}, "end": {"line": 1, "character": 16}}
    (action,) = editor.actions(where=where)
    assert (action["title"], action["kind"]) == ("Explain this code", "kibitz.explain")
    command = action["command"]

    answer = editor.run(command)
    assert answer == {"title": "Explain this code", "markdown": "It is `price`", "places": []}
    assert not written(editor), "nobody waits for it part by part"

    named = {**command, "arguments": [{**command["arguments"][0], "answerId": "first"}]}
    assert editor.run(named) == answer
    assert [it["markdown"] for it in written(editor)] == ["It", "It is", "It is one"]
    assert {it["answerId"] for it in written(editor)} == {"first"}


@pytest.mark.parametrize(
    "more",
    [
        {"severity": 9},
        {"tags": [1, 7]},
        {"code": {"value": 7}},
        {"data": {"jsonrpc": "2.0"}},
        {"source": None},
        {"message": {"kind": "markdown", "value": "marked *up*"}},
    ],
)
def test_a_problem_may_hold_what_we_have_never_heard_of(editor: Editor, more: dict[str, Any]) -> None:
    editor.open("a.py", CODE)
    (action,) = editor.actions(problem(**more))
    assert action["diagnostics"] == [problem(**more)]
    assert editor.run(action["command"])["markdown"].startswith("`price`")


def test_several_problems_are_told_apart(editor: Editor) -> None:
    editor.open("a.py", CODE)
    titles = [it["title"] for it in editor.actions(problem("first"), problem("second\n" * 60))]
    assert titles[0] == "Explain this error: first"
    assert len(titles[1]) < 90


def test_a_docstring_is_offered_where_one_is_missing(editor: Editor) -> None:
    """The editor asks for the edit only when it is wanted."""
    editor.open("a.py", "def t│ax(rate):\n    return rate\n")
    (action,) = editor.actions()
    assert (action["title"], action["kind"]) == ("Write docstring", "refactor.rewrite")
    assert "edit" not in action

    resolved = editor.server.request("codeAction/resolve", action)

    (change,) = resolved["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": editor.uri, "version": 1}
    place = {"line": 1, "character": 0}
    assert change["edits"] == [{"range": {"start": place, "end": place}, "newText": '    """Say it."""\n'}]


def test_a_docstring_for_a_text_that_changed_is_refused(editor: Editor) -> None:
    editor.open("a.py", "def t│ax(rate):\n    return rate\n")
    (action,) = editor.actions()
    editor.type("x")
    error = editor.server.error("codeAction/resolve", action)
    assert error["code"] == -32803
    assert "again" in error["message"]


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (["quickfix"], ["quickfix"]),
        (["refactor"], ["refactor.rewrite"]),
        (["refactor.rewrite"], ["refactor.rewrite"]),
        (["refactor.re"], []),
        (["source.organizeImports"], []),
        ([""], ["quickfix", "refactor.rewrite"]),
        ([], ["quickfix", "refactor.rewrite"]),
    ],
)
def test_only_what_was_asked_for_is_offered(editor: Editor, only: list[str], kinds: list[str]) -> None:
    editor.open("a.py", "def t│ax(rate):\n    return rate\n")
    assert [it["kind"] for it in editor.actions(problem(), only=only)] == kinds


def test_an_editor_that_cannot_resolve_gets_a_command(window: Window) -> None:
    editor = window(NEOVIM)
    editor.open("a.py", "def t│ax(rate):\n    return rate\n")
    (action,) = editor.actions()
    editor.run(action["command"])
    assert [edit["newText"] for edit in editor.edits[0]["changes"][editor.uri]] == ['    """Say it."""\n']


def test_an_older_editor_gets_plain_commands(window: Window) -> None:
    editor = window(OLDER_EDITOR)
    editor.open("a.py", "def t│ax(rate):\n    return rate\n")
    commands = editor.actions(problem())
    assert [it["command"] for it in commands] == ["kibitz.explainError", "kibitz.writeDocstring"]
    editor.run(commands[1])
    assert editor.edits


def test_an_editor_that_takes_no_edits_is_told_of_the_command_line(window: Window) -> None:
    editor = window(PLAIN)
    editor.open("a.py", "def t│ax(rate):\n    return rate\n")
    argument = {"uri": editor.uri, "position": {"line": 0, "character": 0}}
    command = {"command": "kibitz.writeDocstring", "arguments": [argument]}
    assert "kibitz docstring" in editor.server.error("workspace/executeCommand", command)["message"]


def test_a_failure_says_why_and_what_to_do(editor: Editor) -> None:
    editor.open("a.py", CODE)
    (action,) = editor.actions(problem("unknown"))
    error = editor.server.error("workspace/executeCommand", action["command"])
    assert error == {"code": -32803, "message": "Nothing is known about it. Ask somebody."}


def test_an_explanation_can_be_cancelled(editor: Editor) -> None:
    editor.open("a.py", CODE)
    (action,) = editor.actions(problem("slow"))
    asked = editor.server.ask("workspace/executeCommand", action["command"])
    assert editor.server.request("test/echo", 1) == 1
    editor.server.cancel(asked)
    assert editor.server.reply(asked, 2)["error"]["code"] == -32800


def test_a_document_that_is_not_open_is_named_as_the_reason(editor: Editor) -> None:
    argument = {"uri": "file:///etc/passwd", "position": {"line": 0, "character": 0}}
    error = editor.server.error(
        "workspace/executeCommand", {"command": "kibitz.showContext", "arguments": [argument]}
    )
    assert error["code"] == -32803
    assert "open" in error["message"].lower()


def test_the_context_is_shown(editor: Editor) -> None:
    editor.open("a.py", CODE)
    argument = {"uri": editor.uri, "position": {"line": 1, "character": 5}}
    answer = editor.run({"command": "kibitz.showContext", "arguments": [argument]})
    assert "a.py:2" in answer["markdown"]


def test_the_model_can_be_started_again(editor: Editor) -> None:
    editor.server.received.clear()
    assert editor.run({"command": "kibitz.restartModel"}) is None
    editor.wait_for_status("ready")


def test_an_answer_is_opened_beside_the_code_in_a_file_that_nobody_else_reads(start: Start) -> None:
    editor = start(NEOVIM)
    editor.open("a.py", CODE)
    (action,) = editor.actions(problem())
    answer = editor.run(action["command"])
    (shown,) = editor.shown
    file = Path(shown["uri"].removeprefix("file://"))
    assert answer["markdown"] in file.read_text()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    editor.quit()
    assert not file.exists()


def test_an_editor_that_opens_no_files_shows_a_message(window: Window) -> None:
    editor = window(OLDER_EDITOR)
    editor.open("a.py", CODE)
    command = editor.actions(problem())[0]
    editor.run(command)
    message = editor.server.notification("window/showMessage")["message"]
    assert 'price: "price" is not defined' in message


def test_a_client_that_shows_answers_itself_is_left_to_it(start: Start) -> None:
    editor = start(VS_CODE, shows_explanations=True)
    editor.open("a.py", CODE)
    (action,) = editor.actions(problem())
    editor.run(action["command"])
    assert editor.shown == []


def test_the_last_request_can_be_looked_at(editor: Editor) -> None:
    editor.open("a.py", "total = sum(│)\n")
    editor.model_will_say("prices)")
    editor.ghost_text()
    last = editor.server.request("kibitz/lastRequest")
    assert last["text"] == "prices"
    assert last["milliseconds"]["total"] > 0


def test_a_fix_repairs_the_text_and_says_that_it_was_checked(editor: Editor) -> None:
    editor.open("a.py", "def tax(rate, price):\n    return prcie * rat│e\n")
    fix, explain = editor.actions(problem("undefined name 'prcie'"))
    assert (fix["title"], fix["kind"], fix["isPreferred"]) == (
        "Fix: change `prcie` to `price`",
        "quickfix",
        True,
    )
    assert explain["title"] == "Explain this error"

    (change,) = fix["edit"]["documentChanges"]

    where = {"start": {"line": 1, "character": 11}, "end": {"line": 1, "character": 16}}
    assert change["textDocument"] == {"uri": editor.uri, "version": 1}
    assert [(it["range"], it["newText"]) for it in change["edits"]] == [(where, "price")]


TYPO = "def tax(rate, price):\n    return price * rate\n\n\ndef gross(rate, price):\n    return price * xx│yzzy\n"


def opened_menu(editor: Editor, line: int, start: int, end: int, message: str) -> list[dict[str, Any]]:
    """As when a person asks for it, in place of an editor that looks whether there is anything."""
    where = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    context = {"diagnostics": [{"range": where, "message": message}], "triggerKind": 1}
    document = {"uri": editor.uri}
    found: list[dict[str, Any]] = editor.server.request(
        "textDocument/codeAction", {"textDocument": document, "range": where, "context": context}
    )
    return found


def test_where_no_rule_has_a_fix_the_model_may_be_asked(window: Window) -> None:
    """It is asked once that is chosen, and what it says is checked before it is an edit."""
    support = {"documentChanges": True, "changeAnnotationSupport": {"groupsOnLabel": True}}
    editor = window({**VS_CODE, "workspace": {**VS_CODE["workspace"], "workspaceEdit": support}})
    editor.open("a.py", TYPO)
    editor.model_will_say("rate\n")
    offers = opened_menu(editor, 5, 19, 25, "undefined name 'xxyzzy'")
    assert not any("price" in it for it in editor.server.request("test/prompts"))
    [offer] = [it for it in offers if it["title"] == "Fix with the model"]

    edit = editor.server.request("codeAction/resolve", offer)["edit"]

    [change] = edit["documentChanges"][0]["edits"]
    assert change["newText"] == "    return price * rate"
    [annotation] = edit["changeAnnotations"].values()
    assert annotation["label"] == "Generated by Kibitz"
    assert annotation["description"] == "written by the model, checked on a copy"


def test_what_a_model_proposes_and_nothing_verifies_is_no_edit(editor: Editor) -> None:
    editor.open("a.py", TYPO)
    editor.model_will_say("xxyzzz\n")
    offers = opened_menu(editor, 5, 19, 25, "undefined name 'xxyzzy'")
    [offer] = [it for it in offers if it["title"] == "Fix with the model"]
    error = editor.server.error("codeAction/resolve", offer)
    assert error["code"] == -32803
    assert "could be verified" in error["message"]


def test_where_a_rule_has_a_verified_fix_no_model_is_offered(editor: Editor) -> None:
    editor.open("a.py", TYPO.replace("xx│yzzy", "ra│tte"))
    titles = [it["title"] for it in opened_menu(editor, 5, 19, 24, "undefined name 'ratte'")]
    assert titles[:2] == ["Fix: change `ratte` to `rate`", "Explain this error"]
    assert "Fix with the model" not in titles


def test_a_docstring_that_lags_behind_its_code_is_brought_up_to_date(start: Start) -> None:
    editor = start(model="bundled")
    code = 'def pay(amount, currency):│\n    """Pay.\n\n    Args:\n        amount: Much.\n    """\n    print(amount)\n'
    editor.open("a.py", code)
    (action,) = editor.actions()
    assert action["title"] == "Update docstring"
    edit = editor.server.request("codeAction/resolve", action)["edit"]
    (change,) = edit["documentChanges"][0]["edits"]
    assert "        amount: Much.\n        currency: The currency.\n" in change["newText"]


TWO = "def first(one):\n    return one\n\n\ndef _own(two):\n    return two\n\n\ndef last(three):\n    return thr│ee\n"


@pytest.mark.parametrize("shows_first", [True, False])
def test_a_whole_file_is_documented_in_one_edit_that_is_shown_first_where_that_can_be(
    window: Window, shows_first: bool
) -> None:
    support: dict[str, Any] = {"documentChanges": True}
    if shows_first:
        support["changeAnnotationSupport"] = {"groupsOnLabel": True}
    able = {**VS_CODE, "workspace": {**VS_CODE["workspace"], "workspaceEdit": support}}
    editor = window(able)
    editor.open("a.py", TWO)

    editor.run({"command": "kibitz.documentFile", "arguments": [{"uri": editor.uri}]})

    (edit,) = editor.edits
    (change,) = edit["documentChanges"]
    assert [it["range"]["start"]["line"] for it in change["edits"]] == [1, 9]
    assert all('"""' in it["newText"] for it in change["edits"])
    asked = [it["needsConfirmation"] for it in edit.get("changeAnnotations", {}).values()]
    assert asked == ([True] if shows_first else [])


def test_a_file_that_lacks_nothing_says_so(editor: Editor) -> None:
    editor.open("a.py", 'def first(one):\n    """One."""\n    return on│e\n')
    error = editor.server.error(
        "workspace/executeCommand", {"command": "kibitz.documentFile", "arguments": [{"uri": editor.uri}]}
    )
    assert error["message"].startswith("Nothing public here lacks a docstring.")
