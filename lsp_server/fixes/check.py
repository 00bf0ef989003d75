"""Apply a candidate to a copy and look again: is the problem gone, and did no new one come?

Python is compiled and read by pyflakes, both inside this process and without running anything. What they do
not see, such as an attribute, is verified where the repository itself proves it (`Candidate.is_proven`). For
other languages a text must not parse worse than before, and only what was a syntax error can be verified.
"""

from dataclasses import replace

from lsp_server.explanation.kinds import Reading, read_message
from lsp_server.explanation.problem import Problem
from lsp_server.fixes.findings import Findings, asked_about, findings, is_gone
from lsp_server.fixes.fix import Candidate, Fix
from lsp_server.syntax.errors import new_errors
from lsp_server.text.document import Document

TEXT_MAX = 2_000_000  # characters that are worth checking while somebody waits

# What CPython and pyflakes see wherever it is: where they are silent, there is nothing to be verified.
_SEEN = ("unknown_name", "unused", "syntax")


def checked(
    candidate: Candidate, problem: Problem, reading: Reading, document: Document, before: Findings | None
) -> Fix | None:
    """The fix, or None where it makes matters worse. *before*: of the document, if it is Python."""
    text = candidate.applied_to(document.text)
    if text == document.text or len(text) > TEXT_MAX:
        return None
    after = replace(document, text=text)
    if before is None:
        is_verified = _is_better(reading, document, after)
    else:
        is_verified = _is_repaired(candidate, problem, reading, document, after, before)
    if is_verified is None:
        return None
    return Fix(title=candidate.title, changes=candidate.changes, is_verified=is_verified, after=text)


def _is_repaired(
    candidate: Candidate,
    problem: Problem,
    reading: Reading,
    document: Document,
    after: Document,
    before: Findings,
) -> bool | None:
    """None where something new came."""
    found = findings(after)
    if before.syntax_error:
        is_syntax = reading.kind == "syntax" and not found.syntax_error
        return is_syntax and not _makes_names_of_words(candidate, document, found)
    if found.syntax_error or found.messages - before.messages:
        return None
    asked = asked_about(problem, reading, document, before)
    if asked is not None:
        return is_gone(asked, candidate.changes, before, found) and not candidate.is_doubtful
    return candidate.is_proven and reading.kind not in _SEEN


def _is_better(reading: Reading, document: Document, after: Document) -> bool | None:
    """None where it parses worse."""
    worse = new_errors(document.text, after.text, document.language)
    if worse is None or worse:
        return None
    better = (new_errors(after.text, document.text, document.language) or 0) > 0
    return better and reading.kind == "syntax"


def _makes_names_of_words(candidate: Candidate, document: Document, found: Findings) -> bool:
    """Whether a quote in the wrong place leaves words of a text outside of it. No names were read before."""
    if not any(it.text.strip("\"'") == "" != it.text for it in candidate.changes):
        return False
    at = min(it.start for it in candidate.changes)
    line = document.line_of(at)
    text = document.line_text(line)
    quoted = document.line_starts[line] + min(len(it) for it in (text.split("'")[0], text.split('"')[0]))
    behind = document.line_starts[line] + len(text) + 1
    return any(
        quoted <= it.start <= behind and read_message(it.words).kind == "unknown_name" for it in found.found
    )
