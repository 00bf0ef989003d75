"""End where the statement or the block ends that was asked for.

At the start of a line that is one logical unit: statements up to a blank line, or one compound
statement with its body, or one definition. Within a line it is the rest of it, and more only if a
block or a bracket was opened there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.postprocess.blocks import defines, ends_block, goes_on, opens_block
from lsp_server.postprocess.lexing import Lexical, scan
from lsp_server.postprocess.placing import are_above
from lsp_server.postprocess.site import Site
from lsp_server.postprocess.suggestion import Suggestion


def within_scope(suggestion: Suggestion, site: Site) -> Suggestion:
    return suggestion.first_lines(unit_length(suggestion.lines, site))


def unit_length(lines: Sequence[str], site: Site) -> int:
    """How many of *lines* belong to the unit that starts at the cursor; all if it has not ended yet."""
    if site.lexical.quote:
        return _paragraph(lines, site) if site.is_line_start else 1
    if site.is_line_start and (site.is_line_end or are_above(lines, site)):
        return _unit_at_line_start(lines, site)
    if not site.is_line_end or site.lexical.is_comment:
        return 1
    return _rest_of_line(lines, site)


@dataclass(slots=True)
class _Unit:
    """What was seen so far of the unit that starts at the cursor."""

    base: int  # columns that its first line is indented by
    above: str  # its last line that is not blank
    is_body_seen: bool = False
    is_blank_seen: bool = False  # since `above`
    is_ended: bool = False  # by a closing brace or word of its own


def _unit_at_line_start(lines: Sequence[str], site: Site) -> int:
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return len(lines)
    head = (site.line_prefix if first == 0 else "") + lines[first]
    unit = _Unit(base=site.width(head), above=head)
    if unit.base < site.width(site.line_prefix):
        return 0
    state = scan("\n".join(lines[: first + 1]) + "\n", site.language, site.lexical)
    for index in range(first + 1, len(lines)):
        line = lines[index]
        if not _is_inside(state, site):
            width = site.width(line)
            if not line.strip():
                unit.is_blank_seen = True
                continue
            if width < unit.base:
                if not _handles_open_try(line, width, site):
                    return index + 1 if _closes_what_is_open(line, state, site) else index
                unit = _Unit(base=width, above=line)
            elif _starts_another(line, unit, site):
                return index
            unit.is_body_seen = unit.is_body_seen or width > unit.base
        state = scan(line + "\n", site.language, state)
        if not _is_inside(state, site) and ends_block(line, site.language) and site.width(line) <= unit.base:
            unit.is_ended = not _is_followed(lines, index, site)
        unit.above, unit.is_blank_seen = line, False
    return len(lines)


def _starts_another(line: str, unit: _Unit, site: Site) -> bool:
    """*line*, outside of brackets and not less indented than *unit*, does not belong to it any more."""
    if site.width(line) > unit.base:
        return not unit.is_body_seen and not _may_be_deeper(unit.above, site)
    if unit.is_ended or unit.is_blank_seen:
        return True
    if unit.is_body_seen and not goes_on(line, site.language):
        return True
    return defines(line, site.language) and not _leads_to_definition(unit.above)


def _paragraph(lines: Sequence[str], site: Site) -> int:
    """In a string or comment of several lines: up to its end, a blank line or a lesser indentation."""
    for index, line in enumerate(lines):
        whole = site.line_prefix + line if index == 0 else line
        if index and (not line.strip() or site.width(whole) < site.width(site.line_prefix)):
            return index
        if not scan("\n".join(lines[: index + 1]), site.language, site.lexical).quote:
            return index + 1
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


def _handles_open_try(line: str, width: int, site: Site) -> bool:
    """*line* is the first handler of a Python `try` above, and the document has none below."""
    if site.language != "python" or not line.lstrip().startswith(("except", "finally")):
        return False
    above = next((it for it in reversed(site.lines_above) if it.strip() and site.width(it) <= width), "")
    below = next((it for it in site.lines_below if it.strip() and site.width(it) <= width), "")
    is_try = site.width(above) == width and above.strip().startswith("try:")
    return is_try and not (site.width(below) == width and goes_on(below, site.language))


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
