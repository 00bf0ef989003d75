"""A frame: a prompt that stays in the model's memory while somebody types. Pure.

Whatever moves inside a prompt has to be evaluated again from there on. So a prompt is frozen at an
*anchor*: what it shows of other files, of the text before the anchor and of the text behind the cursor
stays, and what is typed, line ends included, goes to its very end. Families that read the suffix first
take it as more of the prefix, the others behind their middle token. A frame serves as long as what it
shows is still what stands around the cursor, character for character; only brackets and quotes that an
editor closes by itself may have come between.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsp_server.prompting.window import Window
from lsp_server.text.secrets import redact

# What an editor may put behind the cursor by itself: `(` becomes `()`, and a new line between them two.
AUTO_CLOSED = re.compile(r"[\s)\]}>\"'`;,:]+")
AUTO_CLOSED_MAX = 64  # characters
HEAD_CHARACTERS = 240  # enough of a window's beginning to find it again after an edit further up
# A secret that begins further up than this before a prompt's text, such as a key of many lines, is not seen.
LEAD_CHARACTERS = 16_000
BEHIND_CHARACTERS = 400  # a secret with the cursor in it is known by its end, too
# What may have been deleted or changed at the end of a contiguous frame's text: the rest is still in memory.
LOST_CHARACTERS_MAX = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    path: str
    start: int  # offset of `before` in the document the frame was made for
    before: str  # the document's text up to the anchor, as far as the prompt shows it
    after: str  # and its text behind the cursor
    window: Window  # both as the model is shown them, secrets blanked, and the snippets
    line: str  # the cursor's line up to the cursor, when the snippets were chosen
    is_whole: bool  # the whole repository had been read by then
    is_quick: bool  # shorter than it could be, to be there sooner


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a frame serves one place."""

    frame: Frame
    prefix: str  # for the prompt's prefix
    typed: str  # for the prompt's end
    appended: str  # what came to the frame's text since it was made


def fitting(frame: Frame, text: str, offset: int, *, is_contiguous: bool) -> Fit | None:
    """How *frame* serves *offset* in *text*; None if it does not.

    Contiguous is a family whose prompt ends with the prefix: there the end of the frame's own text
    may have changed, too.
    """
    if not _stands_behind(frame.after, text, offset):
        return None
    for start in _starts(frame, text, offset):
        now = text[start:offset]
        if now.startswith(frame.before):
            shared = len(frame.before)
        elif is_contiguous:
            shared = _shared_length(now, frame.before)
        else:
            continue
        if len(frame.before) - shared > LOST_CHARACTERS_MAX:
            continue
        lead = max(0, start - LEAD_CHARACTERS)
        shown = redact(text[lead : offset + BEHIND_CHARACTERS])[start - lead : offset - lead]
        prefix = frame.window.prefix
        if is_contiguous:
            return Fit(frame=frame, prefix=shown, typed="", appended=now[shared:])
        if shown.startswith(prefix):
            return Fit(frame=frame, prefix=prefix, typed=shown[len(prefix) :], appended=now[shared:])
    return None


def _shared_length(left: str, right: str) -> int:
    low, high = 0, min(len(left), len(right)) + 1
    while high - low > 1:  # equal up to low, different before high
        middle = (low + high) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _stands_behind(after: str, text: str, offset: int) -> bool:
    if not after:
        return not text[offset : offset + AUTO_CLOSED_MAX + 1].strip(" \t\r\n)]}>\"'`;,:")
    if text.startswith(after, offset):
        return True
    closed = AUTO_CLOSED.match(text, offset, offset + AUTO_CLOSED_MAX)
    end = closed.end() if closed else offset
    return any(text.startswith(after, at) for at in range(offset + 1, end + 1))


def _starts(frame: Frame, text: str, offset: int) -> Iterator[int]:
    """Where the frame's text may begin now: where it did, or where an edit further up has moved it."""
    head = frame.before[:HEAD_CHARACTERS]
    if frame.start <= offset and text.startswith(head[: offset - frame.start], frame.start):
        yield frame.start
    moved = text.rfind(head, 0, offset) if head else -1
    if moved >= 0 and moved != frame.start:
        yield moved


class Frames:
    """The last frames, newest first. As many as the model's memory has room for."""

    def __init__(self, *, kept: int, known: Sequence[Frame] = ()) -> None:
        self._kept = kept
        self._frames = tuple(known)[:kept]

    def all(self) -> tuple[Frame, ...]:
        return self._frames

    def fit(self, path: str, text: str, offset: int, *, is_contiguous: bool) -> Fit | None:
        """How the newest frame that serves *offset* does so."""
        for frame in self._frames:
            if frame.path == path:
                fit = fitting(frame, text, offset, is_contiguous=is_contiguous)
                if fit is not None:
                    self.add(frame)
                    return fit
        return None

    def newest(self, path: str) -> Frame | None:
        return next((frame for frame in self._frames if frame.path == path), None)

    def add(self, frame: Frame) -> None:
        """Put *frame* first. A quick one for the same place is not needed any more."""
        others = (it for it in self._frames if it is not frame and not _is_outdone(it, frame))
        self._frames = (frame, *others)[: self._kept]


def _is_outdone(old: Frame, new: Frame) -> bool:
    return old.is_quick and (old.path, old.after[:HEAD_CHARACTERS]) == (new.path, new.after[:HEAD_CHARACTERS])
