"""What tests of other parts may rely on."""

import threading

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.errors import ModelUnavailable
from lsp_server.model.port import Generation, GenerationRequest, Priority, SpecialToken
from lsp_server.model.scripted import ScriptedModel


def request(*pieces: str | SpecialToken, max_tokens: int = 50) -> GenerationRequest:
    return GenerationRequest(pieces=pieces, max_tokens=max_tokens, priority=Priority.COMPLETION)


def test_it_says_what_it_was_told_and_then_the_last_answer_again():
    model = ScriptedModel(["one", lambda asked: f"saw {len(asked.pieces)}"])

    answers = [model.generate(request("a", SpecialToken("<|fim_middle|>")), Cancellation()) for _ in range(3)]

    assert [answer.text for answer in answers] == ["one", "saw 2", "saw 2"]
    assert [answer.stop for answer in answers] == ["end"] * 3
    assert len(model.requests) == 3
    assert answers[0].tokens.prompt == 2


def test_it_streams_the_text_so_far_and_stops_when_told():
    seen: list[str] = []

    def on_text(text: str) -> bool:
        seen.append(text)
        return "\n" not in text

    answer = ScriptedModel(["return total\nprint()"]).generate(request("x"), Cancellation(), on_text)

    assert answer.stop == "stopped"
    assert answer.text == "return total\n" == seen[-1]
    assert len(seen) > 2


def test_it_stops_at_the_token_limit():
    answer = ScriptedModel(["a b c d"]).generate(request("x", max_tokens=2), Cancellation())

    assert (answer.text, answer.stop, answer.tokens.generated) == ("a b", "length", 2)


def test_a_held_answer_can_be_cancelled():
    model = ScriptedModel(["never"])
    model.hold()
    cancellation = Cancellation()
    answers: list[Generation] = []
    asking = threading.Thread(target=lambda: answers.append(model.generate(request("x"), cancellation)))
    asking.start()
    assert model.wait_until_asked()

    cancellation.cancel()
    asking.join(10)

    assert [(answer.text, answer.stop) for answer in answers] == [("", "cancelled")]


def test_it_can_be_unavailable():
    with pytest.raises(ModelUnavailable, match="off"):
        ScriptedModel([ModelUnavailable("off", hint="")]).generate(request("x"), Cancellation())
