"""What a model writes is shown, and does nothing: it may have read hostile code before it wrote."""

import re
import sys
from pathlib import Path

import pytest

from tests.editors.code_server import built_extension, code_server
from tests.editors.page import vscode_window
from tests.editors.sandbox import fresh_workspace
from tests.editors.setup import HERE, NODE, browser

SECONDS = 20


@pytest.mark.editors
@pytest.mark.timeout(180)
def test_an_answer_fetches_nothing_runs_nothing_and_leads_nowhere(tmp_path: Path) -> None:
    if not NODE.is_file() or browser() is None:
        pytest.skip("VS Code is not there yet. Run: python -m tests.editors.setup vscode")
    workspace = fresh_workspace(tmp_path / "workspace")
    hostile = [sys.executable, str(HERE / "other_server" / "hostile.py")]
    settings: dict[str, object] = {"kibitz.server.command": hostile}
    with (
        code_server(workspace, tmp_path, extensions=[built_extension()], settings=settings) as url,
        vscode_window() as editor,
    ):
        editor.visit(url)
        editor.open("receipt.py")
        editor.see(".statusbar-item[id*='kibitz'] .codicon-eye", seconds=SECONDS)
        editor.go(13, 26)
        editor.see_quick_fix("Explain this error")
        editor.see(".action-widget", "Explain this error", seconds=SECONDS)
        requests_before = editor.requests_to_other_machines()
        editor.click(".action-widget .monaco-list-row", "Explain this error")

        shown = editor.answer("Explain this error", seconds=SECONDS)

        editor.screenshot("hostile-answer")
        assert shown is not None
        assert "<img src=" in shown, "HTML is shown as the text that it is"
        tags = set(re.findall(r"<(\w+)", editor.answer_markup("Explain this error")))
        assert tags <= {"p", "code", "pre", "br"}
        assert editor.requests_to_other_machines() == requests_before
