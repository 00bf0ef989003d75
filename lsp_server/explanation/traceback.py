"""Read a Python traceback, as printed by CPython, wherever it was pasted from."""

import re
from dataclasses import dataclass

from lsp_server.errors import KibitzError
from lsp_server.index.snapshot import Snapshot

_FRAME = re.compile(
    r'^\s*(?:\|\s*)?File "(?P<path>[^"\n]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?$', re.M
)
_LAST = re.compile(r"^(?:\|\s*)?(?P<message>(?:\w+\.)*[A-Z]\w*(?:: .*)?)$", re.M)
_COMPILER = re.compile(
    r"^(?P<path>(?:[A-Za-z]:)?[^\s:()]+)[:(](?P<line>\d+)(?:[:,]\d+)?\)?:\s*(?P<message>.+)$", re.M
)
TRACEBACK_MAX = 400_000  # characters


class NoTraceback(KibitzError):
    def __init__(self) -> None:
        super().__init__(
            "there is no traceback or compiler message in this text",
            hint='Paste it whole, from "Traceback (most recent call last)" to the last line.',
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    path: str  # as printed
    line: int  # from 1
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    message: str
    frames: tuple[Frame, ...]  # the innermost last


def read_traceback(text: str) -> Trace:
    """Of several, chained by "during handling", the last one. Raises NoTraceback."""
    text = text[-TRACEBACK_MAX:].replace("\r\n", "\n")
    start = text.rfind("Traceback (most recent call last)")
    part = text[start:] if start >= 0 else text
    frames = [
        Frame(path=it["path"], line=int(it["line"]), function=it["function"] or "")
        for it in _FRAME.finditer(part)
    ]
    if frames:
        after = part[[it.end() for it in _FRAME.finditer(part)][-1] :]
        messages = [it["message"] for it in _LAST.finditer(after)]
        return Trace(message=messages[0] if messages else "", frames=tuple(frames))
    found = _COMPILER.search(text)
    if found is None:
        raise NoTraceback
    message = re.sub(r"^(?:fatal )?error(?:\[\w+\])?:?\s*|^error TS\d+:\s*", "", found["message"])
    return Trace(message=message, frames=(Frame(path=found["path"], line=int(found["line"]), function=""),))


def path_in(snapshot: Snapshot, printed: str) -> str | None:
    """The repository's file that *printed* names, by the longest tail of its path; None if it has none."""
    parts = printed.replace("\\", "/").split("/")
    for start in range(len(parts)):
        tail = "/".join(parts[start:])
        if tail in snapshot.paths:
            return tail
    tail = "/" + "/".join(parts[-2:])
    ending = sorted(path for path in snapshot.paths if ("/" + path).endswith(tail))
    return ending[0] if len(ending) == 1 else None
