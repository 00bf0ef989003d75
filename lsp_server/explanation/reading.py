"""Code beyond what a model reads at once: it reads part after part and notes what matters of each.

The whole has one time limit. What was not read is named, never passed over.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.cancellation import Cancellation
from lsp_server.chat.port import Chat, Turn
from lsp_server.errors import ModelUnavailable, PromptRefused
from lsp_server.explanation.safe_markdown import safe
from lsp_server.explanation.windows import Window, tokens_in, windows
from lsp_server.prompting.text import render
from lsp_server.text.document import Document

_log = logging.getLogger(__name__)

NOTE_TOKENS = 110  # that the model may write of one part
NOTE_SHOWN_TOKENS = 90  # that the answer is made from
PROMPT_TOKENS = 150  # of prompts/read_part.md, filled in but for the code
HALVINGS_MAX = 2  # of a server that reads less at once than it was thought to

OnPart = Callable[[int, int, str], None]  # number from 1, of how many, its anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """No defaults: the caller knows better."""

    seconds: float  # for all parts
    window_tokens: int  # of one part, also where the model would take more
    notes_tokens: int  # of all notes together


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    text: str  # each with the anchor of its part
    read: int  # parts
    unread: tuple[Window, ...]  # in the order of their lines


def read_in_parts(
    document: Document,
    first: int,
    last: int,
    *,
    chat: Chat,
    limits: ReadingLimits,
    cancellation: Cancellation,
    on_part: OnPart,
) -> Notes:
    """Lines *first* to *last* of *document*, which holds no secrets any more. Raises Cancelled.

    Where the model is gone, or the time is over, what was noted so far is the answer.
    """
    size = min(limits.window_tokens, chat.context_tokens - NOTE_TOKENS - PROMPT_TOKENS)
    with Cancellation() as in_time:
        cancellation.on_cancel(in_time.cancel)
        alarm = threading.Timer(limits.seconds, in_time.cancel)
        alarm.daemon = True
        alarm.start()
        try:
            for halved in range(HALVINGS_MAX + 1):
                parts = windows(document, first, last, tokens_max=max(50, size >> halved))
                try:
                    return _read(document, parts, chat, limits, cancellation, in_time, on_part)
                except PromptRefused as refused:
                    _log.info("a part of %d tokens was refused: %s", size >> halved, refused)
        finally:
            alarm.cancel()
    return Notes(text="", read=0, unread=tuple(parts))


def _read(
    document: Document,
    parts: list[Window],
    chat: Chat,
    limits: ReadingLimits,
    cancellation: Cancellation,
    in_time: Cancellation,
    on_part: OnPart,
) -> Notes:
    """Raises PromptRefused if nothing was read yet."""
    noted: list[str] = []
    unread: list[Window] = []
    room = limits.notes_tokens
    for number, part in enumerate(parts, 1):
        cancellation.check()
        said = ""
        if not in_time.is_cancelled and room >= NOTE_SHOWN_TOKENS:
            on_part(number, len(parts), part.anchor)
            said = _said(document, part, number, len(parts), chat, in_time, is_first=not noted)
            cancellation.check()
        if not said or in_time.is_cancelled:
            unread.append(part)
            continue
        note = f"{part.anchor}:\n{_at_most(said, NOTE_SHOWN_TOKENS)}"
        room -= tokens_in(note)
        noted.append(note)
        if part.is_cut:
            unread.append(part)
    return Notes(text="\n\n".join(noted), read=len(noted), unread=tuple(unread))


def _said(
    document: Document,
    part: Window,
    number: int,
    count: int,
    chat: Chat,
    in_time: Cancellation,
    *,
    is_first: bool,
) -> str:
    """ "" for a part that could not be read. Raises PromptRefused for the first."""
    question = render(
        "read_part",
        language=document.language,
        anchor=part.anchor,
        number=number,
        count=count,
        code=part.text,
    )
    try:
        said = chat.answer(
            [Turn(role="user", content=question)], max_tokens=NOTE_TOKENS, cancellation=in_time,
            on_text=lambda text: None,
        )  # fmt: skip
    except PromptRefused:
        if is_first:
            raise
        return ""
    except ModelUnavailable as problem:
        _log.warning("%s was not read: %s", part.anchor, problem)
        in_time.cancel()  # who is gone is not asked for each of the others
        return ""
    return safe(said).strip()


def _at_most(text: str, tokens: int) -> str:
    """Whole lines of it, or the beginning of a long one."""
    while tokens_in(text) > tokens and "\n" in text:
        text = text.rpartition("\n")[0]
    while tokens_in(text) > tokens:
        text = text[: len(text) * 9 // 10]
    return text
