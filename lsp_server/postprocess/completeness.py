"""A suggestion leaves nothing open that it opened itself."""

from collections.abc import Sequence
from itertools import groupby, takewhile
from operator import itemgetter

from lsp_server.postprocess.blocks import opens_block
from lsp_server.postprocess.lexing import BRACE_LANGUAGES, CLOSER_OF, Lexical, balance, closed_by, scan
from lsp_server.postprocess.site import SCANNED_CHARACTERS, Site, indent_of
from lsp_server.postprocess.suggestion import Suggestion


def complete(suggestion: Suggestion, site: Site) -> Suggestion:
    """Cut back to the last line where all is closed; close what is open where there is no such line."""
    if not suggestion.text.strip() or not suggestion.is_to_line_end(site):
        return suggestion
    suggestion = suggestion.with_text(_before_wrong_closer(suggestion.text, site))
    state = _state_behind(suggestion.text, site)
    if not _is_open(state, site) or _is_closed_below(state, site):
        return _without_bare_headers(suggestion, site)
    for count in range(len(suggestion.lines) - 1, 0, -1):
        shorter = suggestion.first_lines(count)
        if not _is_open(_state_behind(shorter.text, site), site):
            shorter = _without_bare_headers(shorter, site)
            if shorter.text.strip():
                return shorter
    if state.quote:
        return suggestion.with_text(_with_short_docstring(suggestion, state.quote))
    if "\n" in suggestion.text.strip():
        return suggestion.with_text(_with_last_line(suggestion, site))
    return suggestion.with_text(_with_closers(suggestion.text.rstrip(), state, site))


def _before_wrong_closer(text: str, site: Site) -> str:
    """Up to the first closer that does not fit what *text* itself opened last, as in `([1, 2)`."""
    wrong = balance(text, site.language, site.lexical).wrong
    return text if wrong < 0 else text[:wrong].rstrip()


def _with_closers(line: str, state: Lexical, site: Site) -> str:
    """One *line* with its missing closers; "" where they would hide that code is missing as well."""
    opened = state.stack[site.lexical.depth :]
    if "{" in opened or not _ends_operand(line):
        return ""
    return line + "".join(CLOSER_OF[opener] for opener in reversed(opened))


def _with_last_line(suggestion: Suggestion, site: Site) -> str:
    """Up to the last whole item or statement inside of the brackets that stay open, and their closers."""
    lines = suggestion.lines
    for count in range(len(lines), 1, -1):
        text = "\n".join(lines[:count]).rstrip()
        state = _state_behind(text, site)
        above = _state_behind("\n".join(lines[: count - 1]), site)
        is_whole = site.lexical.depth < state.depth <= above.depth and state.is_code
        if is_whole and _ends_item(text, state, site):
            closed = text + _closing_lines(lines[:count], site)
            if closed.count("\n") < site.max_lines:
                return closed
    return ""


def _ends_item(text: str, state: Lexical, site: Site) -> bool:
    if state.stack[-1] == "{" and site.language in BRACE_LANGUAGES:
        return _ends_operand(text) or text.endswith((";", ","))
    return text.endswith(",")


def _closing_lines(lines: Sequence[str], site: Site) -> str:
    """For each line that opened what is still open: its closers, on a line as far indented."""
    state = site.lexical
    opened: list[tuple[str, str]] = []
    for line in [site.line_prefix + lines[0], *lines[1:]]:
        after = scan(line.removeprefix(site.line_prefix) + "\n", site.language, state)
        opened = opened[: max(0, after.depth - site.lexical.depth)]
        known = site.lexical.depth + len(opened)
        opened += [(indent_of(line), CLOSER_OF[opener]) for opener in after.stack[known:]]
        state = after
    closing = groupby(reversed(opened), key=itemgetter(0))
    return "".join("\n" + indent + "".join(closer for _, closer in closers) for indent, closers in closing)


def _with_short_docstring(suggestion: Suggestion, quote: str) -> str:
    """Up to the first line or paragraph of a Python docstring that does not end, with its end."""
    lines = [line.rstrip() for line in suggestion.lines]
    opening = max((index for index, line in enumerate(lines) if quote in line), default=0)
    first = lines[opening]
    if len(quote) != 3 or not first.lstrip().startswith(quote):
        return ""
    if not first.endswith(quote):
        return "\n".join([*lines[:opening], first + quote])
    # The quotes stand on a line of their own, so the closing ones do as well.
    paragraph = list(takewhile(str.strip, lines[opening + 1 : -1]))
    own = indent_of(paragraph[0]) if paragraph else ""
    return "\n".join([*lines[: opening + 1], *paragraph, own + quote]) if paragraph else ""


def _without_bare_headers(suggestion: Suggestion, site: Site) -> Suggestion:
    """Without the Python headers at its end that no body follows, unless the document has one for them."""
    lines = suggestion.lines
    while site.language == "python":
        last = max((index for index, line in enumerate(lines) if _is_code_line(line)), default=-1)
        whole = (site.line_prefix if last == 0 else "") + lines[last] if last >= 0 else ""
        if not opens_block(whole, site.language) or (last == 0 and not site.is_line_start):
            break
        if not _state_behind("\n".join(lines[: last + 1]), site).is_code:
            break
        if site.width(site.line_below) > site.width(whole):
            break
        lines = lines[:last]
    return suggestion.with_text("\n".join(lines))


def _is_code_line(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _ends_operand(text: str) -> bool:
    return text[-1:].isalnum() or text[-1:] in tuple("_)]}\"'`")


def _state_behind(text: str, site: Site) -> Lexical:
    return scan(text.rstrip(), site.language, site.lexical)


def _is_closed_below(state: Lexical, site: Site) -> bool:
    """The document has the closers already, and had nothing that they close."""
    after = site.after[:SCANNED_CHARACTERS]
    if state.quote:
        return after.count(state.quote) % 2 == 1
    closed = closed_by(after, site.language, state)
    depth = site.lexical.depth
    return all(closed[depth:]) and closed[:depth] == site.closed_after


def _is_open(state: Lexical, site: Site) -> bool:
    """Something that was opened in the suggestion is still open at its end."""
    return state.depth > site.lexical.depth or (bool(state.quote) and state.quote != site.lexical.quote)
