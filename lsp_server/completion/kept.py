"""Completions across sessions and machines, by what stood around the cursor, for where no prompt is warm.

The look-up runs beside the making of the prompt and is hardly waited for; what is to be kept is written
while nobody types. A place with a secret near it is neither looked up nor kept.
"""

import hashlib
import json
import threading
from collections import deque
from dataclasses import dataclass

from lsp_server import __version__
from lsp_server.answers.kept import Asked, KeptAnswers
from lsp_server.model.port import Generation, TokenCounts
from lsp_server.text.document import Document
from lsp_server.text.secrets import redact

BEFORE_CHARACTERS, AFTER_CHARACTERS = 6_000, 2_000  # about what a prompt shows of the file
WAIT_S_MAX = 0.002  # after the prompt is made
WAITING_MAX = 32  # places whose answers are not written yet


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    path: str
    text: str
    cursor: int  # in it


class KeptCompletions:
    """*identity*: the model and all else that an answer depends on. Closes nothing."""

    def __init__(self, kept: KeptAnswers, identity: str) -> None:
        self._kept = kept
        self._identity = identity
        self._lock = threading.Lock()
        self._waiting: deque[tuple[_Around, Generation]] = deque(maxlen=WAITING_MAX)

    def look(self, document: Document, offset: int) -> Asked | None:
        """Begin to look for what was answered at such a place; returns at once."""
        question = self._question(_around(document, offset))
        return None if question is None else self._kept.ask(question)

    def note(self, document: Document, offset: int, generation: Generation) -> None:
        """To be written by `write`; the oldest of too many is forgotten."""
        if generation.stop != "cancelled":
            with self._lock:
                self._waiting.append((_around(document, offset), generation))

    def write(self) -> None:
        with self._lock:
            waiting = list(self._waiting)
            self._waiting.clear()
        for around, made in waiting:
            question = self._question(around)
            if question is not None and redact(made.text) == made.text:
                logprobs = [round(it, 4) for it in made.logprobs]
                value = {"text": made.text, "stop": made.stop, "logprobs": logprobs}
                self._kept.keep(question, json.dumps(value))

    def _question(self, around: _Around) -> bytes | None:
        if redact(around.text) != around.text:
            return None
        asked = repr((__version__, self._identity, around))
        return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).digest()


def _around(document: Document, offset: int) -> _Around:
    start = max(0, offset - BEFORE_CHARACTERS)
    text = document.text[start : offset + AFTER_CHARACTERS]
    return _Around(path=document.path, text=text, cursor=offset - start)


def answered(asked: Asked | None) -> Generation | None:
    """What was found, as if the model had just said it."""
    value = None if asked is None else asked.answer(WAIT_S_MAX)
    if value is None:
        return None
    read = json.loads(value)
    return Generation(
        text=read["text"],
        stop=read["stop"],
        tokens=TokenCounts(),
        queue_ms=0.0,
        prompt_ms=0.0,
        generation_ms=0.0,
        logprobs=tuple(read["logprobs"]),
    )
