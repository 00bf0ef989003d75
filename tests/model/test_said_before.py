"""What is sent by its number is what was said, however much was said and forgotten in between."""

import random

import pytest

from lsp_server.model.said_before import KEPT, Hearing, Saying


def test_a_text_is_sent_once_and_heard_each_time():
    saying, hearing = Saying(), Hearing()
    first, second = saying.said(["one", "two"]), saying.said(["two", "one", "three"])
    assert (first, second) == (["one", "two"], [1, 0, "three"])
    assert hearing.heard(first) == ["one", "two"]
    assert hearing.heard(second) == ["two", "one", "three"]


def test_both_ends_forget_alike():
    """Thousands of messages of texts that come back early, late or never."""
    saying, hearing, dice = Saying(), Hearing(), random.Random(1)
    for _ in range(5_000):
        texts = [f"text {int(dice.expovariate(1 / KEPT))}" for _ in range(dice.randrange(6))]
        assert hearing.heard(saying.said(texts)) == texts
    assert len(saying._numbers) == len(hearing._texts) == KEPT


@pytest.mark.parametrize("item", [0, -1, 7, 10**30])
def test_what_cannot_have_been_said_is_refused(item: int):
    with pytest.raises(ValueError, match="was said"):
        Hearing().heard([item])
