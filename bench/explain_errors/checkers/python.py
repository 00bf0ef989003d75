"""The real checkers of Python, and the real interpreter: what they say of a text, and where."""

import ast
import contextlib
import re
import sys
import warnings
from pathlib import Path

from mypy import api
from pyflakes.checker import Checker

from bench.explain_errors.checkers.copies import Copy, run
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
    """Within this process; what it knows of the other files is kept beside the copy.

    Not its server: that one ends with a fault of its own at many a text that changed.
    """

    def __init__(self, root: Path) -> None:
        self._copy = Copy(root)
        self._flags = [
            "--check-untyped-defs", "--no-error-summary", "--config-file=", "--show-column-numbers",
            "--no-color-output", "--ignore-missing-imports",
        ]  # fmt: skip
        self._flags += ["--cache-dir", str(self._copy.root / "cache")]

    def ask(self, path: str, text: str) -> list[Said]:
        """Of this file; the others are read as far as it needs them."""
        with self._copy.saying(path, text), contextlib.chdir(self._copy.root):
            answer, _, _ = api.run([*self._flags, path])
        pattern = rf"^{re.escape(path)}:(\d+):(\d+): error: (.*?)(?:  \[[\w-]+\])?$"
        found = re.findall(pattern, answer, re.M)
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
