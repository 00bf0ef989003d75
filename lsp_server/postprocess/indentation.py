"""Indentation as the document writes it."""

import re
from itertools import pairwise

from lsp_server.postprocess.site import Site, indent_of
from lsp_server.postprocess.suggestion import Suggestion

_OPENS_BLOCK = re.compile(r"[:{(\[]\s*(?:(?:#|//).*)?$")

_CLOSERS = ("}", ")", "]")


def indented(suggestion: Suggestion, site: Site) -> Suggestion:
    """Fit the text to where the cursor stands and to the document's unit of indentation."""
    lines = suggestion.lines
    if site.lexical.quote:
        return suggestion
    lines = _in_unit(lines, site)
    if site.is_line_start:
        lines = _behind_cursor(lines, site)
    return suggestion.with_text("\n".join(lines))


def _in_unit(lines: list[str], site: Site) -> list[str]:
    """Tabs for spaces or the other way round, where the document has but one of them."""
    if not site.is_line_start:  # the first line goes on where the cursor stands: its blanks indent nothing
        return lines[:1] + _whole_in_unit(lines[1:], site)
    return _whole_in_unit(lines, site)


def _whole_in_unit(lines: list[str], site: Site) -> list[str]:
    if site.indent_unit == "\t":
        step = _step(lines)
        return [_replace_indent(line, _as_tabs(indent_of(line), step)) for line in lines]
    if any("\t" in indent_of(line) for line in lines):
        return [_replace_indent(line, indent_of(line).replace("\t", site.indent_unit)) for line in lines]
    return lines


def _as_tabs(indent: str, step: int) -> str:
    """Spaces that do not fill a level are alignment and stay."""
    tabs, spaces = indent.count("\t"), indent.count(" ")
    return "\t" * (tabs + spaces // step) + " " * (spaces % step)


def _step(lines: list[str]) -> int:
    """Spaces of one level in *lines*: the smallest step seen, 4 when there is none."""
    widths = [len(indent_of(line)) for line in lines if line.strip() and not indent_of(line).count("\t")]
    steps = [abs(right - left) for left, right in pairwise(widths) if left != right]
    return min((step for step in steps if step > 1), default=4)


def _behind_cursor(lines: list[str], site: Site) -> list[str]:
    """Take off what the cursor's line already has, and indent what was written as if it had nothing."""
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return lines
    blank, lines = lines[:first], lines[first:]
    if site.line_prefix and blank:
        if site.width(lines[0]) < site.width(site.line_prefix):
            return [""]  # meant for after the block that the cursor is in
        blank, lines[0] = [], lines[0].removeprefix(site.line_prefix)
    if indent_of(lines[0]) and not _is_deeper_expected(site):
        if not site.line_prefix and not site.lexical.stack:
            lines = [line.removeprefix(indent_of(lines[0])) for line in lines]
        else:
            lines[0] = lines[0].lstrip(" \t")
    return [*blank, *_with_body_indented(lines, site)]


def _with_body_indented(lines: list[str], site: Site) -> list[str]:
    """A header's body that was written as if the header stood at the margin, or at the body's depth."""
    inner = next((index for index, line in enumerate(lines) if index and line.strip()), None)
    base = site.line_prefix + indent_of(lines[0])
    if inner is None or not base or not _OPENS_BLOCK.search(lines[0]):
        return lines
    shift = ""
    if _is_written_from_margin(lines, site):
        shift = base
    elif site.width(lines[inner]) == site.width(base) and not lines[inner].lstrip().startswith(_CLOSERS):
        shift = site.indent_unit
    return [lines[0], *(shift + line if line.strip() else line for line in lines[1:])]


def _is_written_from_margin(lines: list[str], site: Site) -> bool:
    """The first inner line is indented by exactly one level: the model did not see the cursor's."""
    inner = next(line for line in lines[1:] if line.strip())
    return indent_of(inner) == site.indent_unit and site.width(site.line_prefix) >= site.width(inner)


def _is_deeper_expected(site: Site) -> bool:
    """The line above is deeper than the cursor, or opens a block and the cursor is not in it yet."""
    above, here = site.width(site.line_above), site.width(site.line_prefix)
    return above > here or (above == here and _OPENS_BLOCK.search(site.line_above) is not None)


def _replace_indent(line: str, indent: str) -> str:
    return indent + line[len(indent_of(line)) :]
