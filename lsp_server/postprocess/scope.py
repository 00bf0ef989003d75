"""End where the statement or the block ends that was asked for.

At the start of a line that is one logical unit: statements up to a blank line, or one compound
statement with its body, or one definition. Within a line it is the rest of it, and more only if a
block or a bracket was opened there.
"""

from collections.abc import Sequence
from dataclasses import replace

from lsp_server.postprocess.blocks import defines, ends_block, goes_on, opens_block
from lsp_server.postprocess.lexing import Lexical, scan
from lsp_server.postprocess.site import Site
from lsp_server.postprocess.suggestion import Suggestion


def within_scope(suggestion: Suggestion, site: Site) -> Suggestion:
    lines = suggestion.lines
    is_above = site.is_line_start and not site.is_line_end and len(lines) > 1
    return replace(suggestion.first_lines(unit_length(lines, site)), is_above=is_above)


def unit_length(lines: Sequence[str], site: Site) -> int:
    """How many of *lines* belong to the unit that starts at the cursor; all if it has not ended yet."""
    if site.lexical.quote in ('"', "'"):
        return 1
    if site.is_line_start and (site.is_line_end or len(lines) > 1):
        return _unit_at_line_start(lines, site)
    if not site.is_line_end or site.lexical.is_comment:
        return 1
    return _rest_of_line(lines, site)


def _unit_at_line_start(lines: Sequence[str], site: Site) -> int:
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return len(lines)
    head = (site.line_prefix if first == 0 else "") + lines[first]
    base = site.width(head)
    if base < site.width(site.line_prefix):
        return 0
    state = scan("\n".join(lines[: first + 1]) + "\n", site.language, site.lexical)
    is_body_seen = is_blank_seen = is_ended = False
    above = head
    for index in range(first + 1, len(lines)):
        line = lines[index]
        if _is_inside(state, site):
            is_blank_seen = False
        elif not line.strip():
            is_blank_seen = True
            continue
        else:
            width = site.width(line)
            is_continued = goes_on(line, site.language) and not is_blank_seen
            if width < base:
                return index + 1 if _closes_what_is_open(line, state, site) else index
            if width == base and (is_blank_seen or (is_body_seen and not is_continued) or is_ended):
                return index
            if width == base and defines(line, site.language) and not _leads_to_definition(above):
                return index
            if width > base:
                if not is_body_seen and not _may_be_deeper(above, site):
                    return index
                is_body_seen = True
            is_blank_seen = False
        state = scan(line + "\n", site.language, state)
        if not _is_inside(state, site) and ends_block(line, site.language) and site.width(line) <= base:
            is_ended = not _is_followed(lines, index, site)
        above = line
    return len(lines)


def _rest_of_line(lines: Sequence[str], site: Site) -> int:
    """Within a line: go on behind it only while something that was opened on it is still open."""
    base = site.width(site.line_prefix)
    state = scan(lines[0] + "\n", site.language, site.lexical)
    line = site.line_prefix + lines[0]
    is_block = _opened(state, site) or (
        opens_block(line, site.language) and scan(lines[0], site.language, site.lexical).is_code
    )
    if not is_block and not _is_inside(state, site):
        return 1
    end = 1
    for index in range(1, len(lines)):
        line = lines[index]
        if not line.strip():
            continue
        if not (_opened(state, site) or _is_inside(state, site)):
            is_deeper = is_block and site.width(line) > base
            if not is_deeper and not (site.width(line) == base and goes_on(line, site.language)):
                return end
        elif site.width(line) < base and not _is_inside(state, site) and not state.quote:
            return end
        state = scan(line + "\n", site.language, state)
        end = index + 1
        is_over = ends_block(line, site.language) and site.width(line) <= base and not _opened(state, site)
        if is_over and not _is_followed(lines, index, site):
            return end
    return len(lines) if end == len(lines) or not any(line.strip() for line in lines[end:]) else end


def _is_inside(state: Lexical, site: Site) -> bool:
    """A bracket or a string that the suggestion itself opened is still open."""
    return state.depth > site.lexical.depth or bool(state.quote)


def _opened(state: Lexical, site: Site) -> bool:
    """A bracket that was opened on the cursor's line, and that the document does not close, is open."""
    first = site.line_lexical.depth
    here = zip(state.stack[first : site.lexical.depth], site.closed_after[first:], strict=False)
    return state.depth > site.lexical.depth or any(not closed for _, closed in here)


def _closes_what_is_open(line: str, state: Lexical, site: Site) -> bool:
    """*line* starts with the closer of a bracket that nobody closes further on."""
    if not state.stack or line.lstrip()[:1] not in ("}", ")", "]"):
        return False
    depth = min(state.depth, len(site.closed_after))
    after = scan(line, site.language, state)
    return after.depth < depth and not any(site.closed_after[after.depth : depth])


def _may_be_deeper(above: str, site: Site) -> bool:
    """After *above*, a deeper line is no mistake. Only Python knows mistakes of that kind."""
    return site.language != "python" or opens_block(above, site.language) or above.endswith("\\")


def _leads_to_definition(above: str) -> bool:
    """Decorators, attributes and comments belong to the definition under them."""
    return above.lstrip().startswith(("@", "#", "//", "/*", "*", "export"))


def _is_followed(lines: Sequence[str], index: int, site: Site) -> bool:
    """The next line goes on with the block that seemed to end."""
    below = lines[index + 1] if index + 1 < len(lines) else ""
    return bool(below.strip()) and goes_on(below, site.language) and not below.lstrip().startswith("}")
