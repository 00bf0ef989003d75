"""What stands below the cursor need not be written again."""

from lsp_server.postprocess.blocks import defines
from lsp_server.postprocess.similarity import is_same, says_something
from lsp_server.postprocess.site import Site, indent_of
from lsp_server.postprocess.suggestion import Suggestion

# A line is looked for among this many of the next ones that are not blank.
NEXT_LINES = 3


def without_repeats_after(suggestion: Suggestion, site: Site) -> Suggestion:
    """End before the first line that the document has right below the cursor.

    The very next line counts even if it is short; of the ones behind it, only lines that say something.
    """
    lines = suggestion.lines
    below = _below(site)
    for index, line in enumerate(lines):
        whole = site.line_prefix + line if index == 0 else line
        if not whole.strip():
            continue
        if defines(whole, site.language) and any(
            whole.rstrip() == other.rstrip() for other in site.lines_below
        ):
            return suggestion.first_lines(index)
        for distance, other in enumerate(below):
            if site.width(other) < site.width(whole):
                break
            if is_same(whole, other, site) and (says_something(whole) or (distance == 0 and index > 0)):
                if index == 0 and not site.is_line_start and distance > 0:
                    continue
                return suggestion.first_lines(index)
    return suggestion


def _below(site: Site) -> list[str]:
    """The next lines that are not blank, the rest of the cursor's own first if it is one by itself."""
    below = [line for line in site.lines_below if line.strip()][:NEXT_LINES]
    if site.is_line_start and not site.is_line_end:
        own = site.line_suffix
        return [site.line_prefix + own if not indent_of(own) else own, *below]
    return below
