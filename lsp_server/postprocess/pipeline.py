"""From what a model wrote to what is worth showing: one filter after the other."""

from dataclasses import dataclass

from lsp_server.postprocess.characters import plain_characters
from lsp_server.postprocess.closers import without_closers
from lsp_server.postprocess.completeness import complete
from lsp_server.postprocess.echoes import without_echoes
from lsp_server.postprocess.indentation import indented
from lsp_server.postprocess.loops import is_looping, without_loops
from lsp_server.postprocess.parse_errors import without_new_errors
from lsp_server.postprocess.repeats_after import without_repeats_after
from lsp_server.postprocess.repeats_before import without_repeats_before
from lsp_server.postprocess.scope import unit_length, within_scope
from lsp_server.postprocess.site import Site, site_of
from lsp_server.postprocess.suggestion import Filter, Suggestion
from lsp_server.postprocess.trimming import with_line_ends, within_line_limit, without_outer_blanks
from lsp_server.text.document import Document

# Each takes what the one before left. Only the last knows about the document's line ends.
FILTERS: tuple[Filter, ...] = (
    plain_characters,
    without_echoes,
    without_loops,
    indented,
    within_scope,
    within_line_limit,
    without_repeats_before,
    without_repeats_after,
    without_closers,
    complete,
    without_new_errors,
    without_outer_blanks,
    with_line_ends,
)

# A partial last line that is shorter may still become anything, `else` for example.
TELLING_CHARACTERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What to insert in place of the text from the cursor to `replace_end_offset`, on the cursor's line."""

    text: str
    replace_end_offset: int
    dropped_by: str  # the filter that left nothing; "" if there is something to show


def clean(generated: str, document: Document, offset: int, *, max_lines: int) -> Cleaned:
    """Make *generated* fit for being shown at *offset*. Never raises for any text."""
    site = site_of(document, offset, max_lines=max_lines)
    offset = min(max(offset, 0), len(document.text))
    suggestion = Suggestion(generated)
    if not generated.strip():
        return Cleaned(text="", replace_end_offset=offset, dropped_by="model")
    for apply in FILTERS:
        suggestion = apply(suggestion, site)
        if not suggestion.text.strip():
            return Cleaned(text="", replace_end_offset=offset, dropped_by=apply.__name__)
    return Cleaned(text=suggestion.text, replace_end_offset=offset + suggestion.replaced, dropped_by="")


def is_finished(text_so_far: str, document: Document, offset: int, *, max_lines: int) -> bool:
    """Whether whatever the model writes next would be cut away, so that it may stop now.

    Made for being asked after every token: the site is worked out once.
    """
    site = site_of(document, offset, max_lines=max_lines)
    lines = plain_characters(Suggestion(text_so_far), site).lines
    if len(lines) < 2:
        return False
    whole = lines if len(lines[-1].strip()) >= TELLING_CHARACTERS else lines[:-1]
    if len(lines) > site.max_lines + 1 or is_looping(lines[:-1]):
        return True
    fitting = indented(Suggestion("\n".join(whole)), site).lines
    return unit_length(fitting, site) < len(fitting) or (len(lines) > 1 and _is_one_line(site))


def _is_one_line(site: Site) -> bool:
    return not site.is_line_start and not site.is_line_end
