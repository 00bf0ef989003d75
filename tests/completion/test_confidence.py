"""A doubtful suggestion stays hidden, unless somebody asked for it."""

from dataclasses import replace

import pytest

from lsp_server.completion.confidence import confidence, shown_logprobs
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.prompting.families import Calibration, family_for
from tests.completion.place import LIMITS, Place

CALIBRATION = Calibration(1.0, (0.5, 0.5, 1.0, 0.0))
DOUBTING = Calibration(-5.0, (0.0, 0.0, 0.0, 0.0))


def place(says: str, calibration: Calibration | None, confidence_min: float) -> Place:
    at = Place(says)
    family = replace(family_for(at.model.info), calibration=calibration)
    at.engine = CompletionEngine(at.model, family, replace(LIMITS, confidence_min=confidence_min))
    return at


def test_the_surer_the_model_was_of_every_token_the_likelier_it_is_right():
    sure, torn, doubtful = (
        confidence(CALIBRATION, it) for it in ([-0.1] * 5, [-0.1] * 4 + [-3.0], [-2.0] * 5)
    )
    assert 1 > sure > torn > doubtful > 0


def test_certainty_is_that_of_the_text_which_is_shown():
    assert list(shown_logprobs([-0.1, -0.2, -4.0, -5.0], "price\n}\n}", "price")) == [-0.1, -0.2, -4.0]
    assert list(shown_logprobs([-0.1, -0.2], "ab", "ab")) == [-0.1, -0.2]
    assert confidence(CALIBRATION, shown_logprobs([], "", "")) == 0.0


def test_what_is_doubtful_stays_hidden_while_typing():
    completion = place("gross, vat_rate)", DOUBTING, 0.2).complete("total = net(│)\n")
    assert (completion.text, completion.dropped_by) == ("", "confidence")


@pytest.mark.parametrize(
    ("calibration", "confidence_min"), [(DOUBTING, 0.0), (None, 0.9), (CALIBRATION, 0.2)]
)
def test_nothing_else_is_hidden(calibration: Calibration | None, confidence_min: float):
    """Neither below a limit of 0, nor for a model that nobody calibrated, nor when it is sure."""
    at = place("gross, vat_rate)", calibration, confidence_min)
    assert at.complete("total = net(│)\n").text == "gross, vat_rate"


def test_who_asks_sees_even_a_doubtful_suggestion():
    completion = place("gross, vat_rate)", DOUBTING, 0.9).complete("total = net(│)\n", Trigger.INVOKED)
    assert completion.text == "gross, vat_rate"
    assert completion.confidence is not None
    assert completion.confidence < 0.1
