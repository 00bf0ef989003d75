"""Completions from a server that the user runs and named, through `/v1/completions` with the prompt as text.

The family's form is known by the model's name; the server reads the special tokens from the text. A frame
only grows at its end, so a server that keeps its cache evaluates a few tokens per keystroke, too.
"""

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from lsp_server.cancellation import Cancellation
from lsp_server.errors import ModelUnavailable
from lsp_server.model.port import Generation, GenerationRequest, ModelInfo, OnText, SpecialToken, TokenCounts
from lsp_server.model.web import WebLimits, WebServer, heard

CHARACTERS_PER_TOKEN = 3.0  # fewer than most code has, so that a counted prompt fits for sure
CHARACTERS_PER_TOKEN_MAX = 24
STOPS_MAX = 4  # that the protocol allows


OnTrouble = Callable[[str], None]


class EndpointModel:
    """Raises ModelUnavailable if nobody is there to name the model.

    *on_trouble* hears why the server did not answer, and "" once it answers again.
    """

    def __init__(
        self,
        server: WebServer,
        limits: WebLimits,
        *,
        model: str = "",
        context_tokens: int,
        on_trouble: OnTrouble = lambda trouble: None,
    ) -> None:
        self._on_trouble = on_trouble
        self._is_in_trouble = False
        self._server = server
        self._limits = limits
        name = model or self._first_listed()
        self._info = ModelInfo(
            name=name,
            path="",
            sha256=hashlib.sha256(f"{server.url}\n{name}".encode()).hexdigest(),
            size_bytes=0,
            architecture="",
            parameters=None,
            quantization=f"at {server.host}",
            context_length=context_tokens,
            vocabulary_size=0,
        )

    @property
    def info(self) -> ModelInfo:
        return self._info

    def generate(
        self, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None = None
    ) -> Generation:
        try:
            answer = self._answer(request, cancellation, on_text)
        except ModelUnavailable as problem:
            self._is_in_trouble = True
            self._on_trouble(f"{problem} {problem.hint}")
            raise
        if self._is_in_trouble and answer.text:
            self._is_in_trouble = False
            self._on_trouble("")
        return answer

    def _answer(
        self, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None
    ) -> Generation:
        asked = time.monotonic()
        if request.max_tokens == 0:  # only to be read ahead, which would keep the server from others
            return _generation("", "length", 0, 0.0, 0.0)
        special = [it.text for it in request.pieces if isinstance(it, SpecialToken)]
        meaningful = [*special, *request.stop_tokens]
        prompt = "".join(
            it.text if isinstance(it, SpecialToken) else _harmless(it, meaningful) for it in request.pieces
        )

        def words() -> Iterator[str]:
            stream = self._client.completions.create(
                model=self._info.name,
                prompt=prompt,
                max_tokens=request.max_tokens,
                temperature=request.temperature,
                seed=request.seed,
                stop=list(request.stop_tokens[:STOPS_MAX]) or None,
                stream=True,
            )
            with stream:
                for chunk in stream:
                    for choice in chunk.choices[:1]:
                        yield choice.text or ""

        text, count, first = "", 0, asked
        for word in heard(words(), self._server.host, self._limits, cancellation):
            first = first if count else time.monotonic()
            text, count = text + word, count + 1
            if on_text is not None and not on_text(text):
                return _generation(text, "stopped", count, first - asked, time.monotonic() - first)
            if len(text) >= request.max_tokens * CHARACTERS_PER_TOKEN_MAX:
                break
        is_cut = count >= request.max_tokens
        stop = "cancelled" if cancellation.is_cancelled else "length" if is_cut else "end"
        return _generation(text, stop, count, first - asked, time.monotonic() - first)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Estimates: asking the server would take longer than what is known exactly is worth."""
        return [int(len(it.encode("utf-8", "replace")) / CHARACTERS_PER_TOKEN) + 1 for it in texts]

    def close(self) -> None:
        self._client.close()

    @cached_property
    def _client(self) -> Any:
        return self._server.client(self._limits.silence_s)

    def _first_listed(self) -> str:
        listed = heard(
            (list(self._client.models.list()) for _ in range(1)),
            self._server.host, self._limits, Cancellation(),
        )  # fmt: skip
        models = next(listed, [])
        if not models:
            raise ModelUnavailable(f"The server at {self._server.host} has no model.", hint="Load one there.")
        return str(models[0].id)


def _harmless(text: str, special: Sequence[str]) -> str:
    """*text* so that no server takes a part of it for a special token."""
    for token in special:
        if token in text:
            text = re.sub(re.escape(token), f"{token[0]} {token[1:]}", text)
    return text


def _generation(text: str, stop: Any, tokens: int, waited_s: float, wrote_s: float) -> Generation:
    return Generation(
        text=text,
        stop=stop,
        tokens=TokenCounts(generated=tokens),
        queue_ms=0.0,
        prompt_ms=1000 * waited_s,
        generation_ms=1000 * wrote_s,
    )
