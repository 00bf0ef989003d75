"""The real checkers of Python, and the real interpreter: what they say of a text, and where."""

import ast
import contextlib
import re
import sys
import warnings
from pathlib import Path

from mypy.dmypy_server import Server, process_start_options
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
    """mypy's own server, within this process: what it knows of the other files is kept."""

    def __init__(self, root: Path) -> None:
        self._copy = Copy(root)
        flags = ["--check-untyped-defs", "--no-error-summary", "--config-file=", "--show-column-numbers",
                 "--no-color-output", "--ignore-missing-imports"]  # fmt: skip
        flags += ["--cache-dir", str(self._copy.root / "cache")]
        self._options = process_start_options(flags, allow_sources=False)
        self._server = Server(self._options, "status")

    def ask(self, path: str, text: str) -> list[Said]:
        """Of this file; the others are read as far as it needs them."""
        with self._copy.saying(path, text), contextlib.chdir(self._copy.root):
            try:
                answer = self._server.cmd_check([path], export_types=False, is_tty=False, terminal_width=80)
            except (KeyError, AssertionError, RuntimeError, SystemExit):
                # Its own fault, seen with modules of other systems: nothing is said, and a fresh one goes on.
                self._server = Server(self._options, "status")
                return []
        pattern = rf"^{re.escape(path)}:(\d+):(\d+): error: (.*?)(?:  \[[\w-]+\])?$"
        found = re.findall(pattern, str(answer.get("out", "")), re.M)
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
