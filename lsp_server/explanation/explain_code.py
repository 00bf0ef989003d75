"""Explain a piece of code: what it is, who uses it and what it calls, looked up; a model tells the rest."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lsp_server.cancellation import Cancellation
from lsp_server.explanation.problem import Evidence, Explanation
from lsp_server.explanation.reachable import reachable
from lsp_server.explanation.reading import Notes, ReadingLimits, read_in_parts
from lsp_server.explanation.safe_markdown import code, fenced, one_line, safe
from lsp_server.explanation.shortened import shortened
from lsp_server.explanation.story import Storyteller, listed, with_story
from lsp_server.explanation.windows import BYTES_PER_TOKEN, Window, tokens_in, windows
from lsp_server.explanation.words import Words, words_for
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.syntax.outline import Definition
from lsp_server.syntax.outlining import identifiers_in, outline
from lsp_server.text.document import Document
from lsp_server.text.lines import lines_of
from lsp_server.text.secrets import is_secret_file, redact

CODE_CHARACTERS_MAX = 6_000  # that are shown to a person
SHOWN_LINES_MAX = 60
CALLED_MAX = 8
USES_MAX = 6
USING_FILES_MAX = 400  # a name that more files use is an everyday word
PARTS_SHOWN = 12

# Set by hand. Of what a model reads at once: its answer, the prompt around the code and the evidence.
ROOM_FOR_THE_REST_TOKENS = 1_100
WHOLE_TOKENS_MAX = 4_000  # more is read in parts also by a model that could take it: who waits sees them pass
WINDOW_TOKENS = 3_000
SHAPE_SHARE, NOTES_SHARE = 0.35, 0.6  # of the room: the shortened code, and the notes of its parts
READING_S_MAX = 120.0

_MEMBERS = ("method", "field")

OnText = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    first: int  # 0-based
    last: int  # inclusive
    definition: Definition | None  # that it is, or that it lies in


def explain_code(
    document: Document,
    start: int,
    end: int,
    *,
    snapshot: Snapshot,
    storyteller: Storyteller | None,
    language: str,
    cancellation: Cancellation,
    on_text: OnText,
) -> Explanation:
    """Of what stands from *start* to *end*; without a selection, of the definition around it.

    *on_text* is given the whole Markdown so far, again and again. Raises Cancelled.
    """
    words = words_for(language)
    piece = _piece(document, start, end)
    if piece is None:
        return _nothing(document, document.line_of(start), words, on_text)
    name = piece.definition.name if piece.definition is not None else ""
    calls = _called(snapshot, document, piece, words)
    uses, count = _used(snapshot, document, piece, words, cancellation) if name else ([], 0)
    clean = Document(path=document.path, text=redact(document.text), language=document.language)
    shown = shortened(clean, piece.first, piece.last, characters_max=CODE_CHARACTERS_MAX)
    title = words("code_title", what=name or f"{document.path}:{piece.first + 1}–{piece.last + 1}")
    parts = [
        f"# {safe(title)}",
        f"`{one_line(document.path, 300)}:{piece.first + 1}`",
        fenced(_head(shown.text, words), document.language),
        f"**{words('code_what')}.** {_what(words, document, piece)}",
    ]
    if name:
        parts.append(f"**{words('code_used')}.** {_counted(words, count)}")
    parts += _rows(words("code_uses"), uses) + _rows(words("code_calls"), calls)
    if shown.unread and storyteller is None:
        long = windows(clean, piece.first, piece.last, tokens_max=WINDOW_TOKENS)
        parts += _parts(words("code_parts"), clean, long)
    markdown = "\n\n".join(parts) + "\n"
    on_text(markdown)
    evidence = (*calls, *uses)
    if storyteller is not None:
        whole = "\n".join(clean.line_text(it) for it in range(piece.first, piece.last + 1))
        room = max(200, storyteller.chat.context_tokens - ROOM_FOR_THE_REST_TOKENS)
        notes = ""
        if tokens_in(whole) > min(room, WHOLE_TOKENS_MAX):
            read = _read(clean, piece, words, storyteller, room, markdown, cancellation, on_text)
            whole, notes = read[0], read[1].text
            markdown += "\n" + "\n\n".join(_said_of(read[1], clean, words)) + "\n"
        markdown = with_story(
            markdown, words, storyteller, "explain_code", snapshot=snapshot, reader=language,
            cancellation=cancellation, on_text=on_text, own_words=notes, language=document.language,
            path=document.path, code=whole, notes=notes, evidence=listed(evidence),
        )  # fmt: skip
    return Explanation(title=title, markdown=markdown, evidence=evidence)


def _read(
    document: Document,
    piece: _Piece,
    words: Words,
    storyteller: Storyteller,
    room: int,
    markdown: str,
    cancellation: Cancellation,
    on_text: OnText,
) -> tuple[str, Notes]:
    """(the code without what is too long, the notes of all its parts)."""

    def say(number: int, count: int, anchor: str) -> None:
        reading = words("code_reading", number=str(number), count=str(count), part=code(anchor))
        on_text(f"{markdown}\n*{reading}*\n")

    limits = ReadingLimits(
        seconds=READING_S_MAX, window_tokens=WINDOW_TOKENS, notes_tokens=int(room * NOTES_SHARE)
    )
    notes = read_in_parts(
        document, piece.first, piece.last, chat=storyteller.chat, limits=limits, cancellation=cancellation,
        on_part=say,
    )  # fmt: skip
    size = int(room * SHAPE_SHARE) * BYTES_PER_TOKEN
    return shortened(document, piece.first, piece.last, characters_max=size).text, notes


def _said_of(notes: Notes, document: Document, words: Words) -> list[str]:
    if notes.unread:
        return _parts(words("code_unread"), document, notes.unread)
    return [words("code_read", count=str(notes.read))]


def _parts(title: str, document: Document, parts: Sequence[Window]) -> list[str]:
    rows = [
        f"- `{one_line(document.path, 300)}:{it.first + 1}` {code(it.anchor)}" for it in parts[:PARTS_SHOWN]
    ]
    more = len(parts) - PARTS_SHOWN
    return [title, "\n".join(rows + ([f"- … {more}"] if more > 0 else []))]


def _piece(document: Document, start: int, end: int) -> _Piece | None:
    """None where nothing stands."""
    start, end = sorted((start, end))
    first, last = document.line_of(start), document.line_of(end)
    if last > first and end == document.line_starts[last]:
        last -= 1  # a selection of whole lines ends at the start of the next
    around = [it for it in outline(document).definitions if it.start_line <= first and last <= it.end_line]
    around.sort(key=lambda it: it.end_line - it.start_line)
    if document.text[start:end].strip():
        whole = next((it for it in around if (it.start_line, it.end_line) == (first, last)), None)
        headed = next((it for it in around if it.start_line <= first and last <= _head_end(it)), None)
        if headed is not None:  # somebody who marks a name, or a whole head, asks what it is the head of
            return _Piece(first=headed.start_line, last=headed.end_line, definition=headed)
        return _Piece(first=first, last=last, definition=whole)
    if around:
        it = next((it for it in around if it.kind not in ("field", "variable", "constant")), around[0])
        return _Piece(first=it.start_line, last=it.end_line, definition=it)
    return _Piece(first=first, last=first, definition=None) if document.line_text(first).strip() else None


def _nothing(document: Document, line: int, words: Words, on_text: OnText) -> Explanation:
    """An empty line outside of any definition: what is nearest."""
    path = one_line(document.path, 300)
    known = [it for it in outline(document).definitions if not it.owner]
    below = min((it for it in known if it.start_line > line), key=lambda it: it.start_line, default=None)
    above = max((it for it in known if it.end_line < line), key=lambda it: it.end_line, default=None)
    said = [words("code_nothing", place=f"{path}:{line + 1}")]
    for sentence, it in (("code_above", above), ("code_below", below)):
        if it is not None:
            said.append(words(sentence, name=it.name, place=f"{path}:{it.name_line + 1}"))
    title = words("code_title", what=f"{document.path}:{line + 1}")
    markdown = f"# {safe(title)}\n\n{' '.join(said)}\n"
    on_text(markdown)
    return Explanation(title=title, markdown=markdown, evidence=())


def _head_end(it: Definition) -> int:
    return it.name_line + it.signature.count("\n")


def _what(words: Words, document: Document, piece: _Piece) -> str:
    it = piece.definition
    if it is None:
        inside = [
            each.name
            for each in outline(document).definitions
            if piece.first <= each.start_line and each.end_line <= piece.last and not each.owner
        ]
        if inside:
            names = ", ".join(f"`{name}`" for name in inside[:CALLED_MAX])
            return words("code_holds", names=names + (" …" if len(inside) > CALLED_MAX else ""))
        return words("code_lines", count=str(piece.last - piece.first + 1))
    kind = words.first(f"kind_{it.kind}", "kind_other")
    said = words("code_in" if it.owner else "code_is", name=it.name, kind=kind, owner=it.owner)
    return said + (f" “{safe(one_line(redact(it.doc), 200))}”" if it.doc else "")


def _called(snapshot: Snapshot, document: Document, piece: _Piece, words: Words) -> list[Evidence]:
    """What it names that the repository defines elsewhere, in the order of its lines; calls first."""
    text = "\n".join(document.line_text(it) for it in range(piece.first, piece.last + 1))
    own = {it.name for it in outline(document).definitions if piece.first <= it.name_line <= piece.last}
    own |= set(piece.definition.parameters) if piece.definition is not None else set()
    found: list[Evidence] = []
    for name in identifiers_in(text):
        if name in own or len(name) < 2:
            continue
        is_called = re.search(rf"(?<![\w$]){re.escape(name)}\s*\(", text) is not None
        for it in reachable(snapshot, document, name)[:1]:
            if it.kind in ("field", "variable") or (it.kind == "method" and not is_called):
                continue
            found.append(
                Evidence(
                    path=it.path, line=it.name_line, text=redact(_signature(it)),
                    why=words("defined", name=name), weight=1.0 if is_called else 0.5,
                    role="definition", name=name,
                )
            )  # fmt: skip
    found.sort(key=lambda it: -it.weight)
    return found[:CALLED_MAX]


def _used(
    snapshot: Snapshot, document: Document, piece: _Piece, words: Words, cancellation: Cancellation
) -> tuple[list[Evidence], int]:
    """(some lines that use it, how many there are; -1: too many to count)."""
    assert piece.definition is not None
    name = piece.definition.name
    paths = {*snapshot.files_with(name), document.path}
    if len(paths) > USING_FILES_MAX:
        return [], -1
    behind = r"(?:\.|->|::)\s*" if piece.definition.kind in _MEMBERS else r"(?<![\w$])"
    word = re.compile(rf"{behind}{re.escape(name)}(?![\w$])")
    found: list[Evidence] = []
    count = 0
    for path in sorted(paths, key=lambda it: (it != document.path, it)):
        cancellation.check()
        if language_of(path) in ("plain", "markdown"):
            continue
        for number, line in enumerate(_lines(snapshot, document, path)):
            if name not in line or not word.search(line):
                continue
            if path == document.path and number == piece.definition.name_line:
                continue
            count += 1
            if len(found) < USES_MAX:
                found.append(
                    Evidence(
                        path=path, line=number, text=line.strip(), why=words("code_uses_it", name=name),
                        weight=0.4, role="elsewhere", name=name,
                    )
                )  # fmt: skip
    return found, count


def _lines(snapshot: Snapshot, document: Document, path: str) -> list[str]:
    if is_secret_file(path):
        return []
    opened = document if path == document.path else snapshot.documents.get(path)
    if opened is not None:
        return lines_of(redact(opened.text))
    file = snapshot.file(path)
    return file.lines if file is not None else []


def _counted(words: Words, count: int) -> str:
    if count < 0:
        return words("code_used_often")
    return words("code_used_times", count=str(count)) if count else words("code_unused")


def _rows(title: str, evidence: Iterable[Evidence]) -> list[str]:
    rows = [f"- `{one_line(it.place, 300)}` {code(it.text)}" for it in evidence]
    return [f"## {title}", "\n".join(rows)] if rows else []


def _signature(it: Definition) -> str:
    return " ".join(part.strip() for part in lines_of(it.signature or it.name))


def _head(text: str, words: Words) -> str:
    lines = text.split("\n")
    more = len(lines) - SHOWN_LINES_MAX
    return "\n".join(lines[:SHOWN_LINES_MAX] + ([words("code_more", count=str(more))] if more > 0 else []))
