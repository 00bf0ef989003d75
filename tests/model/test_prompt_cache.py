"""A small model copies from its prompt where the same tokens went before, and decides alone elsewhere."""

import numpy as np

from lsp_server.model.host.prompt_cache import PromptCache

FLAT = np.zeros(100, np.float32)


def likeliest(tokens, scores=FLAT, copied_as=lambda token: token):
    return int(np.argmax(PromptCache(0.75, copied_as).mixed(scores.copy(), tokens)))


def test_what_followed_the_same_tokens_is_likeliest():
    assert likeliest([1, 2, 3, 4, 5, 9, 9, 2, 3, 4]) == 5


def test_the_longer_agreement_wins_over_the_later_one():
    assert likeliest([1, 2, 3, 50, 7, 2, 3, 60, 1, 2, 3]) == 50


def test_without_an_earlier_place_the_models_own_scores_stay():
    scores = np.linspace(0, 1, 100, dtype=np.float32)
    assert np.array_equal(PromptCache(0.75, lambda token: token).mixed(scores, [1, 2, 3, 4]), scores)


def test_a_sure_model_overrules_a_short_agreement():
    scores = FLAT.copy()
    scores[42] = 12.0
    assert likeliest([3, 4, 5, 9, 3, 4], scores) == 42


def test_a_token_that_may_not_be_said_is_not_copied():
    scores = FLAT.copy()
    scores[5] = -np.inf
    assert likeliest([2, 3, 4, 5, 9, 2, 3, 4], scores) != 5


def test_a_line_end_is_copied_as_what_the_caller_says():
    assert likeliest([1, 2, 3, 7, 8, 1, 2, 3], copied_as=lambda token: 99 if token == 7 else token) == 99


def test_probabilities_stay_probabilities():
    mixed = PromptCache(0.75, lambda token: token).mixed(FLAT.copy(), [1, 2, 3, 4, 9, 2, 3])
    assert abs(float(np.exp(mixed).sum()) - 1) < 1e-4
