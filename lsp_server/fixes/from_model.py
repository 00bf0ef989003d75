"""Fixes that a model proposes: another wording of the erroneous line, held to what the rules' are held to.

A model that fills in writes the line anew, from its beginning and from where the problem begins; one that
talks is asked for it. Who offers them offers only what was verified: a guess nobody could check is no fix.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from lsp_server.cancellation import Cancellation
from lsp_server.chat.port import Chat, Turn
from lsp_server.explanation.explain import code_around
from lsp_server.explanation.kinds import read_message
from lsp_server.explanation.look_up import evidence_for
from lsp_server.explanation.problem import Problem
from lsp_server.explanation.story import listed
from lsp_server.explanation.words import words_for
from lsp_server.fixes.check import TEXT_MAX, checked
from lsp_server.fixes.findings import findings
from lsp_server.fixes.fix import Candidate, Change, Fix
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.port import GenerationRequest, Model, Priority
from lsp_server.prompting.families import Family
from lsp_server.prompting.text import render
from lsp_server.prompting.window import window_prompt
from lsp_server.text.document import Document
from lsp_server.text.secrets import is_secret_file, redact

LINE_TOKENS = 64
PROMPT_TOKENS_MAX = 1_024
# The greedy line, then others; set by hand and not yet measured.
TEMPERATURES = (0.0, 0.5, 0.8)
# Of the old line's characters; below it the model wrote something else and not a repair.
LIKENESS_MIN = 0.5
VERIFIED_MAX = 2
TRIED_MAX = 4  # by a checker, which takes seconds for each

# Of a document and a problem → texts for the problem's line, the likeliest first.
Propose = Callable[[Document, Problem, Snapshot, Cancellation], Iterator[str]]

_BLOCK = re.compile(r"```[\w+-]*\n(?P<text>.*?)\n?```", re.S)


def model_fixes(
    problem: Problem,
    document: Document,
    snapshot: Snapshot,
    propose: Propose,
    *,
    seconds: float,
    cancellation: Cancellation,
) -> list[Fix]:
    """A few that parse and bring no finding, verified ones and small changes first. Blocking.

    What is not verified is for a checker of the person's own to judge, and else for nobody. A line that holds
    a secret is written anew by nobody: a model that may not see it would leave it out.
    After *seconds* no further line is asked for. Raises Cancelled and ModelUnavailable.
    """
    if len(document.text) > TEXT_MAX:
        return []
    until = time.monotonic() + seconds
    reading = read_message(problem.message)
    line = document.line_of(problem.start)
    start, old = document.line_starts[line], document.line_text(line)
    if is_secret_file(document.path) or redact(document.text)[start : start + len(old)] != old:
        return []
    before = findings(document) if document.language == "python" else None
    found: dict[str, Fix] = {}
    for text in propose(document, problem, snapshot, cancellation):
        cancellation.check()
        likeness = Levenshtein.normalized_similarity(old.strip(), text.strip())
        if text.strip() and LIKENESS_MIN <= likeness < 1 and text not in found:
            candidate = Candidate(
                title=f"write `{' '.join(text.split())[:60]}`",
                changes=(Change(start, start + len(old), text),),
                weight=likeness,
            )
            fix = checked(candidate, problem, reading, document, before)
            if fix is not None:
                found[text] = replace(fix, is_by_model=True)
        if sum(it.is_verified for it in found.values()) >= VERIFIED_MAX or time.monotonic() > until:
            break
    changed = {text: Levenshtein.distance(old, text) for text in found}
    best = sorted(found, key=lambda it: (not found[it].is_verified, changed[it]))
    return [found[it] for it in best[:TRIED_MAX]]


def filled_in(model: Model, family: Family, repository: str) -> Propose:
    """By a model that writes what stands between two texts."""

    def propose(
        document: Document, problem: Problem, snapshot: Snapshot, cancellation: Cancellation
    ) -> Iterator[str]:
        line = document.line_of(problem.start)
        start, text = document.line_starts[line], document.line_text(line)
        shown = redact(document.text)
        indented = start + len(text) - len(text.lstrip())
        for temperature in TEMPERATURES:
            for at in dict.fromkeys([max(indented, problem.start), indented]):
                pieces = window_prompt(
                    family,
                    repository=repository,
                    document=document,
                    prefix=shown[:at],
                    suffix=shown[start + len(text) :],
                    snippets=(),
                    prompt_tokens=min(PROMPT_TOKENS_MAX, model.info.context_length - LINE_TOKENS - 8),
                    suffix_share=0.5,
                    count_tokens=model.count_tokens,
                )
                request = GenerationRequest(
                    pieces=pieces,
                    max_tokens=LINE_TOKENS,
                    priority=Priority.ACTION,
                    stop_tokens=family.end_tokens,
                    is_healed=family.continues_prefix,
                    min_tokens=1,
                    cache_share=family.cache_share,
                    temperature=temperature,
                )
                answer = model.generate(request, cancellation, lambda text: "\n" not in text).text
                cancellation.check()
                yield document.text[start:at] + answer.split("\n")[0].rstrip()

    return propose


def told(chat: Chat) -> Propose:
    """By a model that talks: the code block of its answer, indented as the line was."""

    def propose(
        document: Document, problem: Problem, snapshot: Snapshot, cancellation: Cancellation
    ) -> Iterator[str]:
        line = document.line_of(problem.start)
        text = document.line_text(line)
        reading = read_message(problem.message)
        evidence = evidence_for(snapshot, document, problem, reading, words_for("en"))
        question = render(
            "fix_error", language=document.language, path=document.path, line=line + 1,
            message=redact(problem.message), code=code_around(document, line),
            evidence=redact(listed(evidence)), wrong=redact(document.text)[_span(document, line)].strip(),
        )  # fmt: skip
        answer = chat.answer(
            [Turn(role="user", content=question)],
            max_tokens=2 * LINE_TOKENS,
            cancellation=cancellation,
            on_text=lambda text: None,
        )
        cancellation.check()
        indent = text[: len(text) - len(text.lstrip())]
        for block in _blocks(answer):
            lines = block.rstrip().split("\n")
            own = len(lines[0]) - len(lines[0].lstrip())
            yield "\n".join((indent + it[own:]).rstrip() for it in lines)

    return propose


def one_after_the_other(proposers: Sequence[Propose]) -> Propose:
    def propose(
        document: Document, problem: Problem, snapshot: Snapshot, cancellation: Cancellation
    ) -> Iterator[str]:
        for each in proposers:
            yield from each(document, problem, snapshot, cancellation)

    return propose


def _span(document: Document, line: int) -> slice:
    start = document.line_starts[line]
    return slice(start, start + len(document.line_text(line)))


def _blocks(answer: str) -> list[str]:
    """What stands in fences; without any, an answer of one line is the line itself."""
    fenced = [it["text"] for it in _BLOCK.finditer(answer)]
    return fenced or ([answer.strip().strip("`")] if "\n" not in answer.strip() else [])
