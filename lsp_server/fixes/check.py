"""Apply a candidate to a copy and look again: is the problem gone, and did no new one come?

Python is compiled and read by pyflakes, both inside this process and without running anything. For other
languages a text must not parse worse than before, which alone verifies only what was a syntax error.
"""

import ast
import re
import warnings
from collections import Counter
from dataclasses import dataclass

from pyflakes.checker import Checker
from pyflakes.messages import Message

from lsp_server.explanation.kinds import Reading
from lsp_server.fixes.fix import Candidate, Fix
from lsp_server.syntax.errors import new_errors
from lsp_server.text.document import Document

TEXT_MAX = 2_000_000  # characters that are worth checking while somebody waits
_PLACE = re.compile(r"(line|from line) \d+")


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a Python text; messages name no line of it, since a fix moves lines."""

    syntax_error: str
    messages: Counter[str]


def findings(text: str) -> Findings:
    """CPython's syntax errors; where there is none, what pyflakes says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
            compile(tree, "<fix>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Findings(f"{type(error).__name__}: {getattr(error, 'msg', error)}", Counter())
    try:
        return Findings("", Counter(_words(it) for it in Checker(tree).messages))
    except RecursionError:
        return Findings("", Counter())


def checked(
    candidate: Candidate, document: Document, reading: Reading, before: Findings | None
) -> Fix | None:
    """The fix, or None where it makes matters worse. *before*: of the document, if it is Python."""
    after = candidate.applied_to(document.text)
    if after == document.text or len(after) > TEXT_MAX:
        return None
    if before is not None:
        found = findings(after)
        if found.syntax_error and not before.syntax_error:
            return None
        added = found.messages - before.messages
        if added and not before.syntax_error:
            return None
        gone = bool(before.messages - found.messages)
        is_verified = not found.syntax_error and (
            bool(before.syntax_error) or gone or (candidate.is_backed and not _is_seen(reading, before))
        )
    else:
        worse = new_errors(document.text, after, document.language)
        if worse is None or worse:
            return None
        better = (new_errors(after, document.text, document.language) or 0) > 0
        is_verified = better if reading.kind == "syntax" else candidate.is_backed
    return Fix(title=candidate.title, changes=candidate.changes, is_verified=is_verified, after=after)


def _is_seen(reading: Reading, before: Findings) -> bool:
    """Whether pyflakes speaks of the problem itself, so that its message would have to go."""
    name = reading.groups.get("name")
    return bool(name) and any(f"'{name}'" in message for message in before.messages)


def _words(message: Message) -> str:
    return _PLACE.sub(r"\1", message.message % message.message_args)
