"""From a problem to the fixes worth offering: candidates by rules, each applied to a copy and checked."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from lsp_server.explanation.kinds import Reading, read_message
from lsp_server.explanation.look_up import evidence_for
from lsp_server.explanation.problem import Problem
from lsp_server.explanation.words import words_for
from lsp_server.fixes import calls, guards, leftovers, names, syntax_slips
from lsp_server.fixes.check import TEXT_MAX, checked
from lsp_server.fixes.findings import findings
from lsp_server.fixes.fix import Candidate, Fix
from lsp_server.fixes.place import Place
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

CHECKED_MAX = 48  # candidates of one problem that are tried
OFFERED_MAX = 3

Rule = Callable[[Place], Iterator[Candidate]]

_RULES: Mapping[str, tuple[Rule, ...]] = {
    "unknown_name": (names.imported, names.through_self, names.with_self_parameter, names.renamed),
    "unknown_attribute": (names.renamed, calls.awaited),
    "cannot_import": (names.renamed,),
    "unknown_module": (names.renamed,),
    "none_access": (guards.guarded, guards.chained),
    "missing_argument": (calls.argument_added, names.with_self_parameter),
    "extra_argument": (calls.argument_dropped,),
    "argument_count": (calls.argument_dropped, calls.argument_added, names.with_self_parameter),
    "not_awaited": (calls.awaited,),
    "syntax": (syntax_slips.repaired,),
    "unused": (leftovers.import_dropped,),
    "missing_return": (leftovers.returned,),
    "missing_key": (leftovers.key_found,),
}
_ALWAYS: tuple[Rule, ...] = (leftovers.none_compared,)


def fixes_for(problem: Problem, document: Document, snapshot: Snapshot) -> list[Fix]:
    """At most a few, verified ones first, then by likelihood. Pure; nothing is run."""
    if len(document.text) > TEXT_MAX:
        return []
    reading = read_message(problem.message)
    rules = _RULES.get(reading.kind, ())
    if not rules and "None" not in problem.message:
        return []
    evidence = evidence_for(snapshot, document, problem, reading, words_for("en"))
    place = Place(document=document, problem=problem, reading=reading, evidence=evidence, snapshot=snapshot)
    candidates = [it for rule in rules or _ALWAYS for it in rule(place)]
    candidates.sort(key=lambda it: -it.weight)
    return _checked(candidates[:CHECKED_MAX], problem, reading, document)


def _checked(
    candidates: list[Candidate], problem: Problem, reading: Reading, document: Document
) -> list[Fix]:
    before = findings(document) if candidates and document.language == "python" else None
    fixes: list[Fix] = []
    seen: set[str] = set()
    is_open = True
    for candidate in candidates:
        fix = checked(candidate, problem, reading, document, before)
        if fix is not None and fix.after not in seen:
            seen.add(fix.after)
            # Two that differ cannot both be what was meant: the less likely one is a guess.
            fixes.append(replace(fix, is_verified=fix.is_verified and is_open))
            is_open = is_open and not (fix.is_verified or candidate.is_doubtful)
            if len(fixes) >= OFFERED_MAX and not is_open:
                break
    fixes.sort(key=lambda it: not it.is_verified)
    return fixes[:OFFERED_MAX]
