"""A model that remembers what it answered when a person asked: explanations and docstrings.

Asked the same again by the same version, it says the same without running. Completions while typing are
another matter, they are remembered by place in `completion`.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from lsp_server import __version__
from lsp_server.answers.kept import KeptAnswers
from lsp_server.cancellation import Cancellation
from lsp_server.chat.port import Chat, ToolCall, ToolOffer, Turn
from lsp_server.model.port import (
    Generation,
    GenerationRequest,
    Model,
    ModelInfo,
    OnText,
    Priority,
    TokenCounts,
)

CLOSING_S = 1.0


class RememberingModel:
    """Owns *model* and *kept*, and closes both."""

    def __init__(self, model: Model, kept: KeptAnswers) -> None:
        self._model = model
        self._kept = kept

    @property
    def info(self) -> ModelInfo:
        return self._model.info

    def generate(
        self, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None = None
    ) -> Generation:
        if request.priority is not Priority.ACTION or request.max_tokens == 0:
            return self._model.generate(request, cancellation, on_text)
        question = _question(self.info, request)
        kept = self._kept.get(question)
        stop, _, text = (kept or "").partition("\n")
        if kept is not None:
            # Who stopped the model where the text ended does so again; anybody else must see it write.
            goes_on = on_text is None or not text or on_text(text)
            if goes_on == (stop != "stopped"):
                return _known(text, stop)
        made = self._model.generate(request, cancellation, on_text)
        if made.stop != "cancelled" and not cancellation.is_cancelled:
            self._kept.keep(question, f"{made.stop}\n{made.text}")
        return made

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._model.count_tokens(texts)

    def close(self) -> None:
        self._kept.close(CLOSING_S)
        self._model.close()


def _known(text: str, stop: str) -> Generation:
    return Generation(
        text=text,
        stop="stopped" if stop == "stopped" else "length" if stop == "length" else "end",
        tokens=TokenCounts(),
        queue_ms=0.0,
        prompt_ms=0.0,
        generation_ms=0.0,
    )


def _question(info: ModelInfo, request: GenerationRequest) -> bytes:
    """All that the answer depends on: the version, the weights and the whole request."""
    asked = repr((__version__, info.sha256, replace(request, may_draft=True)))
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).digest()


class RememberingChat:
    """What a server said to the same conversation once. Closes nothing."""

    def __init__(self, chat: Chat, address: str, kept: KeptAnswers) -> None:
        self._chat = chat
        self._address = address
        self._kept = kept

    @property
    def name(self) -> str:
        return self._chat.name

    @property
    def may_use_tools(self) -> bool:
        return self._chat.may_use_tools

    @property
    def context_tokens(self) -> int:
        return self._chat.context_tokens

    def answer(
        self,
        turns: Sequence[Turn],
        *,
        max_tokens: int,
        cancellation: Cancellation,
        on_text: Callable[[str], None],
    ) -> str:
        asked = repr((__version__, self._address, self._chat.name, tuple(turns), max_tokens))
        question = hashlib.sha256(asked.encode("utf-8", "surrogatepass")).digest()
        known = self._kept.get(question)
        if known is not None:
            on_text(known)
            return known
        said = self._chat.answer(turns, max_tokens=max_tokens, cancellation=cancellation, on_text=on_text)
        if said and not cancellation.is_cancelled:
            self._kept.keep(question, said)
        return said

    def calls(
        self,
        turns: Sequence[Turn],
        tools: Sequence[ToolOffer],
        *,
        max_tokens: int,
        cancellation: Cancellation,
    ) -> Sequence[ToolCall]:
        return self._chat.calls(turns, tools, max_tokens=max_tokens, cancellation=cancellation)
