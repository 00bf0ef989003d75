"""Evidence at the places that the tool itself points at, and of the names it offers there. Pure."""

import re
from collections.abc import Iterator

from lsp_server.explanation.problem import Evidence, Problem, Related
from lsp_server.explanation.words import Words
from lsp_server.index.outline import Definition
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document

RELATED_MAX = 8
OFFERED = 0.985  # of a name that the tool offers in place of the wrong one
DECLARED = 0.94  # of a place that it calls the declaration
POINTED = 0.66

_OFFER = re.compile(
    r"similar name|did you mean|consider importing|import this|instance member|might have meant", re.I
)
_DECLARED = re.compile(r"declared|defined|(?:is|was) not provided|expected '|required by|comes from", re.I)
_QUOTED = re.compile(r"[`'\"]([A-Za-z_$][\w$.:]*)")
_OFFERS = re.compile(r"[`'\"]([^`'\"]+)[`'\"]")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


def related_evidence(
    snapshot: Snapshot, document: Document, problem: Problem, words: Words
) -> Iterator[Evidence]:
    for it in problem.related[:RELATED_MAX]:
        if _OFFER.search(it.message):
            yield from _offered(it, words)
        else:
            yield from _pointed_at(snapshot, document, problem, it, words)


def _offered(it: Related, words: Words) -> Iterator[Evidence]:
    """rustc's own proposal, as "there is a method `write` with a similar name: `write`"."""
    _, colon, behind = it.message.partition(": `")
    offers = [_NAME.findall(offer) for offer in _OFFERS.findall(colon + behind if colon else it.message)]
    names = [found[-1] for found in offers if found]
    for name in dict.fromkeys(names[-2:]):
        why = words("suggested", name=name)
        weight = OFFERED + (0.003 if "import" in it.message else 0.0)  # the very name, not one like it
        yield Evidence(path="", line=0, text="", why=why, weight=weight, role="suggested", name=name)


def _pointed_at(
    snapshot: Snapshot, document: Document, problem: Problem, it: Related, words: Words
) -> Iterator[Evidence]:
    is_here = it.path == document.path
    if not is_here and it.path not in snapshot.paths:
        return
    if is_here and it.line == document.line_of(problem.start):
        return
    definition = _definition_at(snapshot, document, it)
    quoted = [name.rpartition(".")[2] for name in _QUOTED.findall(it.message)]
    name = definition.name if definition is not None else next(iter(quoted), "")
    if quoted and " is declared here" in it.message:
        name = quoted[0]
    text = document.line_text(it.line).strip() if is_here and it.line < document.line_count else ""
    if not text and definition is not None:
        text = definition.signature.split("\n")[0]
    is_declared = bool(_DECLARED.search(it.message))
    yield Evidence(
        path=it.path, line=it.line, text=text, why=words("pointed_at", message=_one_line(it.message)),
        weight=DECLARED if is_declared else POINTED, role="related", name=name,
    )  # fmt: skip


def _definition_at(snapshot: Snapshot, document: Document, it: Related) -> Definition | None:
    """What is defined on that line, or the function whose head goes over it."""
    known = outline(document) if it.path == document.path else None
    file = snapshot.file(it.path)
    if known is None and file is not None:
        known = file.outline
    found: Definition | None = None
    for each in known.definitions if known is not None else ():
        if each.name_line == it.line:
            return each
        if each.name_line < it.line <= each.name_line + each.signature.count("\n"):
            found = each
    return found


def _one_line(message: str) -> str:
    return " ".join(message.split())[:160].replace("`", "'")
