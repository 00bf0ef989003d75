"""Read what a crashed program or a checker printed, wherever it was pasted from: frames and a message.

Python's tracebacks and pytest's, the stacks of node, Java, Go and Rust, and one-place messages of compilers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.errors import KibitzError
from lsp_server.explanation.stacks import STACKS, Frame
from lsp_server.index.snapshot import Snapshot

_HEAD = "Traceback (most recent call last)"
_FRAME = re.compile(
    r'^\s*(?:\|\s*)?File "(?P<path>[^"\n]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?$', re.M
)
# What is raised stands at the margin: a dotted name, then a colon or nothing. Source and carets are indented.
_LAST = re.compile(r"^(?:\s*\|\s)?(?P<message>[A-Za-z_][\w.]*(?:: .*)?)$", re.M)
_RAISED = re.compile(r"^E {2,}(?P<message>\S.*)$", re.M)
_PYTEST_FRAME = re.compile(r"^(?P<path>[^\s:]+):(?P<line>\d+):(?: (?:in (?P<function>\S+)|\w+)?)?$", re.M)
_PLACED = re.compile(
    r"^\s*(?P<path>(?:[A-Za-z]:)?[^\s:()]+)[:(](?P<line>\d+)(?:[:,]\d+)?\)?(?::| -)\s*(?P<message>\S.*)$",
    re.M,
)
_ARROW = re.compile(r"^(?P<message>\S.*)\n *--> (?P<path>[^\n:]+):(?P<line>\d+):\d+$", re.M)
_PREFIX = re.compile(
    r"^(?:\d+:\s*)?(?:fatal )?(?:error|warning)(?: ?\[?[A-Z]+\d+\]?)?:?\s*|^[A-Z]{1,4}\d{3,4} (?:\[\*\] )?"
)
_SYMBOL = re.compile(r"^\s+symbol:\s+(?P<symbol>\w+ \w+)", re.M)
_ERROR = re.compile(r"\berror\b", re.I)
_NOTE = re.compile(r"^(?:note|help|info)\b", re.I)
TRACEBACK_MAX = 400_000  # characters
FRAMES_MAX = 2_000  # a recursion prints a thousand


class NoTraceback(KibitzError):
    def __init__(self) -> None:
        super().__init__(
            "there is no traceback or compiler message in this text",
            hint='Paste it whole, from "Traceback (most recent call last)" to the last line.',
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    message: str
    frames: tuple[Frame, ...]  # the innermost last
    before: "tuple[Trace, ...]" = ()  # what was raised earlier and led to it, the first one first


def read_traceback(text: str) -> Trace:
    """Of several that are chained the last one, with the others before it. Raises NoTraceback."""
    text = text[-TRACEBACK_MAX:].replace("\r\n", "\n")
    readers: tuple[Callable[[str], Trace | None], ...] = (_python, _pytest, _stack, _arrow, _placed)
    for read in readers:
        trace = read(text)
        if trace is not None:
            return trace
    raise NoTraceback


def placed_messages(text: str) -> list[Trace]:
    """Each message that a checker printed with its place, in order, without notes; of one frame each."""
    text = text[-TRACEBACK_MAX:].replace("\r\n", "\n")
    matches = list(_ARROW.finditer(text)) or [it for it in _PLACED.finditer(text) if "://" not in it[0]]
    return [_at(it) for it in matches if not _NOTE.match(it["message"])]


def path_in(snapshot: Snapshot, printed: str) -> str | None:
    """The repository's file that *printed* names, by the longest tail of its path; None if it has none."""
    parts = printed.replace("\\", "/").removeprefix("./").split("/")
    for start in range(len(parts)):
        tail = "/".join(parts[start:])
        if tail in snapshot.paths:
            return tail
    tail = "/" + "/".join(parts[-2:])
    ending = sorted(path for path in snapshot.paths if ("/" + path).endswith(tail))
    return ending[0] if len(ending) == 1 else None


def _python(text: str) -> Trace | None:
    first, *parts = text.split(_HEAD)
    traces = [trace for part in (parts or [first]) if (trace := _python_part(part)) is not None]
    if not traces:
        return None
    return Trace(message=traces[-1].message, frames=traces[-1].frames, before=tuple(traces[:-1]))


def _python_part(part: str) -> Trace | None:
    matches = list(_FRAME.finditer(part))[-FRAMES_MAX:]
    if not matches:
        return None
    found = _LAST.search(part, matches[-1].end())
    frames = [Frame(path=it["path"], line=int(it["line"]), function=it["function"] or "") for it in matches]
    return Trace(message=found["message"] if found is not None else "", frames=tuple(frames))


def _pytest(text: str) -> Trace | None:
    """Of several failed tests the first one: its frames end with the line that names what was raised."""
    raised = _RAISED.search(text)
    matches = list(_PYTEST_FRAME.finditer(text))[:FRAMES_MAX]
    if raised is None or not matches:
        return None
    placed = [it for it in matches if it.start() < raised.start()]
    # The long form has the innermost frame below; in the short one what follows is another test's.
    placed += [it for it in matches if it.start() > raised.start() and not it["function"]][:1]
    is_assertion = raised["message"].startswith("assert ")
    message = f"AssertionError: {raised['message']}" if is_assertion else raised["message"]
    return Trace(
        message=message,
        frames=tuple(
            Frame(path=it["path"], line=int(it["line"]), function=it["function"] or "") for it in placed
        ),
    )


def _stack(text: str) -> Trace | None:
    for stack in STACKS:
        matches = list(stack.frame.finditer(text))[:FRAMES_MAX]
        message = stack.message.search(text)
        if not matches or message is None:
            continue
        named = [it.groupdict() for it in matches]
        frames = [
            Frame(path=it["path"], line=int(it["line"]), function=it.get("function") or "") for it in named
        ]
        return Trace(message=message["message"].strip(), frames=tuple(reversed(frames)))
    return None


def _arrow(text: str) -> Trace | None:
    """rustc and ruff: the message, then an arrow to its place."""
    matches = list(_ARROW.finditer(text))
    if not matches:
        return None
    return _at(next((it for it in matches if _ERROR.match(it["message"])), matches[0]))


def _placed(text: str) -> Trace | None:
    """`path:line: message` and its like; an error goes before a warning, and a note comes last."""
    matches = [it for it in _PLACED.finditer(text) if "://" not in it[0]]
    if not matches:
        return None
    plain = [it for it in matches if not _NOTE.match(it["message"])] or matches
    found = next((it for it in plain if _ERROR.search(it["message"])), plain[0])
    trace = _at(found)
    symbol = _SYMBOL.search(text, found.end())
    if trace.message == "cannot find symbol" and symbol is not None:
        return Trace(message=f"cannot find symbol: {symbol['symbol']}", frames=trace.frames)
    return trace


def _at(found: re.Match[str]) -> Trace:
    frame = Frame(path=found["path"], line=int(found["line"]), function="")
    return Trace(message=_PREFIX.sub("", found["message"]).strip(), frames=(frame,))
