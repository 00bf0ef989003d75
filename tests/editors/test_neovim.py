"""Kibitz in a real Neovim 0.12, with the configuration that users copy."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.neovim import Neovim, running_neovim
from tests.editors.sandbox import PROGRAMS, fresh_workspace
from tests.editors.setup import HERE, ROOT, SetupError, neovim

pytestmark = [pytest.mark.editors, pytest.mark.timeout(180)]

FIRST_SECONDS = 60  # the model is read from disk
SECONDS = 20


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Neovim]:
    try:
        neovim()
    except SetupError as missing:
        pytest.skip(str(missing))
    config = tmp_path / "init.lua"
    other = [sys.executable, str(HERE / "other_server" / "server.py")]
    config.write_text(
        f"dofile('{ROOT / 'editors' / 'neovim' / 'kibitz.lua'}')\n"
        f"vim.lsp.config('other', {{ cmd = {{ '{other[0]}', '{other[1]}' }}, filetypes = {{ 'python' }} }})\n"
        "vim.lsp.enable('other')\n"
        # What is shown is tested here, not what is held back for doubt.
        "vim.lsp.config('kibitz', { settings = { kibitz = { completion = { minConfidence = 0 } } } })\n"
        "vim.ui.select = function(choices, _, chosen)\n"
        "  local wanted = vim.iter(choices):find(function(it) return not it.action.title:find('^Fix') end)\n"
        "  vim.g.offered = wanted.action.title\n"
        "  chosen(wanted, 1)\n"
        "end\n"
    )
    folder = fresh_workspace(tmp_path / "workspace")
    with running_neovim(folder, tmp_path, config, PROGRAMS) as running:
        yield running


def test_grey_text_appears_while_typing_and_tab_accepts_it(editor: Neovim) -> None:
    editor.open(Path("shop/options.py"))
    editor.wait_for_client("kibitz", seconds=FIRST_SECONDS)
    editor.wait_until_ready(seconds=FIRST_SECONDS)
    editor.keys("GO")
    suggestion = editor.type_until_ghost_text('parser.add_argument("--till", type=str, ')
    before = editor.text()

    editor.keys("<Tab>")

    editor.wait_for(lambda: editor.text() != before, "accepted text", seconds=SECONDS)
    assert suggestion.strip() in editor.text()


def test_an_error_of_another_server_is_explained_beside_the_code(editor: Neovim) -> None:
    """Neovim alone tells a server of its own problems only; the configuration tells Kibitz of all."""
    editor.open(Path("shop/receipt.py"))
    editor.wait_for_client("kibitz", seconds=FIRST_SECONDS)
    editor.wait_for(lambda: editor.lua("#vim.diagnostic.get(0)"), "a problem", seconds=SECONDS)
    editor.keys("G/rate)<CR>gra")

    answer = editor.wait_for(lambda: answers(editor), "an explanation", seconds=FIRST_SECONDS)[0]

    assert editor.lua("vim.g.offered") == "Explain this error"
    assert "rate" in answer["text"]
    assert not answer["current"], "the cursor stays in the code"


def test_what_kibitz_sees_is_shown(editor: Neovim) -> None:
    editor.open(Path("shop/cart.py"))
    editor.wait_for_client("kibitz", seconds=FIRST_SECONDS)
    editor.keys("G<Cmd>KibitzContext<CR>")

    answer = editor.wait_for(lambda: answers(editor), "the context", seconds=FIRST_SECONDS)[0]

    assert answer["text"].strip()


def test_a_question_is_answered_and_enter_opens_a_place_of_the_answer(editor: Neovim) -> None:
    editor.open(Path("shop/options.py"))
    editor.wait_for_client("kibitz", seconds=FIRST_SECONDS)
    editor.keys("<Cmd>KibitzAsk how is the total of a cart made?<CR>")

    text = editor.wait_for(lambda: answered(editor, "cart.py:27"), "an answer", seconds=FIRST_SECONDS)

    assert text.startswith("# how is the total of a cart made?")
    editor.keys("<C-w>j/cart.py:27<CR><CR>")
    here = "vim.fn.expand('%:t') .. ':' .. vim.fn.line('.')"
    editor.wait_for(lambda: editor.lua(here) == "cart.py:27", "the place", seconds=SECONDS)


def test_a_vague_request_is_answered_with_a_question(editor: Neovim) -> None:
    editor.open(Path("shop/options.py"))
    editor.wait_for_client("kibitz", seconds=FIRST_SECONDS)
    editor.keys("<Cmd>KibitzAsk do something with this<CR>")

    editor.wait_for(lambda: answered(editor, "What is it about?"), "a question", seconds=FIRST_SECONDS)


def test_an_error_that_was_copied_or_stands_in_a_buffer_is_explained(editor: Neovim) -> None:
    editor.open(Path("shop/price.py"))
    editor.wait_for_client("kibitz", seconds=FIRST_SECONDS)
    editor.keys('<Cmd>enew<CR>ishop/receipt.py:13:25: error: Name "rate" is not defined<Esc>')
    editor.keys("<Cmd>%KibitzExplainOutput<CR>")

    text = editor.wait_for(lambda: answered(editor, "receipt.py:13"), "an explanation", seconds=FIRST_SECONDS)

    assert "return total * (1 - rate)" in text


def test_the_definition_at_the_cursor_is_explained(editor: Neovim) -> None:
    editor.open(Path("shop/cart.py"))
    editor.wait_for_client("kibitz", seconds=FIRST_SECONDS)
    editor.keys("gg/class Cart<CR><Cmd>KibitzExplain<CR>")

    editor.wait_for(lambda: answered(editor, "`Cart` is a class."), "an explanation", seconds=FIRST_SECONDS)


def test_a_docstring_is_written_where_it_belongs(editor: Neovim) -> None:
    editor.open(Path("shop/receipt.py"))
    editor.wait_for_client("kibitz", seconds=FIRST_SECONDS)
    editor.wait_until_ready(seconds=FIRST_SECONDS)
    editor.keys("gg/receipt_lines<CR>gra")

    lines = editor.wait_for(lambda: inserted(editor), "a docstring", seconds=FIRST_SECONDS)

    assert editor.lua("vim.g.offered") == "Write docstring"
    assert lines[0].startswith('    """')


def inserted(editor: Neovim) -> list[str]:
    """What stands between the head of `receipt_lines` and the first line of the body it had."""
    lines = editor.text().splitlines()
    head = next(index for index, line in enumerate(lines) if line.startswith("def receipt_lines"))
    body = next(index for index, line in enumerate(lines) if line.startswith("    lines = ["))
    return lines[head + 1 : body]


def answered(editor: Neovim, wanted: str) -> str:
    """The text of the answer once it has *wanted* in it."""
    return next((str(it["text"]) for it in answers(editor) if wanted in str(it["text"])), "")


def answers(editor: Neovim) -> list[dict[str, object]]:
    return [window for window in editor.windows() if str(window["name"]).startswith("kibitz://")]
