"""A host's messages about one request, put together to a `Generation`."""

import time
from typing import Literal

from lsp_server.errors import ModelUnavailable
from lsp_server.model.link import Message
from lsp_server.model.port import Generation, OnText, TokenCounts

Stop = Literal["end", "length", "stopped", "cancelled"]

CANCELLED: Message = {"is": "cancelled"}


class Answer:
    def __init__(self, on_text: OnText | None) -> None:
        self._on_text = on_text
        self._text = ""
        self._logprobs: list[float] = []
        self._asked = time.monotonic()
        self._started: float | None = None
        self._first_text: float | None = None
        self._queue_ms = 0.0
        self._prompt = 0
        self._reused = 0
        self._done: Message | None = None

    def add(self, message: Message) -> Stop | None:
        """Return why it is over, if it is. Raises ModelUnavailable if that was said."""
        match message["is"]:
            case "started":
                self._started = time.monotonic()
                self._queue_ms = message["queue_ms"]
                self._prompt, self._reused = message["prompt"], message["reused"]
            case "text":
                self._first_text = self._first_text or time.monotonic()
                for text, logprobs in message["parts"]:
                    self._text += text
                    self._logprobs += logprobs
                    if self._on_text is not None and not self._on_text(self._text):
                        return "stopped"
            case "done":
                self._done = message
                stop: Stop = message["stop"]
                return stop
            case "cancelled":
                return "cancelled"
            case "error":
                raise ModelUnavailable(message["message"], hint=message["hint"])
        return None

    def generation(self, stop: Stop) -> Generation:
        """What there is so far. Without the host's last word, counts are what is known for sure."""
        if self._done is not None:
            return self._whole(stop, self._done)
        now = time.monotonic()
        started = self._started or now
        first = self._first_text or now
        evaluated = self._prompt - self._reused if self._first_text else 0
        return Generation(
            text=self._text,
            stop=stop,
            tokens=TokenCounts(
                prompt=self._reused + evaluated,
                reused=self._reused,
                evaluated=evaluated,
                generated=len(self._logprobs),
            ),
            queue_ms=self._queue_ms if self._started else 1000 * (now - self._asked),
            prompt_ms=1000 * (first - started),
            generation_ms=1000 * (now - first),
            logprobs=tuple(self._logprobs),
        )

    def _whole(self, stop: Stop, done: Message) -> Generation:
        return Generation(
            text=self._text,
            stop=stop,
            tokens=TokenCounts(
                prompt=done["prompt"],
                reused=done["reused"],
                evaluated=done["evaluated"],
                generated=len(done["logprobs"]),
                drafted=done["drafted"],
                accepted=done["accepted"],
            ),
            queue_ms=done["queue_ms"],
            prompt_ms=done["prompt_ms"],
            generation_ms=done["generation_ms"],
            logprobs=tuple(done["logprobs"]),
        )
