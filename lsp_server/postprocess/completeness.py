"""A suggestion leaves nothing open that it opened itself."""

from lsp_server.postprocess.blocks import opens_block
from lsp_server.postprocess.lexing import CLOSER_OF, Lexical, closed_by, scan
from lsp_server.postprocess.site import SCANNED_CHARACTERS, Site, indent_of
from lsp_server.postprocess.suggestion import Suggestion


def complete(suggestion: Suggestion, site: Site) -> Suggestion:
    """Cut back to the last line where all is closed; close what is open where there is no such line."""
    if not suggestion.text.strip() or not suggestion.is_to_line_end(site):
        return suggestion
    closed = _without_open_end(suggestion, site)
    return _without_bare_headers(closed, site)


def _without_open_end(suggestion: Suggestion, site: Site) -> Suggestion:
    state = _state_behind(suggestion.text, site)
    if not _is_open(state, site) or _is_closed_below(state, site):
        return suggestion
    lines = suggestion.lines
    for count in range(len(lines) - 1, 0, -1):
        shorter = suggestion.first_lines(count)
        if shorter.text.strip() and not _is_open(_state_behind(shorter.text, site), site):
            return shorter
    return suggestion.with_text(_closed(suggestion.text, state, site))


def _closed(text: str, state: Lexical, site: Site) -> str:
    """*text* with the missing closers; "" where a guess would have to invent code as well."""
    opened = state.stack[site.lexical.depth :]
    closers = "".join(CLOSER_OF[opener] for opener in reversed(opened))
    text = text.rstrip()
    if state.quote or not text:
        return ""
    if opened and opens_block(text.split("\n")[0], site.language) and "\n" in text:
        return f"{text}\n{indent_of(_first_line(text, site))}{closers}" if closers == "}" else ""
    is_finished = text[-1].isalnum() or text[-1] in "_)]}\"'`"
    if "\n" in text or "{" in opened or not is_finished:
        return ""
    return text + closers


def _without_bare_headers(suggestion: Suggestion, site: Site) -> Suggestion:
    """Without the headers at its end that no body follows, unless the document has one for them."""
    lines = suggestion.lines
    while lines:
        last = max((index for index, line in enumerate(lines) if line.strip()), default=-1)
        whole = (site.line_prefix if last == 0 else "") + lines[last] if last >= 0 else ""
        if site.language != "python" or not opens_block(whole, site.language) or last < 0:
            break
        if not _state_behind("\n".join(lines[: last + 1]), site).is_code:
            break
        if (last == 0 and not site.is_line_start) or site.width(site.line_below) > site.width(whole):
            break
        lines = lines[:last]
    return suggestion.with_text("\n".join(lines))


def _first_line(text: str, site: Site) -> str:
    return site.line_prefix + text.partition("\n")[0]


def _state_behind(text: str, site: Site) -> Lexical:
    return scan(text, site.language, site.lexical)


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
