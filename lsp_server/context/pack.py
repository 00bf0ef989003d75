"""Fit candidates into a budget of tokens, counted by the model's own tokenizer.

Counting may cost a round trip, so it is done for all pieces at once, and once more for the whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from lsp_server.context.signatures import owner_definition, signature_text
from lsp_server.context.similar import Window
from lsp_server.context.snippet import Snippet
from lsp_server.context.wanted import ON_THIS_LINE, Wanted
from lsp_server.index.snapshot import Snapshot

CountTokens = Callable[[Sequence[str]], Sequence[int]]
T = TypeVar("T")

# Measured at 512, 1,024 and 2,048 tokens: more signatures find more definitions and save fewer bits.
SIGNATURE_SHARE = 0.42
SIGNATURE_SHARE_SMALL = 0.3
SMALL_BUDGET_TOKENS = 600

SEPARATOR_TOKENS = 1  # <file_sep>
EXTRA_TOKENS = 1  # indentation and an ellipsis, for most signatures
WORTH_CUTTING_TOKENS = 30  # a shorter rest of a window says nothing
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
    signatures = _likely(wanted, lambda it: it.definition.signature, budget_tokens * share)
    pieces = _likely(windows, lambda it: it.text, budget_tokens)
    headers = {id(it): owner_definition(snapshot, it.definition) for it in signatures}
    texts = {
        *(it.definition.signature for it in signatures),
        *(it.signature for it in headers.values() if it is not None),
        *(it.text for it in pieces),
        *(it.definition.path for it in signatures),
        *(it.path for it in pieces),
    }
    in_order = sorted(texts)
    cost = dict(zip(in_order, count_tokens([f"{text}\n" for text in in_order]), strict=True))

    similar, rest = _whole_windows(pieces, cost, budget_tokens * (1 - share))
    left = budget_tokens - sum(cost[it.text] + cost[it.path] + SEPARATOR_TOKENS for it in similar)
    room = budget_tokens * share
    chosen: dict[str, list[Wanted]] = {}
    shown: set[str] = set()
    for it in signatures:
        path, header = it.definition.path, headers[id(it)]
        if any(window.shows(path, it.definition.name_line) for window in similar):
            continue
        lines = {path + it.definition.signature: cost[it.definition.signature] + EXTRA_TOKENS}
        if header is not None:
            lines[path + header.signature] = cost[header.signature]
        price = sum(tokens for line, tokens in lines.items() if line not in shown)
        price += 0 if path in chosen else cost[path] + SEPARATOR_TOKENS
        if price <= room:
            room -= price
            left -= price
            shown.update(lines)
            chosen.setdefault(path, []).append(it)
    snippets = [_signatures(snapshot, path, group) for path, group in chosen.items()]
    snippets += [_snippet(it, it.text) for it in similar]
    snippets += _cut_windows(rest, cost, left)
    return _within(snippets, budget_tokens, count_tokens)


def prompt_form(snippet: Snippet) -> str:
    """The snippet as it stands in a prompt, behind its separator token."""
    return f"{snippet.path}\n{snippet.text}\n"


def _whole_windows(
    windows: Sequence[Window], cost: Mapping[str, int], room: float
) -> tuple[list[Window], Sequence[Window]]:
    """(the best windows that fit, the others)."""
    for number, window in enumerate(windows):
        room -= cost[window.text] + cost[window.path] + SEPARATOR_TOKENS
        if room < 0:
            return list(windows[:number]), windows[number:]
    return list(windows), ()


def _cut_windows(windows: Sequence[Window], cost: Mapping[str, int], left: float) -> list[Snippet]:
    """Fill what is left to the last line; the last window may lose its end."""
    snippets = []
    for window in windows:
        left -= cost[window.path] + SEPARATOR_TOKENS
        if left < min(WORTH_CUTTING_TOKENS, cost[window.text]):
            break
        is_whole = cost[window.text] <= left
        text = window.text if is_whole else _first_lines(window.text, left / cost[window.text])
        if not text:
            break
        snippets.append(_snippet(window, text))
        left -= cost[window.text]
    return snippets


def _snippet(window: Window, text: str) -> Snippet:
    return Snippet(
        path=window.path,
        start_line=window.start_line,
        end_line=window.start_line + text.count("\n"),
        text=text,
        reason=window.reason,
        score=window.score,
    )


def _first_lines(text: str, share: float) -> str:
    """As many whole lines as make about *share* of the text."""
    room = int(len(text) * share)
    return text[: text.rfind("\n", 0, room)].rstrip() if room < len(text) and "\n" in text[:room] else ""


def _within(snippets: list[Snippet], budget_tokens: int, count_tokens: CountTokens) -> list[Snippet]:
    """Drop lines from the end until the whole, as it will stand in the prompt, fits."""
    counts = [count + SEPARATOR_TOKENS for count in count_tokens([prompt_form(it) for it in snippets])]
    while snippets and sum(counts) > budget_tokens:
        last = snippets.pop()
        over = sum(counts) - budget_tokens
        count = counts.pop()
        text = _first_lines(last.text, 1 - 1.2 * (over + 2) / count)
        if count - over >= WORTH_CUTTING_TOKENS and text:
            shorter = replace(last, text=text, end_line=last.start_line + text.count("\n"))
            snippets.append(shorter)
            counts.append(count_tokens([prompt_form(shorter)])[0] + SEPARATOR_TOKENS)
    return snippets


def _signatures(snapshot: Snapshot, path: str, group: Sequence[Wanted]) -> Snippet:
    definitions = [it.definition for it in group]
    documented = [it.definition for it in group if it.source == ON_THIS_LINE]
    best = max(group, key=lambda it: it.score)
    more = f", and {len(group) - 1} more of this file" if len(group) > 1 else ""
    return Snippet(
        path=path,
        start_line=min(it.name_line for it in definitions),
        end_line=max(it.name_line + it.signature.count("\n") for it in definitions),
        text=signature_text(snapshot, definitions, documented),
        reason=best.reason + more,
        score=best.score,
    )


def _likely(items: Sequence[T], text: Callable[[T], str], tokens: float) -> list[T]:
    """As many of *items* as could be needed to fill *tokens*, so that no more are counted."""
    characters = tokens * _CHARACTERS_PER_TOKEN * 1.3
    taken: list[T] = []
    for item in items:
        if characters <= 0:
            break
        characters -= len(text(item)) + 1
        taken.append(item)
    return taken
