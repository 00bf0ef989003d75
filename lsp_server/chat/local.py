"""A GGUF model that talks, in the form its family was trained with; calls are held to a grammar."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lsp_server.cancellation import Cancellation
from lsp_server.chat.port import OnText, ToolCall, ToolOffer, Turn
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.port import GenerationRequest, Model, Priority
from lsp_server.prompting.chat import ChatFamily, Message, chat_pieces

# Set by hand: below this, models call one tool after the other and tell nothing of what they found.
PARAMETERS_FOR_TOOLS = 2_500_000_000
CONTEXT_TOKENS = 4_096  # of a model that does not say it
ANSWER = "answer"  # the call that ends looking around

_HOW_TO_CALL = (
    "You may look things up first. Reply with one JSON object and nothing else:\n"
    '{{"tool": NAME, "arguments": {{…}}}} to call a tool, or {{"tool": "{answer}"}} when you know enough.\n'
    "The tools:\n{tools}"
)


class LocalChat:
    def __init__(self, model: Model, family: ChatFamily) -> None:
        self._model = model
        self._family = family

    @property
    def name(self) -> str:
        return self._model.info.name

    @property
    def may_use_tools(self) -> bool:
        return (self._model.info.parameters or 0) >= PARAMETERS_FOR_TOOLS

    @property
    def context_tokens(self) -> int:
        return min(self._model.info.context_length or CONTEXT_TOKENS, HostSettings().context_tokens)

    def answer(
        self, turns: Sequence[Turn], *, max_tokens: int, cancellation: Cancellation, on_text: OnText
    ) -> str:
        def show(text: str) -> bool:
            on_text(text)
            return True

        generation = self._model.generate(
            GenerationRequest(
                pieces=chat_pieces(self._family, [_plain(it) for it in turns]),
                max_tokens=max_tokens,
                priority=Priority.ACTION,
                stop_tokens=self._family.end_tokens,
                min_tokens=1,
            ),
            cancellation,
            show,
        )
        return generation.text.strip()

    def calls(
        self,
        turns: Sequence[Turn],
        tools: Sequence[ToolOffer],
        *,
        max_tokens: int,
        cancellation: Cancellation,
    ) -> Sequence[ToolCall]:
        told = "\n".join(f"{it.name}: {it.description} {_shape(it.schema)}" for it in tools)
        how = Turn(role="system", content=_HOW_TO_CALL.format(answer=ANSWER, tools=told))
        generation = self._model.generate(
            GenerationRequest(
                pieces=chat_pieces(self._family, [_plain(it) for it in (how, *turns)]),
                max_tokens=max_tokens,
                priority=Priority.ACTION,
                stop_tokens=self._family.end_tokens,
                schema=json.dumps(call_schema(tools)),
            ),
            cancellation,
        )
        if generation.stop != "end":
            return ()
        call = json.loads(generation.text)
        if call["tool"] == ANSWER:
            return ()
        return (ToolCall(id="", name=call["tool"], arguments=json.dumps(call["arguments"])),)


def call_schema(tools: Sequence[ToolOffer]) -> dict[str, Any]:
    """The JSON Schema of a call of one of *tools*, or of the wish to answer."""
    choices = [
        {
            "type": "object",
            "properties": {"tool": {"const": it.name}, "arguments": it.schema},
            "required": ["tool", "arguments"],
            "additionalProperties": False,
        }
        for it in tools
    ]
    end = {
        "type": "object",
        "properties": {"tool": {"const": ANSWER}},
        "required": ["tool"],
        "additionalProperties": False,
    }
    return {"anyOf": [*choices, end]}


def _shape(schema: Mapping[str, Any]) -> str:
    required = schema.get("required", [])
    names = [name if name in required else f"{name}?" for name in schema.get("properties", {})]
    return f"Arguments: {', '.join(names)}."


def _plain(turn: Turn) -> Message:
    """For families that have no form for tools: the call is what was said, its result what was replied."""
    if turn.role == "tool":
        name = turn.call.name if turn.call is not None else "the tool"
        return Message("user", f"{name} found:\n{turn.content}")
    if turn.calls:
        said = "\n".join(f'{{"tool": "{it.name}", "arguments": {it.arguments}}}' for it in turn.calls)
        return Message("assistant", said)
    return Message(turn.role, turn.content)
