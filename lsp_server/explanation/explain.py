"""Explain a problem: look up the evidence, say it in plain sentences, and let a chat model tell it."""

from collections.abc import Callable, Sequence

from lsp_server.cancellation import Cancellation
from lsp_server.explanation.edited import with_edits
from lsp_server.explanation.edits import NO_EDITS, Edits
from lsp_server.explanation.frames import Way, way_of
from lsp_server.explanation.kinds import read_message
from lsp_server.explanation.look_up import evidence_for
from lsp_server.explanation.problem import Evidence, Explanation, Problem
from lsp_server.explanation.safe_markdown import code, fenced, one_line, safe
from lsp_server.explanation.same_elsewhere import with_same
from lsp_server.explanation.story import Storyteller, listed, with_story
from lsp_server.explanation.telling import told
from lsp_server.explanation.traceback import path_in, read_traceback
from lsp_server.explanation.words import Words, words_for
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document
from lsp_server.text.secrets import redact

LINES_AROUND = 3
EVIDENCE_MAX = 6
TITLE_MAX = 80
FRAMES_TOLD = 2
TRACEBACK_SHOWN = 2_000  # characters of its end, for a model that is shown no code

OnText = Callable[[str], None]
Read = Callable[[str], Document | None]  # by repository-relative path


def explain_problem(
    problem: Problem,
    document: Document,
    *,
    snapshot: Snapshot,
    storyteller: Storyteller | None,
    language: str,
    cancellation: Cancellation,
    on_text: OnText,
    way: Way | None = None,
    edits: Edits = NO_EDITS,
) -> Explanation:
    """Never empty: where the tables know nothing, the definitions of the names stand.

    *on_text* is given the whole Markdown so far, again and again. Raises Cancelled.
    """
    words = words_for(language)
    reading = read_message(problem.message)
    evidence = evidence_for(snapshot, document, problem, reading, words)
    cancellation.check()
    line = document.line_of(problem.start)
    shown = code_around(document, line)
    parts = [
        f"# {words('title', message=safe(one_line(problem.message, TITLE_MAX)))}",
        f"`{one_line(document.path, 300)}:{line + 1}`",
        fenced(shown, document.language),
        *told(words, reading, problem, evidence, document, snapshot),
    ]
    parts += way.parts if way is not None else ()
    evidence = with_edits(evidence, edits, problem, document, reading, snapshot, words)
    evidence = with_same(evidence, problem, document, reading, snapshot, words)
    parts += _listed(words, evidence)
    markdown = "\n\n".join(parts) + "\n"
    on_text(markdown)
    if storyteller is not None:
        markdown = with_story(
            markdown, words, storyteller, "explain_error", snapshot=snapshot, reader=language,
            cancellation=cancellation, on_text=on_text, language=document.language, path=document.path,
            line=line + 1, message=problem.message, code=shown, evidence=listed(_told_of(evidence, way)),
        )  # fmt: skip
    title = words("title", message=one_line(problem.message, TITLE_MAX))
    frames = way.evidence if way is not None else ()
    return Explanation(title=title, markdown=markdown, evidence=(*evidence, *frames))


def explain_traceback(
    text: str,
    *,
    snapshot: Snapshot,
    read: Read,
    storyteller: Storyteller | None,
    language: str,
    cancellation: Cancellation,
    on_text: OnText,
    edits: Edits = NO_EDITS,
) -> Explanation:
    """About the innermost frame in the repository, if there is one. Raises NoTraceback and Cancelled."""
    trace = read_traceback(text)
    words = words_for(language)
    way = way_of(trace, snapshot, read, words)
    for frame in reversed(trace.frames):
        path = path_in(snapshot, frame.path)
        document = read(path) if path is not None else None
        if document is None:
            continue
        start = document.offset_at(frame.line - 1, 0)
        line = document.line_of(start)
        start += len(document.line_text(line)) - len(document.line_text(line).lstrip())
        end = document.line_starts[line] + len(document.line_text(line))
        problem = Problem(message=trace.message or "error", start=start, end=end, source="traceback")
        return explain_problem(
            problem, document, snapshot=snapshot, storyteller=storyteller, language=language,
            cancellation=cancellation, on_text=on_text, way=way, edits=edits,
        )  # fmt: skip
    message = trace.message or "error"
    last = trace.frames[-1]
    nowhere = Document(path=one_line(last.path, 200), text="", language="plain")
    problem = Problem(message=message, start=0, end=0)
    reading = read_message(message)
    evidence = evidence_for(snapshot, nowhere, problem, reading, words)
    parts = [
        f"# {words('title', message=safe(one_line(message, TITLE_MAX)))}",
        words("outside"),
        *told(words, reading, problem, evidence, nowhere, snapshot),
        *way.parts,
        *_listed(words, evidence),
    ]
    markdown = "\n\n".join(parts) + "\n"
    on_text(markdown)
    if storyteller is not None:
        markdown = with_story(
            markdown, words, storyteller, "explain_error", snapshot=snapshot, reader=language,
            cancellation=cancellation, on_text=on_text, language=nowhere.language, path=nowhere.path,
            line=last.line, message=message, code=text.strip()[-TRACEBACK_SHOWN:], evidence=listed(evidence),
        )  # fmt: skip
    title = words("title", message=one_line(message, TITLE_MAX))
    return Explanation(title=title, markdown=markdown, evidence=tuple(evidence))


def _told_of(evidence: Sequence[Evidence], way: Way | None) -> list[Evidence]:
    """What a model is told: the best of what was looked up, then the frames."""
    frames = way.evidence[1 : 1 + FRAMES_TOLD] if way is not None else ()
    return [*evidence[:EVIDENCE_MAX], *frames]


def _listed(words: Words, evidence: Sequence[Evidence]) -> list[str]:
    if not evidence:
        return [f"## {words('evidence')}", words("no_evidence")]
    rows = [
        f"- `{one_line(it.place, 300)}` {code(it.text)} — {it.why}" if it.path else f"- {it.why}"
        for it in evidence[:EVIDENCE_MAX]
    ]
    return [f"## {words('evidence')}", "\n".join(rows)]


def code_around(document: Document, line: int) -> str:
    numbers = range(max(0, line - LINES_AROUND), min(document.line_count, line + LINES_AROUND + 1))
    clean = redact("\n".join(document.line_text(number)[:400] for number in numbers)).split("\n")
    return "\n".join(
        f"{'>' if number == line else ' '} {number + 1:4} {text}"
        for number, text in zip(numbers, clean, strict=False)
    )
