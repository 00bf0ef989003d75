"""A server that the user runs and named: llama-server, Ollama, vLLM, LM Studio, MLX, by the OpenAI protocol.

Whoever waits is answered, or told why not, within the limits; also by a server that never stops.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from lsp_server.cancellation import Cancellation
from lsp_server.chat.port import OnText, ToolCall, ToolOffer, Turn
from lsp_server.errors import ModelUnavailable
from lsp_server.model.web import WebLimits, WebServer, heard
from lsp_server.text.secrets import redact

CHARACTERS_PER_TOKEN_MAX = 24  # a server that ignores the limit of tokens is stopped by this one
_THOUGHT = re.compile(r"\A\s*<think>.*?(?:</think>\s*|\Z)", re.DOTALL)


class EndpointChat:
    def __init__(
        self, server: WebServer, limits: WebLimits, *, model: str = "", may_look_around: bool = False
    ) -> None:
        """*model*: as the server names it; "" is the first that it lists. *may_look_around*: what tools find
        may be sent to it though it is another machine."""
        self._server = server
        self._limits = limits
        self._model = model
        self._may_use_tools = may_look_around or server.is_here
        self._refuses_tools = False

    @property
    def name(self) -> str:
        return f"{self._model or 'the model'} at {self._server.host}"

    @property
    def may_use_tools(self) -> bool:
        return self._may_use_tools and not self._refuses_tools

    def answer(
        self, turns: Sequence[Turn], *, max_tokens: int, cancellation: Cancellation, on_text: OnText
    ) -> str:
        text = ""
        characters_max = max_tokens * CHARACTERS_PER_TOKEN_MAX

        def words() -> Iterator[str]:
            stream = self._client.chat.completions.create(
                model=self._model_name(),
                messages=[_message(it) for it in turns],
                max_tokens=max_tokens,
                temperature=0,
                stream=True,
            )
            with stream:
                for chunk in stream:
                    for choice in chunk.choices[:1]:
                        yield choice.delta.content or ""

        for word in heard(words(), self._server.host, self._limits, cancellation):
            text += word
            if word:
                on_text(_spoken(text))
            if len(text) >= characters_max:
                break
        said = _spoken(text).strip()
        if not said and not cancellation.is_cancelled:
            raise ModelUnavailable(
                f"The server at {self._server.host} said nothing.",
                hint="Is it an OpenAI-compatible server, and its model one that talks?",
            )
        return said

    def calls(
        self,
        turns: Sequence[Turn],
        tools: Sequence[ToolOffer],
        *,
        max_tokens: int,
        cancellation: Cancellation,
    ) -> Sequence[ToolCall]:
        import openai

        def asked() -> Iterator[Any]:
            try:
                yield self._client.chat.completions.create(
                    model=self._model_name(),
                    messages=[_message(it) for it in turns],
                    tools=[_tool(it) for it in tools],
                    max_tokens=max_tokens,
                    temperature=0,
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError):
                self._refuses_tools = True  # the model was made without: it answers in words alone

        for reply in heard(asked(), self._server.host, self._limits, cancellation):
            chosen = reply.choices[0].message if reply.choices else None
            return tuple(_call(it) for it in (chosen.tool_calls if chosen is not None else None) or ())
        return ()

    @cached_property
    def _client(self) -> Any:
        return self._server.client(self._limits.silence_s)

    def _model_name(self) -> str:
        if not self._model:
            listed = list(self._client.models.list())
            if not listed:
                raise ModelUnavailable(
                    f"The server at {self._server.host} has no model.", hint="Load one there."
                )
            self._model = listed[0].id
        return self._model


def _message(turn: Turn) -> dict[str, Any]:
    message: dict[str, Any] = {"role": turn.role, "content": redact(turn.content)}
    if turn.calls:
        message["tool_calls"] = [
            {
                "id": it.id,
                "type": "function",
                "function": {"name": it.name, "arguments": _echoed(it.arguments)},
            }
            for it in turn.calls
        ]
    if turn.role == "tool" and turn.call is not None:
        message["tool_call_id"] = turn.call.id
    return message


def _echoed(arguments: str) -> str:
    """Servers read a call again to show it to the model: what is no object would be an error of ours."""
    try:
        return arguments if isinstance(json.loads(arguments), dict) else "{}"
    except (ValueError, RecursionError):
        return "{}"


def _tool(offer: ToolOffer) -> dict[str, Any]:
    about = {"name": offer.name, "description": offer.description, "parameters": dict(offer.schema)}
    return {"type": "function", "function": about}


def _call(sent: Any) -> ToolCall:
    function = getattr(sent, "function", None)
    return ToolCall(
        id=str(getattr(sent, "id", None) or ""),
        name=str(getattr(function, "name", None) or ""),
        arguments=str(getattr(function, "arguments", None) or ""),
    )


def _spoken(text: str) -> str:
    """Without what a thinking model thought aloud before."""
    return _THOUGHT.sub("", text)
