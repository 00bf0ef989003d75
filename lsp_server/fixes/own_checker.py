"""Fixes, looked at once more by the checker that a person named: mypy, tsc, pyright, whatever prints places.

It runs on a copy in a temporary folder, never in the workspace, and sees no configuration of it: a plugin
that a repository names would be a program that a repository starts. What it says of the copy before and
after decides: the message asked about must go, and none may come.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from lsp_server.cancellation import Cancellation
from lsp_server.errors import KibitzError
from lsp_server.explanation.kinds import read_message
from lsp_server.explanation.problem import Problem
from lsp_server.explanation.traceback import placed_messages
from lsp_server.fixes.fix import Fix
from lsp_server.fixes.mirror import Read, can_be_copied, needed, write
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

FILE = "{file}"  # in a command: the copy's path; where it is missing, the path goes last
OUTPUT_MAX = 4_000_000  # bytes; what prints more is ended
_LOOK_S = 0.02
_LINE = re.compile(r"\bline \d+")
_CODE = re.compile(r"\s+[\[(][\w-]+[\])]$")  # mypy and pyright name their rule behind the message

Message = tuple[str, str]  # (path, what is said); lines move, so none is named


class CheckerFailed(KibitzError):
    """It could not be started, did not end in time, or failed without a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChecker:
    command: tuple[str, ...]
    seconds: float  # for all runs that one problem takes

    @property
    def name(self) -> str:
        """For a person: `npx tsc` is tsc."""
        words = [it for it in self.command if not it.startswith("-") and it != FILE]
        starters = ("npx", "uvx", "python", "python3", "node", "env")
        chosen = next((it for it in words if PurePosixPath(it).stem not in starters), words[0])
        return PurePosixPath(chosen).stem


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    path: str  # relative to the copy's folder
    line: int  # 0-based
    message: str


def rechecked(
    fixes: Sequence[Fix],
    problem: Problem,
    document: Document,
    snapshot: Snapshot,
    checker: OwnChecker,
    read: Read,
    cancellation: Cancellation,
) -> list[Fix]:
    """*fixes* without those that bring a new message, verified ones first.

    Where the checker knows the problem, its word counts alone; of one that it does not see it can only say
    that nothing new came. Blocking. Raises CheckerFailed and Cancelled.
    """
    if not fixes or not checker.command or not can_be_copied(document.path):
        return list(fixes)
    until = time.monotonic() + checker.seconds
    versions = [document, *(replace(document, text=it.after) for it in fixes)]
    with tempfile.TemporaryDirectory(prefix="kibitz-check-") as folder:
        copy = Path(folder).resolve() / "copy"
        # What only a fix imports has messages of its own, which are not the fix's.
        known = {document.path, *needed([document], snapshot, read)}
        write(copy, needed(versions, snapshot, read).items())

        def found_in(text: str) -> list[Found]:
            write(copy, [(document.path, text)])
            return _run(checker, copy, document.path, until, cancellation)

        before = found_in(document.text)
        said = Counter((it.path, it.message) for it in before)
        asked = _asked(before, problem, document)
        kept: list[Fix] = []
        for fix in fixes:
            after = Counter((it.path, it.message) for it in found_in(fix.after) if it.path in known)
            if after - said:
                continue
            if asked is not None:
                fix = replace(fix, is_verified=after[asked] < said[asked], checked_by=checker.name)
            kept.append(fix)
    return sorted(kept, key=lambda it: not it.is_verified)


def _asked(before: Sequence[Found], problem: Problem, document: Document) -> Message | None:
    """The checker's own message about *problem*, which another tool may have reported in its words."""
    line, end = document.line_of(problem.start), document.line_of(max(problem.start, problem.end))
    here = [it for it in before if it.path == document.path and line <= it.line <= end]
    plain, reading = _plain(problem.message), read_message(problem.message)
    for it in here:
        if _plain(it.message) == plain:
            return it.path, it.message
    for it in here:
        other = read_message(it.message)
        is_same_kind = reading.kind != "other" and other.kind == reading.kind
        if is_same_kind and other.groups.get("name") == reading.groups.get("name"):
            return it.path, it.message
    return None


def _plain(message: str) -> str:
    return _CODE.sub("", " ".join(_LINE.sub("line", message).split()))


def _run(checker: OwnChecker, copy: Path, path: str, until: float, cancellation: Cancellation) -> list[Found]:
    program = shutil.which(checker.command[0])
    if program is None or not Path(program).is_absolute():
        raise CheckerFailed(
            f"there is no program {checker.command[0]}",
            hint="Name one that the terminal finds, or its whole path, in `kibitz.fixes.checker`.",
        )
    file = str(copy / path)
    arguments = [it.replace(FILE, file) for it in checker.command[1:]]
    if not any(FILE in it for it in checker.command):
        arguments.append(file)
    # `python -m` would import from the folder it is started in, and so run what was copied.
    where = copy if "-m" not in arguments else copy.parent / "empty"
    where.mkdir(exist_ok=True)
    code, text = _output([program, *arguments], where, _environment(copy), until, cancellation, checker)
    found = []
    for trace in placed_messages(text):
        frame = trace.frames[0]
        printed = Path(os.path.normpath(where / frame.path))
        if printed.is_relative_to(copy):
            relative = printed.relative_to(copy).as_posix()
            message = _LINE.sub("line", trace.message)
            found.append(Found(path=relative, line=frame.line - 1, message=message))
    if code != 0 and not found:
        shown = " ".join(text.split())[-200:] or f"code {code}"
        raise CheckerFailed(
            f"{checker.name} failed: {shown}", hint="Run it in a terminal on one file to see why."
        )
    return found


def _output(
    command: Sequence[str],
    where: Path,
    environment: dict[str, str],
    until: float,
    cancellation: Cancellation,
    checker: OwnChecker,
) -> tuple[int, str]:
    """(exit code, all it printed). It is ended with its children when it takes too long or says too much."""
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                command, cwd=where, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise CheckerFailed(
                f"{checker.name} cannot be started: {error.strerror}", hint="Check its path and its rights."
            ) from error
        try:
            while True:
                try:
                    code = process.wait(_LOOK_S)
                    break
                except subprocess.TimeoutExpired:
                    pass
                cancellation.check()
                if time.monotonic() > until or os.fstat(output.fileno()).st_size > OUTPUT_MAX:
                    raise CheckerFailed(
                        f"{checker.name} took longer than {checker.seconds:.0f} s, or printed too much",
                        hint="Give it less to do, such as the file alone.",
                    )
        finally:
            _end(process)
        output.seek(0)
        return code, output.read(OUTPUT_MAX).decode("utf-8", "replace")


def _end(process: "subprocess.Popen[bytes]") -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # the group's number is its first process's
    else:
        process.kill()
    process.wait()


def _environment(copy: Path) -> dict[str, str]:
    """The person's own, but nothing is looked for in the folder it runs in, and nothing is downloaded."""
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    absolute = os.pathsep.join(it for it in paths if Path(it).is_absolute())
    return os.environ | {
        "PYTHONPATH": absolute,
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MYPYPATH": str(copy),
        "npm_config_yes": "false",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }
