"""Keep what was shown where it was: a prompt that begins as the last one did need not be read again.

Pure: the caller remembers the last snippets of a document and hands them in.
"""

from collections.abc import Sequence
from dataclasses import replace

from lsp_server.context.similar import Window
from lsp_server.context.snippet import Snippet
from lsp_server.context.wanted import Wanted

# Set by hand. Writing 20 files of httpx and of rxjs line by line with 1,024 tokens of context, 245 and
# 183 of them have to be read again per request, of 447 and 411 without; half the time it is none.
KEPT_ADVANTAGE = 1.5


def favouring_windows(windows: Sequence[Window], previous: Sequence[Snippet]) -> list[Window]:
    """*windows* ranked anew, those that were shown last time ahead of their equals."""
    shown = {(it.path, it.start_line) for it in previous}
    ranked = [
        replace(it, score=it.score * KEPT_ADVANTAGE) if (it.path, it.start_line) in shown else it
        for it in windows
    ]
    return sorted(ranked, key=lambda it: -it.score)


def favouring_signatures(wanted: Sequence[Wanted], previous: Sequence[Snippet]) -> list[Wanted]:
    """*wanted* ranked anew, those that were shown last time ahead of their equals."""
    shown = {(it.path, line.strip()) for it in previous for line in it.text.split("\n")}
    ranked = [
        replace(it, score=it.score * KEPT_ADVANTAGE)
        if (it.definition.path, it.definition.signature.partition("\n")[0].strip()) in shown
        else it
        for it in wanted
    ]
    return sorted(ranked, key=lambda it: -it.score)


def settled(snippets: Sequence[Snippet], previous: Sequence[Snippet]) -> list[Snippet]:
    """What stayed the same comes first, in the order it had; what is new comes after it, by path."""
    by_content = {(it.path, it.text): it for it in snippets}
    kept = [by_content[key] for it in previous if (key := (it.path, it.text)) in by_content]
    known = {(it.path, it.text) for it in kept}
    fresh = [it for it in snippets if (it.path, it.text) not in known]
    return [*kept, *sorted(fresh, key=lambda it: (it.path, it.start_line, it.end_line))]
