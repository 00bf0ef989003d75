"""The frames of a traceback with their source, the innermost first, cut to a budget."""

from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.explanation.problem import Evidence
from lsp_server.explanation.safe_markdown import code, fenced, one_line
from lsp_server.explanation.stacks import Frame
from lsp_server.explanation.traceback import Trace, path_in
from lsp_server.explanation.words import Words
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document
from lsp_server.text.secrets import is_secret_file, redact

FRAMES_SHOWN = 12
SOURCES_MAX = 6  # frames of the repository that are shown with their lines
SOURCE_CHARACTERS_MAX = 2_400  # of all of them
LINES_BEFORE, LINES_AFTER = 2, 1
LINE_CHARACTERS_MAX = 200
WEIGHT, FURTHER = 0.5, 0.05  # below what was looked up for the message; each frame further out is worth less

Read = Callable[[str], Document | None]  # by repository-relative path


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a program came to where it crashed."""

    parts: tuple[str, ...]  # Markdown
    evidence: tuple[Evidence, ...]  # one piece for each frame of the repository


def way_of(trace: Trace, snapshot: Snapshot, read: Read, words: Words) -> Way:
    rows: list[str] = []
    evidence: list[Evidence] = []
    left = SOURCE_CHARACTERS_MAX
    shown = list(reversed(trace.frames))[:FRAMES_SHOWN]
    for number, frame in enumerate(shown, 1):
        path = path_in(snapshot, frame.path)
        said = f" in {code(one_line(frame.function, 80))}" if frame.function else ""
        rows.append(f"{number}. `{one_line(path or frame.path, 200)}:{frame.line}`{said}")
        document = read(path) if path is not None and len(evidence) < SOURCES_MAX else None
        if document is None or is_secret_file(document.path):
            continue
        piece = _piece(document, frame, len(evidence), words)
        source = _source(document, piece.line)
        # The innermost one is what the explanation begins with.
        if evidence and len(source) <= left:
            left -= len(source)
            indented = fenced(source, document.language).split("\n")
            rows.append("\n".join(f"   {line}" for line in indented))
        evidence.append(piece)
    if len(trace.frames) > len(shown):
        rows.append(f"\n{words('frames_more', count=str(len(trace.frames) - len(shown)))}")
    earlier = [
        f"- {words('before_it', message=code(it.message), place=_place(it.frames[-1], snapshot))}"
        for it in trace.before[-3:]
        if it.message
    ]
    parts = [f"## {words('frames')}", "\n".join(rows), *(["\n".join(earlier)] if earlier else [])]
    return Way(parts=tuple(parts), evidence=tuple(evidence))


def _piece(document: Document, frame: Frame, further: int, words: Words) -> Evidence:
    line = min(max(frame.line - 1, 0), document.line_count - 1)
    text = redact(document.text)[document.line_starts[line] :][: len(document.line_text(line))]
    sentence = "frame_from" if further else "frame_here"
    return Evidence(
        path=document.path, line=line, text=text.strip()[:LINE_CHARACTERS_MAX],
        why=words(sentence, function=frame.function or document.path),
        weight=WEIGHT - FURTHER * further, role="frame", name=frame.function,
    )  # fmt: skip


def _source(document: Document, line: int) -> str:
    clean = redact(document.text)
    numbers = range(max(0, line - LINES_BEFORE), min(document.line_count, line + LINES_AFTER + 1))
    rows = []
    for number in numbers:
        start = document.line_starts[number]
        text = clean[start : start + min(len(document.line_text(number)), LINE_CHARACTERS_MAX)]
        rows.append(f"{'>' if number == line else ' '} {number + 1:4} {text}")
    return "\n".join(rows)


def _place(frame: Frame, snapshot: Snapshot) -> str:
    return f"{one_line(path_in(snapshot, frame.path) or frame.path, 200)}:{frame.line}"
