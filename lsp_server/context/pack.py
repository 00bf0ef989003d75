"""Fit candidates into a budget of tokens, counted by the model's own tokenizer.

Counting may cost a round trip, so it is done for all pieces at once, and once more for the whole.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from lsp_server.context.signatures import owner_definition, signature_text
from lsp_server.context.similar import Window
from lsp_server.context.snippet import Snippet
from lsp_server.context.wanted import Wanted
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.outline import Definition

CountTokens = Callable[[Sequence[str]], Sequence[int]]
T = TypeVar("T")

# Measured at 512, 1,024 and 2,048 tokens: more signatures find more definitions and save fewer bits.
SIGNATURE_SHARE = 0.35
SIGNATURE_SHARE_SMALL = 0.25
SMALL_BUDGET_TOKENS = 600
PATH_TOKENS = 4  # <file_sep> and the line ends around a path, besides the path itself
_CHARACTERS_PER_TOKEN = 3.5  # a guess that only bounds how many pieces are worth counting


def pack(
    snapshot: Snapshot,
    wanted: Sequence[Wanted],
    windows: Sequence[Window],
    *,
    budget_tokens: int,
    count_tokens: CountTokens,
) -> list[Snippet]:
    """The best pieces that fit: signatures grouped by file first, then windows."""
    share = SIGNATURE_SHARE_SMALL if budget_tokens <= SMALL_BUDGET_TOKENS else SIGNATURE_SHARE
    signatures = _first_characters(wanted, [it.definition.signature for it in wanted], budget_tokens * share)
    pieces = _first_characters(windows, [it.text for it in windows], budget_tokens)
    headers = {id(it): owner_definition(snapshot, it.definition) for it in signatures}
    paths = list(dict.fromkeys([*(it.definition.path for it in signatures), *(it.path for it in pieces)]))
    header_texts = [it.signature for it in headers.values() if it is not None]
    texts = [
        *(it.definition.signature for it in signatures),
        *(it.text for it in pieces),
        *paths,
        *header_texts,
    ]
    counts = [count + 1 for count in count_tokens(texts)]
    cost = dict(zip(texts, counts, strict=True))

    left = budget_tokens
    room = budget_tokens * share
    chosen: dict[str, list[Wanted]] = {}
    shown: set[str] = set()
    for it in signatures:
        definition, header = it.definition, headers[id(it)]
        price = cost[definition.signature] if definition.signature not in shown else 0
        if definition.path not in chosen:
            price += cost[definition.path] + PATH_TOKENS
        if header is not None and (header.path + header.signature) not in shown:
            price += cost[header.signature]
        if price > room:
            if room < 20:
                break
            continue
        room -= price
        left -= price
        chosen.setdefault(definition.path, []).append(it)
        if header is not None:
            shown.add(header.path + header.signature)
    snippets = [_signatures(snapshot, path, group) for path, group in chosen.items()]

    for window in pieces:
        price = cost[window.text] + cost[window.path] + PATH_TOKENS
        if price > left:
            if left < 60:
                break
            continue
        left -= price
        snippets.append(
            Snippet(
                path=window.path,
                start_line=window.start_line,
                end_line=window.end_line,
                text=window.text,
                reason="similar code",
                score=window.score,
            )
        )
    return snippets


def _signatures(snapshot: Snapshot, path: str, group: Sequence[Wanted]) -> Snippet:
    definitions: list[Definition] = [it.definition for it in group]
    best = max(group, key=lambda it: it.score)
    more = f", and {len(group) - 1} more of this file" if len(group) > 1 else ""
    return Snippet(
        path=path,
        start_line=min(it.start_line for it in definitions),
        end_line=max(it.name_line + it.signature.count("\n") for it in definitions),
        text=signature_text(snapshot, path, definitions),
        reason=best.reason + more,
        score=best.score,
    )


def _first_characters(items: Sequence[T], texts: Sequence[str], tokens: float) -> list[T]:
    """As many of *items* as could be needed to fill *tokens*, so that no more are counted."""
    characters = tokens * _CHARACTERS_PER_TOKEN * 1.5
    taken: list[T] = []
    for item, text in zip(items, texts, strict=True):
        if characters <= 0:
            break
        characters -= len(text) + 1
        taken.append(item)
    return taken
