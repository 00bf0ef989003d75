"""What stands below the cursor need not be written again."""

from lsp_server.postprocess.blocks import defines
from lsp_server.postprocess.similarity import is_same, says_something, siblings
from lsp_server.postprocess.site import Site, indent_of
from lsp_server.postprocess.suggestion import Suggestion

# A line is looked for among this many of the next ones that are not blank.
NEXT_LINES = 3
_OPENERS = ("(", "[", "{")


def without_repeats_after(suggestion: Suggestion, site: Site) -> Suggestion:
    """End before the first line that the document has right below the cursor.

    The very next line counts even if it is short; of the ones behind it, only lines that say something.
    """
    lines = suggestion.lines
    written = [(index, line) for index, line in enumerate(lines) if line.strip()]
    below = _below(site)
    for place, (index, line) in enumerate(written):
        whole = site.line_prefix + line if index == 0 else line
        block = siblings(below, whole, site)
        if defines(whole, site.language) and whole.rstrip() in (it.rstrip() for it in block):
            return suggestion.first_lines(index)
        following = written[place + 1][1] if place + 1 < len(written) else None
        for distance, other in enumerate(block[:NEXT_LINES]):
            if not is_same(whole, other, site):
                continue
            if whole.rstrip().endswith(_OPENERS) and distance + 1 < len(below) and following is not None:
                # Two calls may well begin alike; it depends on what they are called with.
                if is_same(following, below[distance + 1], site):
                    return suggestion.first_lines(index)
            elif _counts(whole, index, distance, site):
                return suggestion.first_lines(index)
    return suggestion


def _counts(line: str, index: int, distance: int, site: Site) -> bool:
    """That *line* stands below, too, means that it is repeated."""
    if index > 0:
        return distance == 0 or says_something(line)
    return says_something(line) and (distance == 0 or site.is_line_start)


def _below(site: Site) -> list[str]:
    """The next lines that are not blank, the rest of the cursor's own first if it is one by itself."""
    below = [line for line in site.lines_below if line.strip()]
    if site.is_line_start and not site.is_line_end:
        own = site.line_suffix
        return [site.line_prefix + own if not indent_of(own) else own, *below]
    return below
