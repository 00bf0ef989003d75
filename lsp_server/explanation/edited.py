"""Evidence of what changed lately: the problem's line, a definition involved, or where a name stood till now.

The last is how a renamed definition with stale callers looks: the name in the message is gone from a line
that had it a minute ago. What stood there passes the secret filter. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from lsp_server.explanation.edits import Edit, Edits
from lsp_server.explanation.kinds import Reading
from lsp_server.explanation.problem import Evidence, Problem
from lsp_server.explanation.safe_markdown import code
from lsp_server.explanation.words import Words
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document
from lsp_server.text.secrets import redact

# Set by hand: a name that left is nearly always the cause, a line that changed often is.
GONE, LINE = 0.96, 0.75
GONE_MAX = 2

_MINUTE_S = 60


def with_edits(
    evidence: Sequence[Evidence],
    edits: Edits,
    problem: Problem,
    document: Document,
    reading: Reading,
    snapshot: Snapshot,
    words: Words,
) -> list[Evidence]:
    """*evidence*, which keeps its order, with what *edits* say of these places; the most telling first."""
    if not edits:
        return list(evidence)
    added = [
        *_gone(edits, document, reading, snapshot, words),
        *_line(edits.get(document.path, ()), problem, document, words),
    ]
    said = {(it.path, it.line) for it in added}
    known = [it if (it.path, it.line) in said else _of_definition(it, edits, words) for it in evidence]
    return sorted([*added, *known], key=lambda it: -it.weight)


def _gone(
    edits: Edits, document: Document, reading: Reading, snapshot: Snapshot, words: Words
) -> Iterator[Evidence]:
    """Where a name of the message stood before, and stands no more."""
    names = dict.fromkeys(name.rpartition(".")[2] for name in reading.names)
    found = 0
    for path in dict.fromkeys([document.path, *edits]):
        there = document if path == document.path else snapshot.documents.get(path)
        for edit in edits.get(path, ()) if there is not None else ():
            assert there is not None
            lines = [there.line_text(it) for it in range(edit.first, min(edit.last, there.line_count))]
            for name in names:
                word = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
                had = [it for it in edit.before if word.search(it)]
                if not had or any(word.search(it) for it in lines) or found >= GONE_MAX:
                    continue
                found += 1
                near = max(range(len(lines)), key=lambda at: _likeness(lines[at], had[0]), default=0)
                line = min(edit.first + near, there.line_count - 1)
                why = words("edited_away", name=name, ago=_ago(edit, words), before=_shown(had[0]))
                yield Evidence(
                    path=path, line=line, text=redact(there.line_text(line)).strip(), why=why, weight=GONE,
                    role="edited", name=name,
                )  # fmt: skip


def _line(edits: Sequence[Edit], problem: Problem, document: Document, words: Words) -> Iterator[Evidence]:
    line = document.line_of(problem.start)
    why = _why(edits, line, document.line_text(line), "edited_line", words)
    if why:
        text = redact(document.line_text(line)).strip()
        yield Evidence(path=document.path, line=line, text=text, why=why, weight=LINE, role="edited", name="")


def _of_definition(it: Evidence, edits: Edits, words: Words) -> Evidence:
    why = _why(edits.get(it.path, ()), it.line, it.text, "edited_definition", words)
    return replace(it, why=f"{it.why}; {why}") if why else it


def _why(edits: Sequence[Edit], line: int, text: str, sentence: str, words: Words) -> str:
    edit = next((it for it in edits if it.first <= line < it.last), None)
    if edit is None:
        return ""
    before = max(edit.before, key=lambda it: _likeness(it, text), default="")
    if not before.strip():
        return words("edited_new", ago=_ago(edit, words))
    if before.strip() == text.strip():  # of several lines another one was changed
        return ""
    return words(sentence, ago=_ago(edit, words), before=_shown(before))


def _likeness(one: str, other: str) -> float:
    return Levenshtein.normalized_similarity(one.strip(), other.strip())


def _shown(line: str) -> str:
    return code(redact(line).strip())


def _ago(edit: Edit, words: Words) -> str:
    minutes = round(edit.at / _MINUTE_S)
    if minutes < 1:
        return words("edited_now")
    return words("edited_minute") if minutes == 1 else words("edited_minutes", count=str(minutes))
