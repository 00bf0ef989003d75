"""Look up what a problem is about: definitions, near misses, members, imports. Pure over the snapshot."""

from dataclasses import replace

from lsp_server.explanation.in_place import in_place
from lsp_server.explanation.kinds import Reading
from lsp_server.explanation.members import PLAIN_TYPES
from lsp_server.explanation.near_misses import near_misses
from lsp_server.explanation.near_names import near_names
from lsp_server.explanation.problem import Evidence, Problem, evidence_of
from lsp_server.explanation.reachable import reachable
from lsp_server.explanation.related import related_evidence
from lsp_server.explanation.scope_names import names_in_scope
from lsp_server.explanation.words import Words
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outlining import IDENTIFIER, outline
from lsp_server.text.document import Document

SUGGESTED = 0.985  # weight of what the tool itself proposes
LESS_LIKE = 0.1  # so much less alike than another near miss, and the tool is not believed
SUGGESTIONS_MAX = 3  # of one message
DEFINITIONS_PER_NAME = 3
NAMES_MAX = 8


def evidence_for(
    snapshot: Snapshot, document: Document, problem: Problem, reading: Reading, words: Words
) -> list[Evidence]:
    """Everything found, the most telling first, each place once."""
    line = document.line_of(problem.start)
    scope = names_in_scope(document, line)
    found = [*near_misses(snapshot, document, problem.start, reading, scope, words)]
    found += related_evidence(snapshot, document, problem, words)
    found += in_place(snapshot, document, problem, reading, scope, words)
    if reading.kind == "unknown_name":
        found += _scope(document, problem, words)
    for rank, name in enumerate(_names(document, problem, reading)):
        weight = 0.7 - 0.08 * rank
        for it in reachable(snapshot, document, name.rpartition(".")[2])[:DEFINITIONS_PER_NAME]:
            found.append(evidence_of(it, words("defined", name=it.name), weight))
    found += _suggested(found, reading, words)
    best: dict[tuple[str, int], Evidence] = {}
    for each in found:
        key = (each.path, each.line) if each.path else (each.name, -1)
        if key not in best or best[key].weight < each.weight:
            best[key] = each
    return sorted(best.values(), key=lambda it: (-it.weight, it.path, it.line))


def _suggested(found: list[Evidence], reading: Reading, words: Words) -> list[Evidence]:
    """What the tool takes for the likeliest: before what looks alike, unless that is far more alike."""
    wrong = reading.groups.get("name", "")
    pieces: list[Evidence] = []
    for number, suggested in enumerate(reading.suggestions[:SUGGESTIONS_MAX]):
        name = suggested.rpartition(".")[2]
        likeness = next((it for _, it in near_names(wrong, [name])), 0.0) if wrong else 1.0
        nearest = max((it.weight for it in found if it.role == "near" and it.name != name), default=0.0)
        weight = SUGGESTED if likeness + LESS_LIKE > nearest or name == wrong else nearest - 0.01
        weight -= 0.01 * number
        known = [it for it in found if it.name == name]
        if known:
            pieces += [replace(it, weight=max(it.weight, weight)) for it in known[:1]]
        else:
            why = words("suggested", name=name)
            pieces.append(
                Evidence(path="", line=0, text="", why=why, weight=weight, role="suggested", name=name)
            )
    return pieces


def _scope(document: Document, problem: Problem, words: Words) -> list[Evidence]:
    """The function around the problem: its parameters are what could have been meant."""
    line = document.line_of(problem.start)
    around = [
        it
        for it in outline(document).definitions
        if it.kind in ("function", "method") and it.start_line <= line <= it.end_line
    ]
    return [evidence_of(it, words("in_scope"), 0.68) for it in around[-1:]]


def _names(document: Document, problem: Problem, reading: Reading) -> list[str]:
    """The message's names, then those at the place it points at."""
    marked = document.text[problem.start : max(problem.end, problem.start)][:400]
    if not marked.strip():
        marked = document.line_text(document.line_of(problem.start))
    first = reading.groups.get("name", "")
    names = [it for it in reading.names if it == first or it not in PLAIN_TYPES]
    return list(dict.fromkeys([*names, *IDENTIFIER.findall(marked)]))[:NAMES_MAX]
