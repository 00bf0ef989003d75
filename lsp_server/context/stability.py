"""Keep what was shown where it was: a prompt that begins as the last one did need not be read again.

Pure: the caller remembers the last snippets of a document and hands them in.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from lsp_server.context.choose import Candidates
from lsp_server.context.pack import LEFT_OUT, Packing
from lsp_server.context.snippet import Snippet
from lsp_server.index.file import IndexedFile
from lsp_server.index.snapshot import Snapshot

# Kept is as much of the beginning as leaves the whole worth this share of the best choice anew. In five files
# of scrapy, 0.8 has 170 tokens read again per line and loses 1.7 points of the bits saved; 0.88 264 and 0.8
# points (`bench.context_quality.writing`).
WORTH_KEPT = 0.84
# What was shown stays exactly as it is while it has this share alone. In eight files each of mypy, zod,
# aiohttp, ethers, hyper, mobx and networkx, 0.7 has 171 tokens read again per line, 0.8 has 258, and the bits
# saved are the same. On one line nothing was read again with 0.4; with 0.5 it was 21 tokens in mypy.
WORTH_ALONE, WORTH_ALONE_ON_LINE = 0.7, 0.4
_SHARES_TRIED = (1.0, 0.75, 0.5, 0.25)  # of the snippets shown last time, from the first one on


def settled(
    snapshot: Snapshot,
    packing: Packing,
    candidates: Candidates,
    previous: Sequence[Snippet],
    *,
    budget_tokens: int,
    is_hidden: Callable[[str], bool],
    is_same_line: bool,
) -> list[Snippet]:
    """What was shown and still serves, in the order it had, then what is new.

    *is_same_line*: the cursor was on this line when it was chosen.
    """
    best = packing.choice(budget_tokens)
    still_true = _still_true(snapshot, previous, is_hidden)
    tokens = packing.tokens(still_true)
    if still_true and sum(tokens) <= budget_tokens:
        alone = packing.choice(0, _shown_by(still_true, candidates)).worth
        if alone >= (WORTH_ALONE_ON_LINE if is_same_line else WORTH_ALONE) * best.worth:
            return still_true
    tried = 0
    for share in _SHARES_TRIED:
        count = round(len(still_true) * share)
        left = budget_tokens - sum(tokens[:count])
        if count in (0, tried) or left < 0:
            continue
        tried = count
        kept = still_true[:count]
        shown = _shown_by(kept, candidates)
        choice = packing.choice(left, shown)
        if choice.worth >= WORTH_KEPT * best.worth:
            return [*kept, *packing.snippets(choice, left)]
    return packing.snippets(best, budget_tokens)


def _still_true(
    snapshot: Snapshot, previous: Sequence[Snippet], is_hidden: Callable[[str], bool]
) -> list[Snippet]:
    """Up to the first snippet that the repository no longer holds as it was shown."""
    kept: list[Snippet] = []
    for it in previous:
        file = snapshot.file(it.path)
        if file is None or is_hidden(it.path) or not _holds(file, it.text, it.start_line, it.end_line):
            break
        kept.append(it)
    return kept


@lru_cache(maxsize=512)
def _holds(file: IndexedFile, text: str, first_line: int, last_line: int) -> bool:
    """Whether each line of *text* is one of the file's; a documentation line may be written anew.

    Most stand where they stood, and the rest of the file need not be unpacked.
    """
    lines = text.split("\n")
    return _are_in(lines, file.lines_from(first_line, last_line)) or _are_in(lines, file.lines)


def _are_in(lines: Sequence[str], others: Sequence[str]) -> bool:
    known = {line.strip() for line in others}
    missing = [line for it in lines if (line := it.strip()) not in known and line != LEFT_OUT]
    return all(any(line.strip("\"'#/ ") in it for it in known) for line in missing)


def _shown_by(snippets: Sequence[Snippet], candidates: Candidates) -> list[int]:
    """The numbers of the candidates that stand in *snippets* already."""
    texts: dict[str, str] = {}
    for it in snippets:
        texts[it.path] = f"{texts.get(it.path, '')}\n{it.text}\n"
    return [
        number
        for number, (path, text) in enumerate(zip(candidates.paths, candidates.texts, strict=True))
        if path in texts
        and text.partition("\n")[0] in texts[path]
        and (number < candidates.signatures or text in texts[path])
    ]
