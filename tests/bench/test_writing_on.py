"""A model that ends early writes as many lines as the baselines beside it."""

from bench.model_quality.writing_on import Overheard, written_out
from lsp_server.cancellation import Cancellation
from lsp_server.model.port import GenerationRequest, Priority, SpecialToken
from lsp_server.model.scripted import ScriptedModel

LAST = SpecialToken("<|fim_middle|>")


def asked(*pieces: str | SpecialToken, max_tokens: int = 64) -> GenerationRequest:
    return GenerationRequest(pieces=pieces, max_tokens=max_tokens, priority=Priority.COMPLETION)


def test_goes_on_where_the_model_ended_as_if_its_answer_had_been_typed() -> None:
    model = ScriptedModel(["a = 1", "b = 2", "c = 3", "d = 4"])
    assert written_out(model, asked("before "), 3) == "a = 1\nb = 2\nc = 3"
    assert [it.pieces for it in model.requests] == [
        ("before ",),
        ("before a = 1\n",),
        ("before a = 1\nb = 2\n",),
    ]
    assert all(it.min_tokens == 1 for it in model.requests)


def test_follows_a_token_that_asks_for_the_middle() -> None:
    model = ScriptedModel(["a = 1", "b = 2"])
    assert written_out(model, asked("after", LAST), 2) == "a = 1\nb = 2"
    assert [it.pieces for it in model.requests] == [("after", LAST), ("after", LAST, "a = 1\n")]


def test_stops_a_model_that_would_never_end() -> None:
    model = ScriptedModel(["a\nb\nc\nd\ne\n"])
    assert written_out(model, asked("before "), 3) == "a\nb\nc"
    assert len(model.requests) == 1


def test_all_its_lines_together_take_the_tokens_of_one_answer() -> None:
    model = ScriptedModel(["one two three", "four five six"])
    whole = written_out(model, asked("before ", max_tokens=4), 3)
    assert [it.max_tokens for it in model.requests] == [4, 1]
    assert whole == "one two three\nfour"


def test_what_an_engine_asked_can_be_asked_again() -> None:
    model = Overheard(ScriptedModel(["said"]))
    request = asked("before")
    assert model.generate(request, Cancellation()).text == "said"
    assert model.request == request
