"""What stands above the cursor need not be written again."""

from lsp_server.postprocess.blocks import defines
from lsp_server.postprocess.similarity import is_same, says_something, siblings
from lsp_server.postprocess.site import Site
from lsp_server.postprocess.suggestion import Suggestion

LONGEST_BLOCK = 8  # lines


def without_repeats_before(suggestion: Suggestion, site: Site) -> Suggestion:
    """Drop a suggestion that begins by rewriting the lines above; end before a definition made above."""
    lines = suggestion.lines
    whole = [site.line_prefix + lines[0], *lines[1:]]
    written = [line for line in whole if line.strip()]
    above = [line for line in site.lines_above if line.strip()]
    for size in range(1, min(LONGEST_BLOCK, len(written), len(above)) + 1):
        pairs = list(zip(above[-size:], written[:size], strict=True))
        if any(says_something(line) for _, line in pairs) and all(is_same(*pair, site) for pair in pairs):
            return suggestion.with_text("")
    for index, line in enumerate(whole):
        block = siblings(reversed(above), line, site) if defines(line, site.language) else []
        if any(line.rstrip() == other.rstrip() for other in block):
            return suggestion.first_lines(index)
    return suggestion
