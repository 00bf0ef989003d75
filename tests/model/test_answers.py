"""What one request to a loaded model promises."""

import math

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.errors import ModelUnavailable
from lsp_server.model.local import LocalModel
from lsp_server.model.port import SpecialToken
from tests.model.asking import ask, request

CODE = "def total_price(items, vat_rate):\n    result = 0\n"


def test_the_same_prompt_gives_the_same_answer(model: LocalModel):
    first, second = ask(model, request(CODE)), ask(model, request(CODE))

    assert first.text == second.text != ""
    assert second.tokens.reused == second.tokens.prompt - 1, "all but the last token were in memory"
    assert second.tokens.evaluated == 1


def test_counts_add_up(model: LocalModel):
    answer = ask(model, request(CODE + "# counted\n", max_tokens=7, min_tokens=7))

    assert answer.stop == "length"
    assert answer.tokens.generated == 7 == len(answer.logprobs)
    assert answer.tokens.prompt == model.count_tokens([CODE + "# counted\n"])[0]
    assert answer.tokens.prompt == answer.tokens.reused + answer.tokens.evaluated


def test_every_token_has_a_probability(model: LocalModel):
    logprobs = ask(model, request(CODE, max_tokens=10)).logprobs

    assert all(logprob <= 0 and math.isfinite(logprob) for logprob in logprobs)


def test_an_answer_can_be_stopped_by_what_it_says(model: LocalModel):
    texts: list[str] = []

    def on_text(text: str) -> bool:
        texts.append(text)
        return len(texts) < 3

    answer = model.generate(request(CODE, max_tokens=500, min_tokens=500), Cancellation(), on_text)

    assert answer.stop == "stopped"
    assert answer.text == texts[-1]
    assert texts[1].startswith(texts[0])
    assert len(texts) == 3


def test_the_caller_gets_its_own_error_back(model: LocalModel):
    def on_text(_text: str) -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        model.generate(request(CODE), Cancellation(), on_text)
    assert ask(model, request(CODE)).text


def test_a_request_cancelled_beforehand_is_not_asked(model: LocalModel):
    cancellation = Cancellation()
    cancellation.cancel()
    before = model.stats()["evaluated_tokens"]

    answer = model.generate(request(CODE), cancellation)

    assert (answer.text, answer.stop) == ("", "cancelled")
    assert model.stats()["evaluated_tokens"] == before


def test_half_a_character_never_comes_out(model: LocalModel):
    """The tiny model says bytes at random: whatever they are, the text is text and grows at its end."""
    texts: list[str] = [""]

    def on_text(text: str) -> bool:
        assert text.startswith(texts[-1])
        texts.append(text)
        return True

    for seed in range(5):
        texts[:] = [""]
        asked = request("日本語 🎉", max_tokens=100, min_tokens=100, temperature=1.5, seed=seed)
        answer = model.generate(asked, Cancellation(), on_text)
        assert answer.text == texts[-1]
        answer.text.encode("utf-8")


def test_a_seed_gives_the_same_dice(model: LocalModel):
    def text(seed: int) -> str:
        return ask(model, request(CODE, max_tokens=30, min_tokens=30, temperature=1.0, seed=seed)).text

    assert text(1) == text(1)
    assert len({text(seed) for seed in range(4)}) > 1


def test_end_tokens_are_forbidden_before_the_minimum(model: LocalModel):
    """The tiny model ends soon; told not to, it goes on, and the end tokens are not in the text."""
    free = ask(model, request(CODE, max_tokens=400))
    made_to = ask(model, request(CODE, max_tokens=400, min_tokens=400))

    assert free.stop == "end"
    assert (made_to.stop, made_to.tokens.generated) == ("length", 400)
    assert "<|" not in made_to.text + free.text


def test_a_stop_token_ends_the_answer(model: LocalModel):
    prompts = (CODE + chr(code) for code in range(ord("!"), 127))
    says = ((prompt, ask(model, request(prompt, max_tokens=1, min_tokens=1)).text) for prompt in prompts)
    prompt, free = next((prompt, text) for prompt, text in says if text.isascii() and text.isalpha())

    stopped = ask(model, request(prompt, stop_tokens=(free,)))

    assert (stopped.text, stopped.stop) == ("", "end")


def test_nothing_to_generate_leaves_the_prompt_in_memory(model: LocalModel):
    prompt = CODE + "# prepared while idle\n"

    prepared = ask(model, request(prompt, max_tokens=0))

    assert (prepared.text, prepared.stop) == ("", "length")
    assert ask(model, request(prompt)).tokens.evaluated == 1


def test_text_that_spells_a_special_token_stays_text(model: LocalModel):
    special = ask(model, request(CODE, SpecialToken("<|fim_middle|>")))
    spelled = ask(model, request(CODE + "<|fim_middle|>"))

    assert special.tokens.prompt == model.count_tokens([CODE])[0] + 1
    assert spelled.tokens.prompt > special.tokens.prompt
    assert model.count_tokens(["<|fim_middle|>"])[0] > 1


def test_a_token_the_model_does_not_have_is_said_so(model: LocalModel):
    with pytest.raises(ModelUnavailable, match="no token '<PRE>'"):
        ask(model, request(SpecialToken("<PRE>"), CODE))


def test_a_prompt_longer_than_the_context_is_refused(model: LocalModel):
    with pytest.raises(ModelUnavailable, match="holds 2048"):
        ask(model, request("x = 1\n" * 2000))


def test_an_empty_prompt_is_refused(model: LocalModel):
    with pytest.raises(ModelUnavailable, match="empty"):
        ask(model, request(""))


def test_tokens_are_counted_as_the_model_sees_them(model: LocalModel):
    assert model.count_tokens([]) == []
    assert model.count_tokens(["", "a", CODE, "a"])[:2] == [0, 1]
    assert model.count_tokens([CODE])[0] < len(CODE)
    assert model.count_tokens(["\ud800"])[0] >= 1, "half a surrogate pair is no text, but may be asked about"
