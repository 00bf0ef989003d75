"""The first of several that answers: a server that the user named, then the model of this machine."""

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from lsp_server.cancellation import Cancellation
from lsp_server.chat.port import Chat, OnText, ToolCall, ToolOffer, Turn
from lsp_server.errors import ModelUnavailable

_log = logging.getLogger(__name__)

R = TypeVar("R")


class FallbackChat:
    """*chats*: at least one. `name` is that of the one that spoke last, or of the first."""

    def __init__(self, chats: Sequence[Chat]) -> None:
        self._chats = chats
        self._speaking = chats[0]

    @property
    def name(self) -> str:
        return self._speaking.name

    @property
    def may_use_tools(self) -> bool:
        return self._speaking.may_use_tools

    @property
    def context_tokens(self) -> int:
        return self._speaking.context_tokens

    def answer(
        self, turns: Sequence[Turn], *, max_tokens: int, cancellation: Cancellation, on_text: OnText
    ) -> str:
        """One that goes away in the middle of its answer is replaced by the next, which begins anew."""
        return self._first(
            lambda chat: chat.answer(
                turns, max_tokens=max_tokens, cancellation=cancellation, on_text=on_text
            ),
        )

    def calls(
        self,
        turns: Sequence[Turn],
        tools: Sequence[ToolOffer],
        *,
        max_tokens: int,
        cancellation: Cancellation,
    ) -> Sequence[ToolCall]:
        return self._first(
            lambda chat: (
                chat.calls(turns, tools, max_tokens=max_tokens, cancellation=cancellation)
                if chat.may_use_tools
                else ()
            ),
        )

    def _first(self, ask: Callable[[Chat], R]) -> R:
        first_problem: ModelUnavailable | None = None
        for chat in self._chats:
            self._speaking = chat
            try:
                return ask(chat)
            except ModelUnavailable as problem:
                _log.warning("%s cannot be asked: %s", chat.name, problem)
                first_problem = first_problem or problem
        self._speaking = self._chats[0]
        assert first_problem is not None
        raise first_problem
