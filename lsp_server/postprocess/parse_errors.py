"""A suggestion may leave errors where they are; it never adds one."""

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache, partial

from lsp_server.postprocess.blocks import opens_block
from lsp_server.postprocess.completeness import complete
from lsp_server.postprocess.site import Site, indent_of
from lsp_server.postprocess.suggestion import Suggestion
from lsp_server.syntax.errors import errors_in
from lsp_server.syntax.languages import LANGUAGES

# Of a longer text, only whole top-level definitions around the cursor are parsed: so far each way at least,
# and as far at most. Parsing takes 40 microseconds for each thousand characters, several times a suggestion.
NEAR_CHARACTERS, PARSED_CHARACTERS = 2_000, 20_000
_TOP_LEVEL = re.compile(r"(?<=\n\n)(?=[^\s#/*)\]}])")
# In Python also whole methods, behind a header that stands for those of their class.
_DEFINITION = re.compile(r"(?:@|def |class |async )")
_NEXT_DEFINITION = re.compile(r"(?<=[^:,(\[{\\]\n\n)(?=[ \t]*(?:@|def |class |async ))")
_ANY_HEADER = "if 1:\n"


def without_new_errors(suggestion: Suggestion, site: Site) -> Suggestion:
    """The longest beginning, in whole lines, with which the text parses no worse than without it."""
    if site.language not in LANGUAGES or not LANGUAGES[site.language].grammar:
        return suggestion
    before, after = _near(site)
    if site.language == "python" and _can_be_sound(before, after, suggestion, site):
        fits: Callable[[str, str, str, Site], bool] = _keeps_sound
    elif (known := errors_in(before + after, site.language)) is not None:
        fits = partial(_adds_no_error, known)
    else:
        return suggestion
    for candidate in _beginnings(suggestion, site):
        if fits(before, candidate.inserted(site), after[candidate.replaced :], site):
            return candidate
    return suggestion.with_text("")


def _beginnings(suggestion: Suggestion, site: Site) -> Iterator[Suggestion]:
    """*suggestion*, then shorter and shorter ones, each closed as if the model had stopped there."""
    yield suggestion
    last = suggestion.text
    for count in range(len(suggestion.lines) - 1, 0, -1):
        shorter = complete(suggestion.first_lines(count), site)
        if shorter.text.strip() and shorter.text != last:
            yield shorter
            last = shorter.text


def _can_be_sound(before: str, after: str, suggestion: Suggestion, site: Site) -> bool:
    """Python's parser, stricter than a grammar made for editors, takes the text with the right line here."""
    first = next((line for line in suggestion.lines if line.strip()), "")
    line = f"{indent_of(site.line_prefix or first)}pass"
    with_placeholder = before[: len(before) - len(site.line_prefix)] + line + after[len(site.line_suffix) :]
    # The text with the placeholder is the same at each keystroke on a line.
    return _was_python(with_placeholder) or _is_python(before + after)


def _keeps_sound(before: str, inserted: str, after: str, site: Site) -> bool:
    """Sound Python; a header at its end may wait for its body where it was half-typed already."""
    if _is_python(before + inserted + after):
        return True
    last = (before + inserted).rpartition("\n")[2]
    if site.is_line_start or not opens_block(last, "python"):
        return False
    return _is_python(f"{before}{inserted}\n{indent_of(last)} pass{after}")


def _adds_no_error(known: list[tuple[int, int]], before: str, inserted: str, after: str, site: Site) -> bool:
    errors = errors_in(before + inserted + after, site.language)
    if errors is None or len(errors) > len(known):
        return errors is None
    end = len(before) + len(inserted)
    return not _touched(errors, len(before), end) or _touched(known, len(before), len(before))


def _is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@lru_cache(maxsize=4)
def _was_python(text: str) -> bool:
    return _is_python(text)


def _touched(errors: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(first <= end and last >= start for first, last in errors)


def _near(site: Site) -> tuple[str, str]:
    before, after = site.before, site.after
    is_python = site.language == "python"
    if len(before) > NEAR_CHARACTERS:
        far = before[-PARSED_CHARACTERS:]
        starts = [it.start() for it in _TOP_LEVEL.finditer(far, 0, max(0, len(far) - NEAR_CHARACTERS))]
        before = far[starts[-1] :] if starts else far
        before = _from_definition(before, site) if is_python else before
    if len(after) > NEAR_CHARACTERS:
        boundary = _NEXT_DEFINITION if is_python else _TOP_LEVEL
        end = boundary.search(after, NEAR_CHARACTERS, PARSED_CHARACTERS)
        after = after[: end.start()] if end else after[:PARSED_CHARACTERS]
    return before, after


def _from_definition(before: str, site: Site) -> str:
    """Of Python code, from the nearest definition that is far enough away and in which all that follows it
    stands, or beside it. All of it if there is none."""
    lines = before.split("\n")
    start, least = len(before) + 1, 1_000
    for number in range(len(lines) - 1, 0, -1):
        line = lines[number]
        start -= len(line) + 1
        text = line.lstrip()
        if not text:
            continue
        width = site.width(line)
        least = min(least, width)
        is_far = len(before) - start >= NEAR_CHARACTERS
        if is_far and width == least and not lines[number - 1].strip() and _DEFINITION.match(text):
            return (_ANY_HEADER if width else "") + before[start:]
    return before
