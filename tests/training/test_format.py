"""The model is trained on exactly the prompt the server writes. Needs training/requirements.txt."""

import random

import pytest

pytest.importorskip("tokenizers")

from tokenizers import pre_tokenizers, trainers

from lsp_server.context.snippet import Snippet
from training.samples.tokens import COPIED_MIDDLE_WEIGHT, MIDDLE_WEIGHT, Format
from training.tokenizer import SPECIALS, untrained
from training.train.schedule import DECAY_SHARE, WARM_UP_STEPS, rate


@pytest.fixture(scope="module")
def tokenizer():
    tokenizer = untrained()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["def total(items):\n    return sum(items)\n"] * 3, trainer)
    return tokenizer


RATE = Snippet(
    path="shop/tax.py", start_line=0, end_line=0, text="def rate_of(country):", reason="defines it", score=1.0
)


def written(tokenizer, *, suffix, prefix, middle, tokens_max=500, to_copy=()):
    format_ = Format(tokenizer)
    sample = format_.header("shop", [RATE], "shop/cart.py")
    assert format_.write(sample, suffix, prefix, middle, tokens_max=tokens_max, to_copy=to_copy)
    return sample


def weighing(tokenizer, sample, weight):
    """Return the text of the tokens of *sample* that count *weight*."""
    ids = [number for number, each in zip(sample.ids, sample.weights, strict=True) if each == weight]
    return tokenizer.decode(ids, skip_special_tokens=False)


def test_a_sample_is_the_prompt_the_server_writes_and_the_answer_it_hopes_for(tokenizer):
    sample = written(tokenizer, suffix=")\n", prefix="x = total(", middle="items")
    assert tokenizer.decode(sample.ids, skip_special_tokens=False) == (
        "<|repo_name|>shop\n<|file_sep|>shop/tax.py\ndef rate_of(country):\n<|file_sep|>shop/cart.py\n"
        "<|fim_suffix|>)\n<|fim_prefix|>x = total(items<|endoftext|>"
    )


def test_only_the_middle_and_the_end_weigh_more(tokenizer):
    """A token that reaches across the cursor belongs to the middle: the server takes it back."""
    sample = written(tokenizer, suffix=")\n", prefix="x = total(", middle="items")
    assert weighing(tokenizer, sample, MIDDLE_WEIGHT) in ("items<|endoftext|>", "(items<|endoftext|>")


def test_a_name_that_only_the_context_shows_weighs_most_the_first_time(tokenizer):
    sample = written(
        tokenizer, suffix="\n", prefix="x = y * ", middle="rate_of(a) + rate_of(b)", to_copy={"rate_of"}
    )
    assert weighing(tokenizer, sample, COPIED_MIDDLE_WEIGHT).strip(" (") == "rate_of"
    known = written(
        tokenizer, suffix="rate_of\n", prefix="x = y * ", middle="rate_of(a)", to_copy={"rate_of"}
    )
    assert weighing(tokenizer, known, COPIED_MIDDLE_WEIGHT) == ""


def test_a_prefix_that_is_too_long_loses_its_first_lines_and_never_the_middle(tokenizer):
    lines = "".join(f"line_{number} = {number}\n" for number in range(100))
    sample = written(tokenizer, suffix="", prefix=lines + "x = ", middle="total(items)", tokens_max=200)
    text = tokenizer.decode(sample.ids, skip_special_tokens=False)
    assert len(sample.ids) <= 200
    assert text.split("<|fim_prefix|>")[1].startswith("line_")
    assert text.endswith("line_99 = 99\nx = total(items)<|endoftext|>")


def test_splitting_gives_back_every_text(tokenizer):
    random_ = random.Random(0)
    for _ in range(200):
        text = "".join(random_.choice("ab 1.\n\t(é漢'😀") for _ in range(30))
        assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False).ids) == text


def test_the_rate_warms_up_stays_and_has_decayed_when_the_budget_is_spent():
    assert rate(0, 0.0) < 0.05
    assert rate(WARM_UP_STEPS, 0.0) == 1.0
    assert rate(WARM_UP_STEPS, 0.99 - DECAY_SHARE) == 1.0
    assert rate(10_000, 1.0) < 0.05
