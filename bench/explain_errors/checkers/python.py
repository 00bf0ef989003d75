"""The real checkers of Python, and the real interpreter: what they say of a text, and where."""

import ast
import re
import subprocess
import sys
import warnings
from pathlib import Path

from pyflakes.checker import Checker

from bench.explain_errors.checkers.copies import SECONDS_MAX, Copy, run
from bench.explain_errors.said import Said


class Interpreter:
    """CPython's parser."""

    def ask(self, path: str, text: str) -> list[Said]:
        return cpython(text)

    def close(self) -> None:
        pass


class Pyflakes:
    def ask(self, path: str, text: str) -> list[Said]:
        return pyflakes(text)

    def close(self) -> None:
        pass


class Mypy:
    def __init__(self, root: Path) -> None:
        self._copy = Copy(root)

    def ask(self, path: str, text: str) -> list[Said]:
        """Of this file, and as much of the others as it needs; the copy's cache makes it quick."""
        with self._copy.saying(path, text):
            done = subprocess.run(
                [sys.executable, "-m", "mypy", "--check-untyped-defs", "--no-error-summary", "--config-file=",
                 "--show-column-numbers", "--no-color-output", "--ignore-missing-imports", path],
                cwd=self._copy.root, capture_output=True, text=True, timeout=SECONDS_MAX, check=False,
            )  # fmt: skip
        found = re.findall(
            rf"^{re.escape(path)}:(\d+):(\d+): error: (.*?)(?:  \[[\w-]+\])?$", done.stdout, re.M
        )
        return [Said(int(line), int(column), message) for line, column, message in found]

    def close(self) -> None:
        self._copy.close()


class Importing:
    """What the interpreter says when it imports the file: the last line of the traceback."""

    def __init__(self, root: Path) -> None:
        self._copy = Copy(root)

    def ask(self, path: str, text: str) -> list[Said]:
        module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        with self._copy.saying(path, text) as target:
            said = run([sys.executable, "-c", f"import {module}"], self._copy.root).strip()
        frames = re.findall(r'File "([^"]+)", line (\d+)', said)
        lines = [int(line) for file, line in frames if Path(file) == target]
        return [Said(lines[-1], 1, said.split("\n")[-1])] if lines else []

    def close(self) -> None:
        self._copy.close()


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
