"""Guessing ahead changes how long an answer takes, and never what it says."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lsp_server.model import catalog
from lsp_server.model.host.drafting import DRAFT_TOKENS_MAX, Drafter, Holding, StepCosts, worth_drafting
from lsp_server.model.host.ngrams import NGrams
from lsp_server.model.host.sampling import CLOSE
from lsp_server.model.local import LocalModel
from lsp_server.model.port import GenerationRequest, Priority, SpecialToken
from tests.model.asking import ask, request
from tests.model.conftest import SETTINGS

SOURCES = sorted((Path(__file__).parents[2] / "lsp_server").rglob("*.py"))


def costs(extra: float) -> StepCosts:
    learned = StepCosts()
    for _ in range(50):
        for tokens in range(1, DRAFT_TOKENS_MAX + 2):
            learned.saw(tokens, 0.01 * (1 + extra * (tokens - 1)))
    return learned


def drafted(tokens: list[int], beside: tuple[NGrams, ...] = (), limit: int = 8) -> list[int]:
    drafter = Drafter(NGrams(), beside, Holding(), costs(0.05), lambda token: None if token == 99 else token)
    return drafter.draft(tokens, limit)


def test_what_followed_the_longest_agreement_is_guessed():
    assert drafted([1, 2, 3, 4, 5, 6, 9, 2, 3, 7, 1, 2, 3], limit=3) == [4, 5, 6]


def test_a_text_beside_the_prompt_is_copied_from_too():
    assert drafted([50, 1, 2, 3], (NGrams([1, 2, 3, 4, 5, 6]),), limit=2) == [4, 5]


def test_nothing_is_guessed_where_nothing_agrees_or_where_an_answer_ends():
    assert drafted([1, 2, 3, 4]) == []
    assert drafted([1, 2, 3, 99, 5, 1, 2, 3]) == []
    assert drafted([1, 2, 3, 4, 99, 5, 1, 2, 3]) == [4]
    assert drafted([1]) == []


def test_more_is_guessed_the_cheaper_a_batch_is():
    """A large model reads its weights once for all tokens of a batch; a small one computes each."""
    sure = Holding()
    for _ in range(100):
        sure.saw(6, held=True)
    lengths = [worth_drafting(6, DRAFT_TOKENS_MAX, sure, costs(extra)) for extra in (0.02, 0.4, 1.1)]
    assert lengths[0] > lengths[1] > lengths[2] == 0


def test_guesses_that_fail_make_the_next_shorter():
    drafter = Drafter(NGrams(), (), Holding(), costs(0.2), lambda token: token)
    tokens = [*range(1, 20), 1, 2, 3, 4]
    before = len(drafter.draft(tokens, 12))
    for _ in range(40):
        drafter.saw(len(drafter.draft(tokens, 12)), 0)
    assert len(drafter.draft(tokens, 12)) < before


@pytest.fixture(scope="module")
def bundled(meeting_folder: Path) -> Iterator[LocalModel]:
    model = LocalModel(catalog.resolve(catalog.BUNDLED), settings=SETTINGS, folder=meeting_folder)
    yield model
    model.close()


def place(
    model: LocalModel, source: Path, share: float, *, may_draft: bool, cache_share: float
) -> GenerationRequest:
    text = source.read_text("utf-8")
    at = int(len(text) * share)
    prefix, suffix = (SpecialToken(model.info.fim_tokens[role]) for role in ("prefix", "suffix"))
    return GenerationRequest(
        pieces=(suffix, text[at + 60 : at + 400], prefix, text[max(0, at - 1_400) : at]),
        max_tokens=40,
        priority=Priority.COMPLETION,
        is_healed=True,
        cache_share=cache_share,
        beside=(text[at + 400 :],),
        may_draft=may_draft,
    )


def apart_at_first(model: LocalModel, with_guesses: GenerationRequest, without: GenerationRequest) -> float:
    """Between the log probabilities of the first tokens that differ; 0 where one of them ended the answer, for an
    end is not among the tokens that are told."""
    for tokens in range(1, with_guesses.max_tokens + 1):
        one, other = (ask(model, replace(it, max_tokens=tokens)) for it in (with_guesses, without))
        if one.text != other.text:
            is_end = len(one.logprobs) != len(other.logprobs)
            return 0.0 if is_end else abs(one.logprobs[-1] - other.logprobs[-1])
    return 0.0


@pytest.mark.model
@pytest.mark.skipif(not catalog.BUNDLED_PATH.is_file(), reason="the bundled model is not installed")
@pytest.mark.parametrize("cache_share", [0.0, 0.75])
def test_the_bundled_models_answers_are_the_same_with_guesses_and_without(bundled, cache_share):
    accepted = ties = 0
    for number, source in enumerate(SOURCES[:: max(1, len(SOURCES) // 40)]):
        share = 0.3 + 0.6 * (number % 7) / 7
        both = [
            place(bundled, source, share, may_draft=may_draft, cache_share=cache_share)
            for may_draft in (True, False)
        ]
        with_guesses, without = (ask(bundled, it) for it in both)
        assert without.tokens.drafted == 0
        accepted += with_guesses.tokens.accepted
        if with_guesses.text == without.text:
            assert with_guesses.stop == without.stop
            assert with_guesses.tokens.generated == without.tokens.generated
        else:
            ties += 1
            assert apart_at_first(bundled, *both) < 4 * CLOSE, source
    assert accepted > 0, "a batch can look dear on a busy machine, but not at every place"
    assert ties <= 4, "only rounding may decide otherwise, which is rare"


def test_an_answer_of_dice_is_not_guessed(model: LocalModel):
    answer = ask(
        model, request("abc abc abc abc", max_tokens=30, min_tokens=30, temperature=1.0, may_draft=True)
    )
    assert answer.tokens.drafted == 0
