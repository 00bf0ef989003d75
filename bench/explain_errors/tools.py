"""The real checkers and the real interpreter: what they say of a text, and where."""

import ast
import re
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pyflakes.checker import Checker

SECONDS_MAX = 300


@dataclass(frozen=True, slots=True)
class Said:
    line: int  # from 1
    column: int  # from 1
    message: str

    @property
    def key(self) -> str:
        """The same for the same finding on another line."""
        return re.sub(r"\bline \d+", "line", self.message)


class Tools:
    """Checks one project. mypy and the interpreter work on a copy in a folder of their own."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._copy = Path(tempfile.mkdtemp(prefix="kibitz-bench-"))
        for path in root.rglob("*.py"):
            target = self._copy / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        self._known: dict[tuple[str, str], list[Said]] = {}

    def ask(self, tool: str, path: str, text: str) -> list[Said]:
        if tool == "pyflakes":
            return pyflakes(text)
        if tool == "cpython":
            return cpython(text)
        target = self._copy / path
        before = target.read_text("utf-8")
        target.write_text(text, "utf-8")
        try:
            return self._mypy(path) if tool == "mypy" else self._imported(path)
        finally:
            target.write_text(before, "utf-8")

    def ask_of_original(self, tool: str, path: str, text: str) -> list[Said]:
        if (tool, path) not in self._known:
            self._known[tool, path] = self.ask(tool, path, text)
        return self._known[tool, path]

    def _mypy(self, path: str) -> list[Said]:
        """Of this file, and as much of the others as it needs; the copy's cache makes it quick."""
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--check-untyped-defs", "--no-error-summary", "--config-file=",
             "--show-column-numbers", "--no-color-output", "--ignore-missing-imports", path],
            cwd=self._copy, capture_output=True, text=True, timeout=SECONDS_MAX, check=False,
        )  # fmt: skip
        found = re.findall(
            rf"^{re.escape(path)}:(\d+):(\d+): error: (.*?)(?:  \[[\w-]+\])?$", done.stdout, re.M
        )
        return [Said(int(line), int(column), message) for line, column, message in found]

    def _imported(self, path: str) -> list[Said]:
        """What the interpreter says when it imports the file."""
        module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        done = subprocess.run(
            [sys.executable, "-c", f"import {module}"], cwd=self._copy, capture_output=True, text=True,
            timeout=SECONDS_MAX, check=False,
        )  # fmt: skip
        if not done.returncode:
            return []
        frames = re.findall(r'File "([^"]+)", line (\d+)', done.stderr)
        lines = [int(line) for file, line in frames if Path(file) == self._copy / path]
        return [Said(lines[-1] if lines else 1, 1, done.stderr.strip().split("\n")[-1])]


def pyflakes(text: str) -> list[Said]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except SyntaxError:
        return cpython(text)
    return [
        Said(it.lineno, it.col + 1, it.message % it.message_args)
        for it in sorted(Checker(tree).messages, key=lambda it: (it.lineno, it.col))
    ]


def cpython(text: str) -> list[Said]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "bench.py", "exec", dont_inherit=True)
    except SyntaxError as error:
        return [Said(error.lineno or 1, error.offset or 1, f"{type(error).__name__}: {error.msg}")]
    return []


def added(before: list[Said], after: list[Said]) -> list[Said]:
    """Those of *after* that *before* has not."""
    known = Counter(it.key for it in before)
    new = []
    for each in after:
        if known[each.key]:
            known[each.key] -= 1
        else:
            new.append(each)
    return new
