"""Typing what a suggestion says needs no model, and never shows what was not suggested."""

import pytest

from tests.completion.place import Place

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
