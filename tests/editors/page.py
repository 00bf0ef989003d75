"""The Python side of vscode.mjs: what a person does at VS Code, as methods a test can read."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.editors.setup import CACHE, HERE, NODE, WEB, SetupError, browser

SCREENSHOTS = CACHE / "screenshots"
KEY_MS = 60  # a quick typist
QUICK_FIX_TRIES = 4
LOOK_UP_SECONDS = 2.0  # how long a person who waits for a suggestion looks at the screen


class VSCode:
    """One browser window with VS Code in it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def _do(self, command: str, **options: object) -> object:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"command": command, **options}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the browser has gone while doing {command}")
        answer = json.loads(line)
        if "error" in answer:
            self.screenshot_now("failed")
            raise AssertionError(answer["error"])
        return answer["value"]

    def visit(self, url: str) -> None:
        self._do("visit", url=url)

    def open(self, file: str) -> None:
        self._do("open", file=file)

    def go(self, line: int, column: int) -> None:
        self._do("go", line=line, column=column)

    def type(self, text: str) -> None:
        self._do("type", text=text, delay_ms=KEY_MS)

    def press(self, key: str) -> None:
        self._do("press", key=key)

    def run_command(self, name: str, *, opens: str = "") -> None:
        """*opens*: a text of the input that the command opens."""
        self._do("command", name=name, opened=opens)

    def save(self) -> None:
        self._do("saved")

    def ghost_text(self, *, seconds: float = 20) -> str | None:
        value = self._do("ghost", timeout_ms=seconds * 1000)
        return None if value is None else str(value)

    def type_until_ghost_text(self, text: str) -> str:
        """Type on, looking up after every key, until there is grey text; that text."""
        for character in text:
            self.type(character)
            suggestion = self.ghost_text(seconds=LOOK_UP_SECONDS)
            if suggestion:
                return suggestion
        self.screenshot_now("failed")
        raise AssertionError(f"no grey text while typing {text!r}")

    def see(self, selector: str, text: str = "", *, seconds: float = 20) -> str:
        return str(self._do("see", selector=selector, text=text, timeout_ms=seconds * 1000))

    def see_quick_fix(self, title: str) -> None:
        """Open the menu of quick fixes until it offers *title*; one opened too early stays without it."""
        for _ in range(QUICK_FIX_TRIES - 1):
            self.press("Control+.")
            try:
                self.see(".action-widget", title, seconds=5)
            except AssertionError:
                self.press("Escape")
            else:
                return
        self.press("Control+.")
        self.see(".action-widget", title, seconds=20)

    def click(self, selector: str, text: str = "") -> None:
        self._do("click", selector=selector, text=text)

    def hover(self, selector: str) -> None:
        self._do("hover", selector=selector)

    def label(self, selector: str) -> str:
        return str(self._do("label", selector=selector))

    def texts(self, selector: str) -> list[str]:
        value = self._do("texts", selector=selector)
        assert isinstance(value, list)
        return [str(text) for text in value]

    def answer(self, title: str, *, seconds: float = 60) -> str | None:
        """The text of the panel beside the code whose title begins so."""
        value = self._do("answer", title=title, timeout_ms=seconds * 1000)
        return None if value is None else str(value)

    def answer_markup(self, title: str) -> str:
        return str(self._do("markup", title=title))

    def open_place(self, title: str, text: str) -> None:
        """Click the place *text* in the answer called *title*."""
        self._do("place", title=title, text=text)

    def copy(self, text: str) -> None:
        self._do("copy", text=text)

    def copied(self) -> str:
        return str(self._do("copied"))

    def requests_to_other_machines(self) -> list[str]:
        value = self._do("foreign")
        assert isinstance(value, list)
        return [str(url) for url in value]

    def screenshot(self, name: str) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"vscode-{name}.png"
        self._do("screenshot", path=str(path))
        return path

    def screenshot_now(self, name: str) -> None:
        """A picture of what went wrong; if even that fails, the first failure is the one to report."""
        try:
            self.screenshot(name)
        except AssertionError:
            print(f"no screenshot of {name}")


@contextmanager
def vscode_window() -> Iterator[VSCode]:
    """A browser window under remote control."""
    found = browser()
    if found is None:
        raise SetupError("no browser yet. Run: python -m tests.editors.setup vscode")
    environment = {**os.environ, "KIBITZ_EDITORS": str(WEB), "KIBITZ_BROWSER": str(found)}
    process = subprocess.Popen(
        [str(NODE), str(HERE / "vscode.mjs")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    try:
        yield VSCode(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
