"""From what a model wrote to what is worth showing: one filter after the other."""

from dataclasses import dataclass

from lsp_server.postprocess.blocks import may_go_on
from lsp_server.postprocess.characters import plain_characters
from lsp_server.postprocess.closers import without_closers
from lsp_server.postprocess.completeness import complete
from lsp_server.postprocess.echoes import without_echoes
from lsp_server.postprocess.indentation import indented
from lsp_server.postprocess.loops import is_looping, without_loops
from lsp_server.postprocess.parse_errors import without_new_errors
from lsp_server.postprocess.placing import placed
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
    placed,
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

# Stands for whatever the model may write on its next line; nothing is indented deeper.
ANY_LINE = " " * 200 + "x"


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


def whole_lines(generated: str) -> str:
    """*generated* without a last line that the model was cut off in, if there is another one."""
    lines, end, _ = generated.rpartition("\n")
    return lines + end if lines.strip() else generated


def is_finished(text_so_far: str, document: Document, offset: int, *, max_lines: int) -> bool:
    """Whether whatever the model writes next would be cut away, so that it may stop now.

    Made for being asked after every token: the site is worked out once.
    """
    site = site_of(document, offset, max_lines=max_lines)
    text, end, last = plain_characters(Suggestion(text_so_far), site).text.rpartition("\n")
    if not end or not text.strip():
        return False
    whole = _fitted(text, site)
    if not any(line.strip() for line in whole):
        return False
    if len(whole) >= site.max_lines or is_looping(whole):
        return True
    if not site.is_line_start:
        return unit_length([*whole, ANY_LINE], site) <= len(whole)
    if not last.strip() or may_go_on(last, site.language):
        return False
    fitted = _fitted(f"{text}\n{last}", site)
    return unit_length(fitted, site) < len(fitted)


def _fitted(text: str, site: Site) -> list[str]:
    return indented(without_echoes(Suggestion(text), site), site).lines
