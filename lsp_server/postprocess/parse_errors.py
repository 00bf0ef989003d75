"""A suggestion may leave errors where they are; it never adds one."""

import ast
import re
import warnings
from collections.abc import Iterator

from lsp_server.postprocess.site import Site
from lsp_server.postprocess.suggestion import Suggestion
from lsp_server.syntax.errors import errors_in
from lsp_server.syntax.languages import LANGUAGES

# Of a longer text, only whole top-level definitions around the cursor are parsed, this far each way.
PARSED_CHARACTERS = 40_000
_TOP_LEVEL = re.compile(r"^(?=[^\s#/*)\]}])", re.MULTILINE)


def without_new_errors(suggestion: Suggestion, site: Site) -> Suggestion:
    """The longest beginning, in whole lines, with which the text parses no worse than without it."""
    if site.language not in LANGUAGES or not LANGUAGES[site.language].grammar:
        return suggestion
    before, after = _near(site)
    known = errors_in(before + after, site.language)
    if known is None:
        return suggestion
    is_sound = site.language == "python" and _is_python(before + after)
    for candidate in _beginnings(suggestion):
        inserted = candidate.inserted(site)
        text = before + inserted + after[candidate.replaced :]
        if site.language == "python" and _is_python(text):
            return candidate
        if is_sound:
            continue
        errors = errors_in(text, site.language) or []
        if len(errors) <= len(known) and (
            not _touched(errors, len(before), len(before) + len(inserted))
            or _touched(known, len(before), len(before))
        ):
            return candidate
    return suggestion.with_text("")


def _beginnings(suggestion: Suggestion) -> Iterator[Suggestion]:
    lines = suggestion.lines
    for count in range(len(lines), 0, -1):
        if lines[count - 1].strip():
            yield suggestion.first_lines(count)


def _is_python(text: str) -> bool:
    """Python's own parser is stricter than a grammar made for editors; it needs the whole text sound."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _touched(errors: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(first <= end and last >= start for first, last in errors)


def _near(site: Site) -> tuple[str, str]:
    before, after = site.before, site.after
    if len(before) > PARSED_CHARACTERS:
        near = before[-PARSED_CHARACTERS:]
        start = _TOP_LEVEL.search(near, near.find("\n") + 1)
        before = near[start.start() :] if start else near
    if len(after) > PARSED_CHARACTERS:
        tops = list(_TOP_LEVEL.finditer(after, 0, PARSED_CHARACTERS))
        after = after[: tops[-1].start()] if tops else after[:PARSED_CHARACTERS]
    return before, after
