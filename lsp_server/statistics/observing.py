"""What became of a suggestion, read from the edits that follow it: no editor has to tell. Thread-safe.

A suggestion that appears at one stroke, be it whole or in part, was accepted; one that appears letter by
letter was typed. Editors insert what is accepted in one edit, and that edit adds nothing else.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from lsp_server.statistics.request import ACCEPTED, Outcome, Request

KEPT_AFTER_S = 30.0
STROKE_MIN = 3  # characters, or all there are: one at a time is typed, and now and then two


@dataclass(slots=True)
class _Shown:
    request: Request
    path: str
    offset: int
    text: str
    length: int  # of the document when it was last seen
    there: int = 0  # characters of the text that stand in the document
    taken: int = 0  # of them, at one stroke


@dataclass(slots=True)
class _Accepted:
    request: Request
    path: str
    text: str
    due: float


class Observer:
    """*note* gets every request once its outcome is known. *clock* counts seconds, from anywhere."""

    def __init__(self, note: Callable[[Request], None], clock: Callable[[], float]) -> None:
        self._note = note
        self._clock = clock
        self._lock = threading.Lock()
        self._shown: _Shown | None = None
        self._accepted: list[_Accepted] = []

    def answered(self, request: Request, path: str, offset: int, text: str, document_length: int) -> None:
        """*text* is shown at *offset* of a document that is so long; "" if nothing is."""
        with self._lock:
            shown = self._shown
            if shown is not None and shown.path == path and self._continues(shown, offset, text):
                return  # the same suggestion, shorter by what was typed of it
            self._close_shown()
            if text:
                self._shown = _Shown(request, path, offset, text, document_length)
            else:
                self._note(request)

    def changed(self, path: str, text: str) -> None:
        with self._lock:
            shown = self._shown
            if shown is not None and shown.path == path:
                self._follow(shown, text)
            self._settle(path, text)

    def closed(self, path: str) -> None:
        """The document is closed: nobody knows what becomes of what was accepted in it."""
        with self._lock:
            if self._shown is not None and self._shown.path == path:
                self._close_shown()
            for it in [it for it in self._accepted if it.path == path]:
                self._accepted.remove(it)
                self._note(it.request)

    def due(self) -> float | None:
        """When `look_again` has something to do."""
        with self._lock:
            return min((it.due for it in self._accepted), default=None)

    def look_again(self, text_of: Callable[[str], str | None]) -> None:
        """See what of the accepted texts still stands there."""
        with self._lock:
            for path in {it.path for it in self._accepted}:
                text = text_of(path)
                if text is not None:
                    self._settle(path, text)

    def close(self) -> None:
        with self._lock:
            self._close_shown()
            for it in self._accepted:
                self._note(it.request)
            self._accepted.clear()

    def _continues(self, shown: _Shown, offset: int, text: str) -> bool:
        return bool(text) and shown.offset <= offset and shown.text[offset - shown.offset :] == text

    def _follow(self, shown: _Shown, text: str) -> None:
        there = _common(shown.text, text[shown.offset : shown.offset + len(shown.text)])
        grown, longer = there - shown.there, len(text) - shown.length
        if longer == grown > 1 and (grown >= STROKE_MIN or grown == len(shown.text)):
            shown.taken += grown
        is_left = grown <= 0 or (longer != grown and there < len(shown.text))
        shown.there, shown.length = max(there, shown.there), len(text)
        if is_left or shown.there == len(shown.text):
            self._close_shown()

    def _close_shown(self) -> None:
        shown, self._shown = self._shown, None
        if shown is None:
            return
        request = replace(shown.request, outcome=_outcome(shown), taken=shown.taken)
        if request.outcome in ACCEPTED:
            text = shown.text[: shown.there]
            self._accepted.append(_Accepted(request, shown.path, text, self._clock() + KEPT_AFTER_S))
        else:
            self._note(request)

    def _settle(self, path: str, text: str) -> None:
        now = self._clock()
        for it in [it for it in self._accepted if it.path == path and it.due <= now]:
            self._accepted.remove(it)
            self._note(replace(it.request, is_kept=it.text.strip() in text))


def _common(left: str, right: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(left), len(right)))


def _outcome(shown: _Shown) -> Outcome:
    if shown.taken:
        return "whole" if shown.there == len(shown.text) else "part"
    return "typed" if shown.there == len(shown.text) else "ignored"
