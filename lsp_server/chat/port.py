"""What Kibitz asks of a model that talks, whoever runs it.

Adapters: `local.py` (a GGUF model through our own host), `endpoint.py` (a server that speaks the OpenAI
protocol), `fallback.py` (the first of several that answers).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from lsp_server.cancellation import Cancellation

Role = Literal["system", "user", "assistant", "tool"]
OnText = Callable[[str], None]  # the text so far, again and again


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOffer:
    name: str
    description: str
    schema: Mapping[str, Any]  # JSON Schema of its arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    id: str  # of its author's choice; "" where there is none
    name: str
    arguments: str  # JSON, or what was meant to be


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation."""

    role: Role
    content: str
    calls: tuple[ToolCall, ...] = ()  # of an assistant that asks for tools
    call: ToolCall | None = None  # of a tool: what it answers


class Chat(Protocol):
    """Blocking; call it off the event loop. Raises ModelUnavailable when nobody answers."""

    @property
    def name(self) -> str:
        """For a person: which model speaks."""
        ...

    @property
    def may_use_tools(self) -> bool:
        """Whether it is able to, and what tools find may be shown to it."""
        ...

    @property
    def context_tokens(self) -> int:
        """That it reads and writes at once; a careful guess where it does not say."""
        ...

    def answer(
        self, turns: Sequence[Turn], *, max_tokens: int, cancellation: Cancellation, on_text: OnText
    ) -> str:
        """The answer in words. A cancelled one ends where it was."""
        ...

    def calls(
        self,
        turns: Sequence[Turn],
        tools: Sequence[ToolOffer],
        *,
        max_tokens: int,
        cancellation: Cancellation,
    ) -> Sequence[ToolCall]:
        """What it wants to look up next; nothing when it would rather answer. A cancelled one wants nothing.

        Endpoints may return what no tool takes; who executes a call validates it.
        """
        ...
