"""How much of the text around the cursor, and which snippets, a prompt of a given size holds.

Deterministic, and steady while somebody types: the window's start moves by whole blocks of lines,
never by a line per keystroke, because whatever moves has to be evaluated again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lsp_server.context.snippet import Snippet
from lsp_server.prompting.comments import comment_mark
from lsp_server.prompting.families import Family
from lsp_server.prompting.fim import fim_pieces, snippet_pieces
from lsp_server.prompting.pieces import Piece
from lsp_server.text.document import Document

CountTokens = Callable[[Sequence[str]], Sequence[int]]

PREFIX_BLOCK_LINES = 16
SUFFIX_BLOCK_LINES = 4
# Source code rarely has more characters per token; text further away is not even counted.
CHARACTERS_PER_TOKEN_MAX = 8
# Steps in which the suffix may use what a short prefix leaves, so that it does not shrink per keystroke.
SHARE_STEPS = 8
# Of most code, and most tokenizers have fewer.
CHARACTERS_PER_TOKEN = 3.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What of a document and its context goes into one prompt."""

    prefix: str
    suffix: str
    snippets: tuple[Snippet, ...]


def window_prompt(
    family: Family,
    *,
    repository: str,
    document: Document,
    prefix: str,
    suffix: str,
    snippets: Sequence[Snippet],
    prompt_tokens: int,
    suffix_share: float,
    count_tokens: CountTokens,
) -> tuple[Piece, ...]:
    """The prompt for the place between *prefix* and *suffix*, of about *prompt_tokens* tokens at most."""
    window = fit(
        family,
        prefix=prefix,
        suffix=suffix,
        snippets=snippets,
        header=f"{repository}\n{document.path}\n",
        mark=comment_mark(document.language, document.path),
        prompt_tokens=prompt_tokens,
        suffix_share=suffix_share,
        count_tokens=count_tokens,
    )
    return fim_pieces(
        family,
        repository=repository,
        path=document.path,
        language=document.language,
        prefix=window.prefix,
        suffix=window.suffix,
        snippets=window.snippets,
    )


def fit(
    family: Family,
    *,
    prefix: str,
    suffix: str,
    snippets: Sequence[Snippet],
    header: str,
    mark: str,
    prompt_tokens: int,
    suffix_share: float,
    count_tokens: CountTokens,
    snippet_tokens: int | None = None,
) -> Window:
    """Choose whole lines next to the cursor, and of *snippets* those that fit into *snippet_tokens*, or half
    the room.

    Everything is counted in one call, piece by piece: a tokenizer hardly ever finds more tokens in the
    joined text.
    """
    far = prompt_tokens * CHARACTERS_PER_TOKEN_MAX
    before = _blocks(prefix, PREFIX_BLOCK_LINES, far_from_end=far)
    after = _blocks(suffix[:far], SUFFIX_BLOCK_LINES, far_from_end=None)
    shown = ["".join(_texts(snippet_pieces(family, it, mark))) for it in snippets]
    fixed = sum(not isinstance(part, str) for part in family.prompt)
    counts = list(count_tokens([header, *shown, *before, *after]))
    header_count, counts = counts[0], counts[1:]
    shown_counts, counts = counts[: len(shown)], counts[len(shown) :]
    before_counts, after_counts = counts[: len(before)], counts[len(before) :]

    room = max(0, prompt_tokens - header_count - fixed)
    snippet_room = room // 2 if snippet_tokens is None else min(snippet_tokens, room)
    chosen, used = _fitting(snippets, [count + len(family.snippet) for count in shown_counts], snippet_room)
    room -= used
    after_room = max(int(room * suffix_share), room - _rounded_up(sum(before_counts), room))
    after_kept, after_used = _kept(after_counts, after_room)
    before_kept, _ = _kept(before_counts[::-1], room - after_used)

    kept_prefix = "".join(before[len(before) - before_kept :])
    kept_suffix = "".join(after[:after_kept])
    if not before_kept and before:
        kept_prefix = _tail(before[-1], room - after_used, count_tokens)
    if not after_kept and after:
        kept_suffix = _head(after[0], after_room, count_tokens)
    return Window(prefix=kept_prefix, suffix=kept_suffix, snippets=chosen)


def visible_range(document: Document, offset: int, *, tokens: int, suffix_share: float) -> tuple[int, int]:
    """Offsets between which a prompt with *tokens* for *document* itself will show it, about.

    What stands beyond them may be shown as a snippet. As `fit`, which has to know the snippets, but nothing
    is counted: rather a few lines are shown nowhere than twice.
    """
    room = int(tokens * CHARACTERS_PER_TOKEN)
    after = min(len(document.text) - offset, max(int(room * suffix_share), room - offset))
    return max(0, offset - (room - after)), offset + after


def _blocks(text: str, lines_per_block: int, *, far_from_end: int | None) -> list[str]:
    """*text* in blocks of whole lines counted from its start; none that end too far from its end."""
    lines = text.splitlines(keepends=True)
    blocks = ["".join(lines[at : at + lines_per_block]) for at in range(0, len(lines), lines_per_block)]
    if far_from_end is None:
        return blocks
    length = 0
    for index in range(len(blocks) - 1, -1, -1):
        length += len(blocks[index])
        if length > far_from_end:
            return blocks[index:]
    return blocks


def _fitting(
    snippets: Sequence[Snippet], counts: Sequence[int], room: int
) -> tuple[tuple[Snippet, ...], int]:
    """Of *snippets*, in their order, those that still fit, and the tokens they take."""
    chosen: list[Snippet] = []
    used = 0
    for snippet, count in zip(snippets, counts, strict=True):
        if used + count <= room:
            chosen.append(snippet)
            used += count
    return tuple(chosen), used


def _kept(counts: Sequence[int], room: int) -> tuple[int, int]:
    """How many of the first blocks fit into *room*, and the tokens they take."""
    used = 0
    for kept, count in enumerate(counts):
        if used + count > room:
            return kept, used
        used += count
    return len(counts), used


def _rounded_up(tokens: int, room: int) -> int:
    step = max(1, room // SHARE_STEPS)
    return -(-tokens // step) * step


def _tail(block: str, room: int, count_tokens: CountTokens) -> str:
    """The end of one *block* that does not fit as a whole: whole lines, or at worst part of a line."""
    lines = block.splitlines(keepends=True)
    kept, _ = _kept(list(count_tokens(lines))[::-1], room)
    if kept:
        return "".join(lines[len(lines) - kept :])
    text = lines[-1][-room * CHARACTERS_PER_TOKEN_MAX :] if room > 0 else ""
    while text and count_tokens([text])[0] > room:
        text = text[(len(text) + 1) // 2 :]
    return text


def _head(block: str, room: int, count_tokens: CountTokens) -> str:
    """The beginning of one *block* that does not fit as a whole, in whole lines."""
    lines = block.splitlines(keepends=True)
    kept, _ = _kept(list(count_tokens(lines)), room)
    return "".join(lines[:kept])


def _texts(pieces: Sequence[Piece]) -> list[str]:
    return [piece for piece in pieces if isinstance(piece, str)]
