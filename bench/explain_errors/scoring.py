"""One mistake asked about, and the table of them all."""

import time
from collections import defaultdict
from dataclasses import dataclass

from bench.explain_errors.mutations import Mutant
from bench.explain_errors.said import Checker, Said, added
from lsp_server.app.session import Session
from lsp_server.explanation.kinds import read_message
from lsp_server.explanation.look_up import evidence_for
from lsp_server.explanation.problem import Evidence, Problem
from lsp_server.explanation.words import words_for
from lsp_server.fixes.find import fixes_for
from lsp_server.text.document import Document

NO_SYMBOL = "cpython"  # whose messages are about grammar


@dataclass(frozen=True, slots=True)
class Outcome:
    operator: str
    tool: str
    rank: int | None  # of the cause among the evidence, from 0
    is_fix_offered: bool  # a verified one
    does_fix_hold: bool  # the tool agrees
    is_restored: bool
    evidence_ms: float
    evidence: tuple[Evidence, ...]


def score(
    session: Session,
    checker: Checker,
    mutant: Mutant,
    said: Said,
    everything: list[Said],
    original: list[Said],
) -> Outcome:
    """*said*: the message asked about, of *everything* that the tool says of the text with the mistake."""
    document = session.document(session.workspace.root / mutant.path, mutant.text)
    problem = _problem(document, mutant, said)
    snapshot = session.snapshot.with_outline(document).with_document(document)
    snapshot.imported_paths(document.path)  # an editor has asked that before
    began = time.thread_time()
    reading = read_message(said.message)
    evidence = evidence_for(snapshot, document, problem, reading, words_for("en"))
    took = 1000 * (time.thread_time() - began)
    rank = next((number for number, it in enumerate(evidence) if _names_cause(it, mutant)), None)
    fixes = [it for it in fixes_for(problem, document, snapshot) if it.is_verified]
    holds = False
    if fixes:
        after = checker.ask(mutant.path, fixes[0].after)
        is_gone = bool(added(after, [said]) or added(after, everything))
        holds = is_gone and not added([*everything, *original], after)
    return Outcome(
        operator=mutant.operator,
        tool=mutant.tool,
        rank=rank,
        is_fix_offered=bool(fixes),
        does_fix_hold=holds,
        is_restored=bool(fixes) and fixes[0].after == mutant.original,
        evidence_ms=took,
        evidence=tuple(evidence[:3]),
    )


def _names_cause(it: Evidence, mutant: Mutant) -> bool:
    """By the symbol; of a header that is not included any more, by the file."""
    return it.name in mutant.causes or it.path.rpartition("/")[2] in mutant.causes


def _problem(document: Document, mutant: Mutant, said: Said) -> Problem:
    start = document.offset_at(said.line - 1, said.column - 1)
    if mutant.tool == "traceback":
        text = document.line_text(said.line - 1)
        start = document.line_starts[said.line - 1] + len(text) - len(text.lstrip())
    end = document.offset_at(said.end_line - 1, said.end_column - 1) if said.end_line else start
    return Problem(message=said.message, start=start, end=end, source=mutant.tool, related=said.related)


def shown(outcome: Outcome, mutant: Mutant, said: Said) -> str:
    """What was missed, for who looks at why."""
    document = Document(path=mutant.path, text=mutant.text, language="plain")
    rows = [
        f"{outcome.operator} ({outcome.tool}): {mutant.path}:{said.line} rank {outcome.rank}",
        f"    {document.line_text(said.line - 1).strip()[:160]}",
        *(f"    says: {line}" for line in said.message.split("\n")[:6]),
        f"    kind: {read_message(said.message).kind}; cause: {', '.join(sorted(mutant.causes))}",
        *(f"    {it.weight:.2f} {it.name} ({it.role}) {it.place} {it.why}" for it in outcome.evidence),
    ]
    return "\n".join(rows)


def markdown(outcomes: list[Outcome]) -> str:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for it in outcomes:
        groups[f"{it.operator} ({it.tool})"].append(it)
    tools = sorted({it.tool for it in outcomes} - {NO_SYMBOL})
    for tool in tools if len(tools) > 1 else []:
        groups[f"all of {tool}"] = [it for it in outcomes if it.tool == tool]
    groups["all"] = outcomes
    groups["all with a symbol as cause"] = [it for it in outcomes if it.tool != NO_SYMBOL]
    rows = [
        "| mistake (who says so) | n | cause first | in first three | verified fix | it holds | restored |",
        "|---" * 7 + "|",
    ]
    rows += [_row(name, group) for name, group in groups.items()]
    times = sorted(it.evidence_ms for it in outcomes)
    if times:
        late = times[int(0.95 * (len(times) - 1))]
        middle = times[len(times) // 2]
        rows.append(f"\nEvidence ready: {middle:.1f} ms (median), {late:.1f} ms (p95) of one core")
    return "\n".join(rows)


def _row(name: str, group: list[Outcome]) -> str:
    count = max(1, len(group))
    no_symbol = any(it.tool == NO_SYMBOL for it in group)
    first = "" if no_symbol else f"{sum(it.rank == 0 for it in group) / count:.1%}"
    three = "" if no_symbol else f"{sum(it.rank is not None and it.rank < 3 for it in group) / count:.1%}"
    offered = sum(it.is_fix_offered for it in group)
    return (
        f"| {name} | {len(group)} | {first} | {three} | {offered / count:.0%} | "
        f"{sum(it.does_fix_hold for it in group) / max(1, offered):.0%} | "
        f"{sum(it.is_restored for it in group) / count:.0%} |"
    )
