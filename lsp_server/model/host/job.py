"""One request on its way through the host."""

import codecs
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lsp_server.model.host.drafting import Drafter
from lsp_server.model.host.grammar import Grammar
from lsp_server.model.host.prompt_cache import PromptCache
from lsp_server.model.host.sequences import Slot
from lsp_server.model.port import Priority

Send = Callable[[dict[str, Any]], None]

# Whoever reads wakes up on one of the cores that compute: text is sent at once where it begins and where a
# line ends, which is when its reader may have enough, and else in portions of so long.
PORTION_S = 0.05


@dataclass(slots=True, eq=False, kw_only=True)
class Job:
    client: int
    id: int
    priority: Priority
    arrival: int
    send: Send
    tokens: list[int]  # the prompt, then what was generated
    prompt_tokens: int
    tail: bytes  # what healing still has to spell
    max_tokens: int
    min_tokens: int
    ends: frozenset[int]
    temperature: float
    random: np.random.Generator
    prepare: Callable[[], None] = lambda: None  # while the prompt is read: index the texts beside it
    is_prepared: threading.Event = field(default_factory=threading.Event)
    cache: PromptCache | None = None
    drafter: Drafter | None = None
    grammar: Grammar | None = None
    is_doubtful: bool = False  # the last step, with guesses, left open what to say: it is taken again without
    stop: str = ""  # why it is over, or is to be over: set from any thread, acted on by the owner's
    slot: Slot | None = None
    reused: int = 0
    logprobs: list[float] = field(default_factory=list)
    told: int = 0  # of the logprobs
    untold: list[tuple[str, list[float]]] = field(default_factory=list)
    told_at: float = 0.0
    drafted: int = 0
    accepted: int = 0
    failures: int = 0
    asked: float = field(default_factory=time.monotonic)
    started: float = 0.0
    first_token: float = 0.0
    decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )

    @property
    def left(self) -> int:
        """Tokens in the list that are not in memory yet."""
        return len(self.tokens) - (len(self.slot.tokens) if self.slot else 0)

    def tell_started(self) -> None:
        self.started = time.monotonic()
        counts = {"prompt": self.prompt_tokens, "reused": self.reused}
        self.send({"is": "started", "id": self.id, **counts, "queue_ms": self._queue_ms(self.started)})

    def add_text(self, piece: bytes) -> None:
        """Note what *piece* completes; half a character waits for its other half."""
        text = self.decoder.decode(piece)
        if text:
            logprobs = self.logprobs[self.told :]
            self.told += len(logprobs)
            self.untold.append((text, logprobs))

    def tell_text(self) -> None:
        """Send what there is, or keep it for a larger portion."""
        now = time.monotonic()
        if now - self.told_at >= PORTION_S or any("\n" in text for text, _ in self.untold):
            self._send_text(now)

    def _send_text(self, now: float) -> None:
        if self.untold:
            self.send({"is": "text", "id": self.id, "parts": self.untold})
            self.untold, self.told_at = [], now

    def tell_done(self) -> None:
        now = time.monotonic()
        self._send_text(now)
        first = self.first_token or now
        started = self.started or now
        self.send(
            {
                "is": "done",
                "id": self.id,
                "stop": self.stop,
                **self._counts(),
                "queue_ms": self._queue_ms(started),
                "prompt_ms": 1000 * (first - started),
                "generation_ms": 1000 * (now - first),
                "logprobs": self.logprobs,
                "drafted": self.drafted,
                "accepted": self.accepted,
            }
        )

    def tell_failed(self, message: str, hint: str) -> None:
        self.send({"is": "error", "id": self.id, "message": message, "hint": hint})

    def _counts(self) -> dict[str, int]:
        evaluated = self.prompt_tokens - self.reused if self.started else 0
        if self.slot and not self.logprobs:
            evaluated = max(0, min(len(self.slot.tokens), self.prompt_tokens) - self.reused)
        return {"prompt": self.reused + evaluated, "reused": self.reused, "evaluated": evaluated}

    def _queue_ms(self, started: float) -> float:
        return 1000 * (started - self.asked)
