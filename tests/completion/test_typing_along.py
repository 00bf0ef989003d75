"""Typing what a suggestion says needs no model, and never shows what was not suggested."""

import pytest

from lsp_server.completion.engine import CompletionEngine
from lsp_server.completion.idle import IdleWork
from lsp_server.prompting.families import family_for
from tests.completion.place import LIMITS, Place

SUGGESTED = "x = │\ny = 2\n"


@pytest.fixture
def place() -> Place:
    place = Place("price * count\n", "something else\n")
    assert place.complete(SUGGESTED).text == "price * count"
    return place


@pytest.mark.parametrize("typed", ["p", "price", "price ", "price * coun"])
def test_what_is_left_of_it_is_shown(place, typed):
    completion = place.complete(f"x = {typed}│\ny = 2\n")
    assert typed + completion.text == "price * count"
    assert len(place.model.requests) == 1


def test_deleting_back_into_it_brings_it_back(place):
    place.complete("x = price│\ny = 2\n")
    assert place.complete("x = pr│\ny = 2\n").text == "ice * count"
    assert len(place.model.requests) == 1


@pytest.mark.parametrize(
    "now",
    [
        "x = q│\ny = 2\n",  # typed something else
        "x = price * count│\ny = 2\n",  # all of it is typed
        "z = p│\ny = 2\n",  # changed before the cursor
        "x = p│\ny = 3\n",  # changed behind it
        "x =│\ny = 2\n",  # deleted more than was suggested
    ],
)
def test_anything_else_asks_the_model(place, now):
    place.complete(now)
    assert len(place.model.requests) == 2


def test_the_answer_is_for_the_version_that_asked(place):
    assert place.complete("x = p│\ny = 2\n").offset == len("x = p")


def test_a_bracket_that_the_editor_closes_is_replaced_by_the_suggestions_own(place):
    place.model.will_say("max(price, count)\n", "something else\n")
    place.complete("y = 0\n" + SUGGESTED)

    rest = place.complete("y = 0\nx = max(│)\ny = 2\n")

    assert rest.text == "price, count)"
    assert (rest.replace_end_column, rest.source) == (rest.column + 1, "shown")
    assert rest.tokens.evaluated == 0
    assert len(place.model.requests) == 2


def test_deleting_a_wrong_word_brings_the_suggestion_before_it_back(place):
    place.model.will_say("_two\n")
    assert place.complete("x = pq│\ny = 2\n").text == "_two"
    assert place.complete("x = p│\ny = 2\n").text == "rice * count"
    assert place.complete("x = │\ny = 2\n").text == "price * count"
    assert len(place.model.requests) == 2


def test_accepting_a_suggestion_shows_the_next_at_once():
    """It was made in idle time."""
    idle = IdleWork(may_work_ahead=lambda: True)
    place = Place("price * count\n", " + tax\n", " never\n")
    place.engine = CompletionEngine(place.model, family_for(place.model.info), LIMITS, idle=idle)
    assert place.complete(SUGGESTED).text == "price * count"
    assert idle.wait(10)
    asked = len(place.model.requests)

    accepted = place.complete("x = price * count│\ny = 2\n")

    assert (accepted.text, accepted.source) == (" + tax", "ahead")
    assert len(place.model.requests) == asked
    idle.close()


def test_nothing_is_made_ahead_on_battery():
    idle = IdleWork(may_work_ahead=lambda: False)
    place = Place("price * count\n", " + tax\n")
    place.engine = CompletionEngine(place.model, family_for(place.model.info), LIMITS, idle=idle)
    place.complete(SUGGESTED)
    assert idle.wait(10)
    assert len(place.model.requests) == 1
    idle.close()
