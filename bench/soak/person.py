"""Somebody who works in a window: types with ghost text, jumps, saves, asks, one action after another."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from random import Random

from bench.soak.window import Window
from tests.lsp.raw_client import Message

OPEN_MAX = 6
KEY_S = (0.05, 0.25)  # between two keys, at some 80 words a minute
PAUSE_S = (0.2, 2.0)
TAKEN = 0.3  # of the suggestions that are shown
CANCELLED = 0.2  # of the actions that take a while
NAME = re.compile(r"[A-Za-z_]{4,}")


class Person:
    def __init__(self, window: Window, random: Random) -> None:
        self._window = window
        self._random = random
        self._files = sorted(
            path.relative_to(window.root).as_posix()
            for path in window.root.rglob("*.py")
            if 2_000 < path.stat().st_size < 200_000
        )
        self._actions: dict[Callable[[], None], int] = {  # how often, set by hand
            self.type_a_line: 12, self.jump: 4, self.open: 2, self.save: 3, self.explain_an_error: 1,
            self.explain_code: 1, self.docstring: 1, self.look_at_the_context: 1, self.ask: 1,
            self.change_files_on_disk: 1,
        }  # fmt: skip

    def work_until(self, deadline: float) -> None:
        """Raises AssertionError if an answer never comes."""
        self.open()
        while time.monotonic() < deadline:
            actions, weights = list(self._actions), list(self._actions.values())
            self._random.choices(actions, weights)[0]()
            self._pause()

    def type_a_line(self) -> None:
        """Write the rest of a line anew, with ghost text at each key, and take some of what is suggested."""
        window = self._window
        if not self._go_to_a_line():
            return
        line, column = window.cursor
        rest = window.lines()[line][column:]
        window.erase_to_line_end()
        waiting = None
        for key in rest:
            window.type(key)
            if waiting is not None:
                window.server.cancel(waiting)
            waiting = window.ask_for_ghost_text()
            suggested = _suggested(window.pause(self._random.uniform(*KEY_S)), waiting)
            if suggested is not None:
                waiting = None
            if suggested and self._random.random() < TAKEN:
                window.type(suggested.rstrip("\n"))
                break

    def jump(self) -> None:
        if self._go_to_a_line():
            self._window.ask_for_ghost_text()

    def open(self) -> None:
        window = self._window
        is_open = window.open_files()
        if len(is_open) >= OPEN_MAX:
            window.close(is_open[0])
        file = self._random.choice([it for it in self._files if it not in is_open])
        window.open(file, (window.root / file).read_text("utf-8", "replace"))

    def save(self) -> None:
        window = self._window
        (window.root / window.file).write_text(window.text, "utf-8")
        window.server.notify("textDocument/didSave", {"textDocument": {"uri": window.uri}})
        self._tell_changed({window.file: 2})

    def explain_an_error(self) -> None:
        window = self._window
        if not self._go_to_a_line():
            return
        line = window.cursor[0]
        found = NAME.search(window.lines()[line])
        if found is None:
            return
        problem = {
            "range": _span(line, *found.span()), "message": f'"{found[0]}" is not defined',
            "source": "Pyright", "severity": 1,
        }  # fmt: skip
        self._act({"range": problem["range"], "context": {"diagnostics": [problem]}}, "quickfix")

    def explain_code(self) -> None:
        line = self._random.randrange(len(self._window.lines()))
        span = {"start": {"line": line, "character": 0}, "end": {"line": line + 5, "character": 0}}
        self._act({"range": span, "context": {"diagnostics": []}}, "kibitz.explain")

    def docstring(self) -> None:
        """The edit is looked at and not taken."""
        lines = self._window.lines()
        heads = [number for number, line in enumerate(lines) if line.lstrip().startswith("def ")]
        if heads:
            where = _span(self._random.choice(heads), 5, 5)
            self._act({"range": where, "context": {"diagnostics": []}}, "refactor.rewrite")

    def look_at_the_context(self) -> None:
        argument = {"uri": self._window.uri, "position": self._window.place["position"]}
        self._run({"command": "kibitz.showContext", "arguments": [argument]})

    def ask(self) -> None:
        name = self._random.choice(NAME.findall(self._window.text) or ["main"])
        self._run({"command": "kibitz.ask", "arguments": [{"question": f"where is {name} set"}]})

    def change_files_on_disk(self) -> None:
        """As another program does, or a checkout: some change, one comes and goes."""
        root, others = self._window.root, [it for it in self._files if it not in self._window.open_files()]
        changed = self._random.sample(others, min(len(others), self._random.choice((1, 3, 20))))
        for file in changed:
            with (root / file).open("r+", encoding="utf-8", errors="replace") as opened:
                lines = opened.read().split("\n")
                lines.append(lines.pop(0))  # as long as before, and another text
                opened.seek(0)
                opened.write("\n".join(lines))
        added = root / "added_by_another_program.py"
        is_there = added.exists()
        if is_there:
            added.unlink()
        else:
            added.write_text("def added():\n    return 1\n")
        self._tell_changed(dict.fromkeys(changed, 2) | {added.name: 3 if is_there else 1})

    def _act(self, where: Message, kind: str) -> None:
        """Open the menu there and take the first action of that kind which is not a fix."""
        window = self._window
        where["context"] |= {"only": [kind], "triggerKind": 1}
        params = {"textDocument": {"uri": window.uri}, **where}
        actions = window.asked("textDocument/codeAction", params) or []
        if kind == "refactor.rewrite":
            self._wait(*(window.server.ask("codeAction/resolve", it) for it in actions[:1]))
        else:
            told = [it["command"] for it in actions if "command" in it]
            for command in told[:1]:
                self._run(command)

    def _run(self, command: Message) -> None:
        params = {"command": command["command"], "arguments": command["arguments"]}
        self._wait(self._window.server.ask("workspace/executeCommand", params))

    def _wait(self, *asked: int) -> None:
        for number in asked:
            if self._random.random() < CANCELLED:
                self._window.pause(self._random.uniform(0, 0.5))
                self._window.server.cancel(number)
                continue
            self._window.answer_to(number)

    def _go_to_a_line(self) -> bool:
        """Put the cursor into a line of some open file that is worth writing anew."""
        window, random = self._window, self._random
        window.file = random.choice(window.open_files())
        lines = [(number, line) for number, line in enumerate(window.lines()) if 15 < len(line.strip()) < 70]
        if not lines:
            return False
        number, line = random.choice(lines)
        window.cursor = (number, random.randrange(len(line) - len(line.lstrip()), len(line)))
        return True

    def _tell_changed(self, kinds: dict[str, int]) -> None:
        changes = [{"uri": (self._window.root / file).as_uri(), "type": kind} for file, kind in kinds.items()]
        self._window.server.notify("workspace/didChangeWatchedFiles", {"changes": changes})

    def _pause(self) -> None:
        self._window.pause(self._random.uniform(*PAUSE_S))


def _suggested(came: list[Message], number: int) -> str | None:
    """What the answer to *number* shows; "" for nothing, None if it has not come."""
    for message in came:
        if "method" not in message and message.get("id") == number:
            items = message.get("result", {}).get("items", [])
            return str(items[0]["insertText"]) if items else ""
    return None


def _span(line: int, start: int, end: int) -> Message:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
