"""Whether a suggestion is part of the cursor's line, or whole lines above it."""

from collections.abc import Sequence
from dataclasses import replace

from lsp_server.postprocess.site import Site
from lsp_server.postprocess.suggestion import Suggestion

_ENDS = frozenset(")]};,")


def placed(suggestion: Suggestion, site: Site) -> Suggestion:
    """Decided before anything is cut: a line end that the model wrote tells whole lines from a part."""
    return replace(suggestion, is_above=are_above(suggestion.lines, site))


def are_above(lines: Sequence[str], site: Site) -> bool:
    """Whole lines before the one that begins at the cursor, and not the beginning of that one."""
    right = site.line_suffix.strip()
    is_closed = lines[0].rstrip().endswith(right) and all(it in _ENDS for it in right)
    return site.is_line_start and bool(right) and len(lines) > 1 and not is_closed
