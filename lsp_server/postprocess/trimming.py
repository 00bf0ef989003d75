"""No more lines than asked for, no white space that nobody sees."""

from lsp_server.postprocess.site import Site
from lsp_server.postprocess.suggestion import Suggestion

LEADING_BLANK_LINES_MAX = 2


def within_line_limit(suggestion: Suggestion, site: Site) -> Suggestion:
    return suggestion.first_lines(site.max_lines)


def without_outer_blanks(suggestion: Suggestion, site: Site) -> Suggestion:
    """Without white space at the ends of lines and of the text, and with few blank lines before it."""
    if not suggestion.text.strip():
        return suggestion.with_text("")
    lines = [line.rstrip() for line in suggestion.lines]
    while lines and not lines[-1]:
        lines.pop()
    if (
        not suggestion.is_to_line_end(site)
        and suggestion.text.endswith(" ")
        and _is_operand(site.line_suffix)
    ):
        lines[-1] += " "
    blank = next(index for index, line in enumerate(lines) if line)
    if site.is_line_start and blank:
        # Blank lines are for the margin: behind indentation they would leave white space at a line's end.
        keep = 0 if site.line_prefix or not site.line_above else min(blank, LEADING_BLANK_LINES_MAX)
        lines = lines[blank - keep :]
    if not site.is_line_start and site.line_prefix.endswith((" ", "\t")):
        lines[0] = lines[0].lstrip(" \t")
    return suggestion.with_text("\n".join(lines))


def _is_operand(text: str) -> bool:
    return text[:1].isalnum() or text[:1] in tuple("_\"'([{")


def with_line_ends(suggestion: Suggestion, site: Site) -> Suggestion:
    """The document's own line ends; a text that pushes the cursor's line down ends with one."""
    return suggestion.with_text(suggestion.inserted(site).replace("\n", site.eol))
