"""Kibitz in a real VS Code, as a person uses it: the built extension, the real server, the keyboard."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.chat.bad_server import BadServer
from tests.editors.code_server import built_extension, built_other_server, code_server
from tests.editors.page import VSCode, vscode_window
from tests.editors.sandbox import PROGRAMS, fresh_workspace
from tests.editors.setup import NODE, browser

pytestmark = [pytest.mark.editors, pytest.mark.timeout(300)]

STATUS = ".statusbar-item[id*='kibitz']"
FIRST_SECONDS = 60  # the model is read from disk
SECONDS = 20


def line_about(option: str) -> str:
    """Most of one more line of options.py; each test has its own, since no line is suggested twice."""
    return f'parser.add_argument("--{option}", type=str, default="", '


# Files that use what they do not import.
LACKING = {
    "bill.py": "import os\n\n\ndef bill(price: Price) -> str:\n    return os.sep.join([gross_price(price)])\n",
    "money.ts": "export class Money {}\nexport function added(one: Money, other: Money) {}\n",
    "bill.ts": "\n\nexport const total: Money = added(new Money(), new Money());\n",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, with settings of its own that try to choose which program runs."""
    folder = fresh_workspace(tmp_path_factory.mktemp("files") / "workspace")
    trap = ["sh", "-c", f"touch '{folder.parent / 'trapped'}'"]
    hostile = {"kibitz.server.command": trap, "kibitz.server.python": "/bin/false", "kibitz.model": "none"}
    (folder / ".vscode").mkdir()
    (folder / ".vscode" / "settings.json").write_text(json.dumps(hostile))
    for name, text in LACKING.items():
        (folder / "shop" / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def editor(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VSCode]:
    """One VS Code for all tests here: a start takes ten seconds, and a person does not restart it either."""
    if not NODE.is_file() or browser() is None:
        pytest.skip("VS Code is not there yet. Run: python -m tests.editors.setup vscode")
    extensions = [built_extension(), built_other_server()]
    settings: dict[str, object] = {
        "kibitz.server.command": [str(PROGRAMS / "kibitz"), "serve"],
        "kibitz.completion.minConfidence": 0,  # what is shown is tested here, not what is held back for doubt
    }
    home = tmp_path_factory.mktemp("vscode")
    with (
        BadServer("talks") as talking,
        code_server(
            workspace, home, extensions=extensions, settings=settings | {"kibitz.endpoint.url": talking.url}
        ) as url,
        vscode_window() as window,
    ):
        window.visit(url)
        window.open("price.py")
        window.see(f"{STATUS}[aria-label*='Kibitz'] .codicon-eye", seconds=FIRST_SECONDS)
        yield window


def test_the_status_bar_says_how_kibitz_is(editor: VSCode) -> None:
    editor.hover(STATUS)
    assert "Kibitz" in editor.see(".workbench-hover", "Model")
    editor.screenshot("status")


def test_a_folder_cannot_choose_which_program_runs(editor: VSCode, workspace: Path) -> None:
    """Not even a trusted one: its settings are read, and these are not among those it may set."""
    assert (workspace / ".vscode" / "settings.json").is_file()
    assert not (workspace.parent / "trapped").exists()


def test_grey_text_appears_while_typing_and_tab_accepts_it(editor: VSCode, workspace: Path) -> None:
    editor.open("options.py")
    editor.go(11, 80)
    editor.press("End")
    editor.press("Enter")
    suggestion = editor.type_until_ghost_text(line_about("till"))
    editor.screenshot("suggestion")

    editor.press("Tab")

    editor.save()
    editor.screenshot("accepted")
    assert suggestion.strip() in (workspace / "shop" / "options.py").read_text()


def test_a_missing_import_is_offered_on_a_new_line(editor: VSCode, workspace: Path) -> None:
    editor.open("bill.py")
    editor.go(1, 10)
    editor.press("Enter")
    assert "from shop.price import" in editor.ghost_text(seconds=SECONDS)
    editor.screenshot("import")

    editor.press("Tab")

    editor.save()
    text = (workspace / "shop" / "bill.py").read_text()
    assert text.startswith("import os\nfrom shop.price import Price, gross_price\n\n\ndef bill")


def test_a_missing_import_fills_the_braces_that_the_editor_closed(editor: VSCode, workspace: Path) -> None:
    editor.open("bill.ts")
    editor.go(1, 1)
    editor.type("import {")
    assert "added, Money" in editor.ghost_text(seconds=SECONDS)
    editor.screenshot("import-braces")

    editor.press("Tab")

    editor.save()
    text = (workspace / "shop" / "bill.ts").read_text()
    assert text.startswith('import { added, Money } from "./money";\n\nexport const total')


def test_an_error_of_another_extension_is_explained_beside_the_code(editor: VSCode) -> None:
    editor.open("receipt.py")
    editor.go(13, 26)
    editor.see(".squiggly-error", seconds=SECONDS)
    editor.see_quick_fix("Explain this error")
    editor.screenshot("quick-fix")

    editor.click(".action-widget .monaco-list-row", "Explain this error")

    answer = editor.answer("Explain", seconds=FIRST_SECONDS)
    editor.screenshot("explanation")
    assert answer is not None
    assert "rate" in answer


def test_code_is_explained_and_seen_while_a_model_server_tells_it(editor: VSCode) -> None:
    editor.open("cart.py")
    editor.go(1, 1)
    editor.press("Control+f")
    editor.type("class Cart")
    editor.press("Escape")

    editor.run_command("Kibitz: Explain This Code")

    early = editor.answer("Kibitz is looking at the code", seconds=SECONDS)
    editor.screenshot("being-explained")
    answer = editor.answer("What is Cart?", seconds=SECONDS)
    editor.screenshot("code-explained")
    assert early is not None
    assert "Where it is used" in early
    assert "word30" not in early
    assert answer is not None
    assert "Cart is a class." in answer
    assert "word30" in answer


def test_a_question_is_answered_and_a_place_of_the_answer_opens(editor: VSCode) -> None:
    editor.open("options.py")
    editor.run_command("Kibitz: Ask About This Repository", opens="Name a function")
    editor.screenshot("question")
    editor.type("how is the total of a cart made?")
    editor.press("Enter")

    answer = editor.answer("how is the total", seconds=SECONDS)

    editor.screenshot("question-answered")
    assert answer is not None
    assert "shop/cart.py:27" in answer
    assert "word30" in answer, "the model server has told it"
    editor.open_place("how is the total", "shop/cart.py:27")
    editor.see(".tab.active[data-resource-name='cart.py']", seconds=SECONDS)
    editor.see(".statusbar-item[id='status.editor.selection']", "Ln 27", seconds=SECONDS)


def test_a_vague_request_is_answered_with_a_question(editor: VSCode) -> None:
    editor.run_command("Kibitz: Ask About This Repository", opens="Name a function")
    editor.type("do something with this")
    editor.press("Enter")

    answer = editor.answer("do something", seconds=SECONDS)

    assert answer is not None
    assert "What is it about?" in answer
    assert "word1" not in answer


def test_an_error_in_the_clipboard_is_explained(editor: VSCode) -> None:
    editor.open("price.py")
    editor.copy('shop/receipt.py:13:25: error: Name "rate" is not defined  [name-defined]\n')

    editor.run_command("Kibitz: Explain Error in Clipboard")

    answer = editor.answer("Explain: Name", seconds=SECONDS)
    editor.screenshot("clipboard-explained")
    assert answer is not None
    assert "return total * (1 - rate)" in answer


def test_what_is_selected_in_the_terminal_is_explained_and_the_clipboard_stays(editor: VSCode) -> None:
    editor.open("price.py")
    editor.copy("what was there before")
    editor.run_command("Other Server: Crash in a Terminal")
    editor.see(".terminal-wrapper .xterm", seconds=SECONDS)
    editor.run_command("Terminal: Select All")

    editor.run_command("Kibitz: Explain Terminal Selection")

    answer = editor.answer("Explain: NameError", seconds=SECONDS)
    editor.screenshot("terminal-explained")
    assert answer is not None
    assert "shop/receipt.py:13" in answer
    assert editor.copied() == "what was there before"
    editor.run_command("View: Toggle Terminal")


def test_what_kibitz_sees_is_shown_beside_the_code(editor: VSCode) -> None:
    editor.open("cart.py")
    editor.press("Control+End")

    editor.run_command("Kibitz: What Kibitz Sees Here")

    answer = editor.answer("What Kibitz sees here", seconds=FIRST_SECONDS)
    editor.screenshot("context")
    assert answer


def changed_text(path: Path, before: str) -> str:
    """What is in the file once the editor has saved it: that takes a moment."""
    deadline = time.monotonic() + SECONDS
    while (after := path.read_text()) == before and time.monotonic() < deadline:
        time.sleep(0.1)
    return after


def test_a_docstring_is_written_where_it_belongs(editor: VSCode, workspace: Path) -> None:
    """Nothing else in the file changes."""
    before = (workspace / "shop" / "receipt.py").read_text()
    editor.open("receipt.py")
    editor.go(6, 8)
    editor.see_quick_fix("Write docstring")
    editor.screenshot("docstring-offered")

    editor.click(".action-widget .monaco-list-row", "Write docstring")

    editor.see(".tab.active.dirty", seconds=FIRST_SECONDS)
    editor.save()
    editor.screenshot("docstring-written")
    after = changed_text(workspace / "shop" / "receipt.py", before)
    written = after.index('"""', after.index("def receipt_lines"))
    end = after.index('"""', written + 3) + len('"""')
    assert (after[:written].rstrip() + after[end:]).split() == before.split()


def test_a_file_is_documented_after_a_look_at_what_will_change(editor: VSCode, workspace: Path) -> None:
    path = workspace / "shop" / "receipt.py"
    before = path.read_text()
    editor.open("receipt.py")

    editor.run_command("Kibitz: Document This File")

    editor.see(".bulk-edit-panel", "receipt.py", seconds=FIRST_SECONDS)
    editor.screenshot("document-preview")
    assert path.read_text() == before
    editor.click(".bulk-edit-panel .edit-checkbox")
    editor.click(".bulk-edit-panel .monaco-button", "Apply")
    editor.see(".tab.active.dirty", seconds=SECONDS)
    editor.save()
    after = changed_text(path, before)
    assert after.count('"""') > before.count('"""')


def test_completion_is_turned_off_and_on_again_by_the_palette(editor: VSCode) -> None:
    editor.run_command("Kibitz: Turn Completion On or Off")
    editor.see(f"{STATUS} .codicon-eye-closed", seconds=SECONDS)
    editor.open("options.py")
    editor.go(9, 1)
    editor.press("End")
    editor.press("Enter")
    editor.type(line_about("drawer"))

    assert editor.ghost_text(seconds=3) is None

    editor.type('help="the number of the drawer")')
    editor.press("Enter")
    editor.run_command("Kibitz: Turn Completion On or Off")
    editor.see(f"{STATUS} .codicon-eye", seconds=SECONDS)
    assert editor.type_until_ghost_text(line_about("branch"))


def test_completion_comes_back_after_the_server_was_killed(editor: VSCode) -> None:
    """The person at the keyboard does nothing for it."""
    servers = [it for it in psutil.Process().children(recursive=True) if it.cmdline()[-1:] == ["serve"]]
    assert servers
    for server in servers:
        server.kill()
    psutil.wait_procs(servers, timeout=SECONDS)

    editor.see(f"{STATUS} .codicon-loading", seconds=SECONDS)
    editor.see(f"{STATUS} .codicon-eye", seconds=FIRST_SECONDS)
    editor.open("options.py")
    editor.go(8, 1)
    editor.press("End")
    editor.press("Enter")

    assert editor.type_until_ghost_text(line_about("ledger"))
    editor.screenshot("after-crash")
