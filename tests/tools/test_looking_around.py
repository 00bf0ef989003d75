"""A model looks things up by itself: each thing once, a few times, within its time; then it answers."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.chat.local import LocalChat, call_schema
from lsp_server.chat.port import OnText, ToolCall, ToolOffer, Turn
from lsp_server.errors import ModelUnavailable
from lsp_server.model.scripted import INFO, ScriptedModel
from lsp_server.prompting.chat import chat_families
from lsp_server.tools.all_tools import registry
from lsp_server.tools.looking_around import Looked, LookingLimits, look_around
from lsp_server.tools.tool import ToolLimits
from tests.tools.test_registry import SNAPSHOT

LIMITS = LookingLimits(calls=8, repairs=1, seconds=5.0, call_tokens=200)
QUESTION = [Turn(role="user", content="What is net?")]
NET = ToolCall(id="", name="find_definition", arguments='{"name": "net"}')


class FakeChat:
    """Wants these calls, one list after the other, the last again and again."""

    name = "fake"
    may_use_tools = True

    def __init__(self, *wanted: Sequence[ToolCall] | Exception, seconds: float = 0.0) -> None:
        self.wanted = list(wanted)
        self.asked: list[list[Turn]] = []
        self.seconds = seconds

    def answer(
        self, turns: Sequence[Turn], *, max_tokens: int, cancellation: Cancellation, on_text: OnText
    ) -> str:
        return "An answer."

    def calls(
        self,
        turns: Sequence[Turn],
        tools: Sequence[ToolOffer],
        *,
        max_tokens: int,
        cancellation: Cancellation,
    ) -> Sequence[ToolCall]:
        self.asked.append(list(turns))
        ends = time.monotonic() + self.seconds
        while time.monotonic() < ends and not cancellation.is_cancelled:
            time.sleep(0.01)
        next_ = self.wanted.pop(0) if len(self.wanted) > 1 else self.wanted[0]
        if isinstance(next_, Exception):
            raise next_
        return () if cancellation.is_cancelled else next_


def looked(chat: FakeChat | LocalChat, limits: LookingLimits = LIMITS) -> Looked:
    tools = registry(ToolLimits(seconds=1.0, characters_max=2_000))
    return look_around(
        chat, QUESTION, registry=tools, snapshot=SNAPSHOT, limits=limits, cancellation=Cancellation()
    )


def test_what_a_tool_found_is_shown_with_the_next_question_and_kept_for_the_answer():
    chat = FakeChat([NET], [])
    found = looked(chat)
    assert (found.ended_by, found.calls) == ("itself", 1)
    assert [it.role for it in found.turns] == ["assistant", "tool"]
    assert "shop/price.py:6" in found.turns[1].content
    assert chat.asked[1] == [*QUESTION, *found.turns]


def test_no_call_is_made_twice_however_it_is_written():
    again = replace(NET, arguments='{ "name":"net" }')
    found = looked(FakeChat([NET], [again], [NET]))
    assert (found.ended_by, found.calls) == ("repetition", 2)
    assert "asked before" in found.turns[-1].content


def test_a_model_that_never_has_enough_is_ended_after_eight_calls():
    calls = [[replace(NET, arguments=json.dumps({"name": f"net{number}"}))] for number in range(50)]
    assert looked(FakeChat(*calls)).calls == 8
    assert looked(FakeChat([it[0] for it in calls])).calls == 8, "all at once"


def test_one_malformed_call_may_be_repaired_and_a_second_ends_it():
    wrong = replace(NET, arguments='{"nam": "net"}')
    chat = FakeChat([wrong], [NET], [])
    found = looked(chat)
    assert found.ended_by == "itself"
    assert "name: Field required" in chat.asked[1][-1].content, "it is told what was wrong"
    assert looked(FakeChat([wrong], [replace(NET, name="nonsense")], [NET])).ended_by == "malformed"


def test_a_slow_model_is_ended_in_time_and_what_it_found_is_kept():
    class SlowAfterFirst(FakeChat):
        def calls(self, turns, tools, *, max_tokens, cancellation):
            self.seconds = 60 if self.asked else 0
            return super().calls(turns, tools, max_tokens=max_tokens, cancellation=cancellation)

    began = time.monotonic()
    found = looked(SlowAfterFirst([NET], [NET]), replace(LIMITS, seconds=0.4))
    assert time.monotonic() - began < 3
    assert found.ended_by == "time"
    assert len(found.turns) == 2


@pytest.mark.parametrize("problem", [ModelUnavailable("gone", hint="wait"), RuntimeError("a bug")])
def test_a_model_that_goes_away_or_breaks_loses_nothing_that_was_found(problem: Exception):
    found = looked(FakeChat([NET], problem))
    assert found.ended_by == "failure"
    assert "shop/price.py:6" in found.turns[-1].content


def test_a_local_model_is_held_to_the_schema_of_the_tools_and_told_their_results_in_words():
    family = next(it for it in chat_families() if it.name == "chatml")
    model = ScriptedModel(
        ['{"tool":"find_definition","arguments":{"name":"net"}}', '{"tool":"answer"}'],
        replace(INFO, parameters=4_000_000_000),
    )
    chat = LocalChat(model, family)
    assert chat.may_use_tools
    found = looked(chat)
    assert (found.ended_by, found.calls) == ("itself", 1)
    schema = json.loads(model.requests[0].schema)
    names = [it["properties"]["tool"]["const"] for it in schema["anyOf"]]
    assert names == [*registry(ToolLimits(seconds=1, characters_max=1)).tools, "answer"]
    asked = "".join(it for it in model.requests[1].pieces if isinstance(it, str))
    assert "find_definition found:\nshop/price.py:6" in asked


def test_a_small_model_is_not_asked_to_look_around():
    family = chat_families()[0]
    assert not LocalChat(ScriptedModel(), family).may_use_tools


def test_the_schema_of_a_call_has_a_way_out():
    assert call_schema([])["anyOf"] == [
        {
            "type": "object",
            "properties": {"tool": {"const": "answer"}},
            "required": ["tool"],
            "additionalProperties": False,
        }
    ]
