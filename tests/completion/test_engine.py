"""One completion, start to finish, over a model that says what it is told."""

import threading
from dataclasses import replace

import pytest

from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.completion.completion import as_json
from lsp_server.completion.engine import SECOND_TRIES, Trigger
from lsp_server.errors import ModelUnavailable
from tests.completion.place import LIMITS, Place


def test_a_suggestion_is_what_the_model_says_made_fit():
    completion = Place("gross, vat_rate)\n").complete("total = net(│)\n")
    assert completion.text == "gross, vat_rate"
    assert completion.tokens.generated > 0


def test_the_prompt_knows_a_function_of_another_file():
    """The assistant reads the repository, not only the open file."""
    place = Place("gross)", files={"shop/price.py": "def net(gross, vat_rate):\n    return gross\n"})
    completion = place.complete("from shop.price import net\n\ntotal = net(│)\n")
    assert "def net(gross, vat_rate)" in place.last_prompt
    assert {snippet.path for snippet in completion.context} == {"shop/price.py"}


def test_no_secret_reaches_the_model():
    key = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    place = Place("pass", files={"shop/keys.py": f'TOKEN = "{key}"\ndef connect(token): ...\n'})
    place.complete(f'from shop.keys import TOKEN, connect\nMINE = "{key}"\nconnect(│)\n')
    assert "connect(" in place.last_prompt
    assert key not in place.last_prompt


def test_silence_of_the_model_is_an_empty_answer_while_typing():
    place = Place("")
    assert place.complete("x = │\n").text == ""
    assert len(place.model.requests) == 1


def test_an_explicit_request_is_tried_again_when_nothing_came():
    """Somebody pressed a key and waits; one unlucky greedy answer is not the last word."""
    place = Place("", "", "price * 2\n")
    assert place.complete("x = │\n", Trigger.INVOKED).text == "price * 2"
    assert [request.temperature > 0 for request in place.model.requests] == [False, True, True]


def test_an_explicit_request_gives_up_after_a_few_tries():
    place = Place("")
    completion = place.complete("x = │\n", Trigger.INVOKED)
    assert completion.text == ""
    assert completion.dropped_by == "model"
    assert len(place.model.requests) == 1 + SECOND_TRIES


def test_a_cancelled_request_ends_as_cancelled_and_not_as_an_answer():
    place = Place("x")
    place.model.hold()
    cancellation = Cancellation()
    threading.Thread(
        target=lambda: (place.model.wait_until_asked(), cancellation.cancel()), daemon=True
    ).start()
    with pytest.raises(Cancelled):
        place.complete("x = │\n", cancellation=cancellation)


def test_an_automatic_request_is_over_at_its_deadline():
    """Later ghost text is noise. The held model answers only because it is cancelled."""
    place = Place("x", limits=replace(LIMITS, deadline_ms=50))
    place.model.hold()
    assert place.complete("x = │\n").text == ""


def test_a_model_that_is_gone_says_so():
    place = Place()
    place.model.will_say(ModelUnavailable("the model host is down", hint="Wait."))
    with pytest.raises(ModelUnavailable):
        place.complete("x = │\n")


def test_the_json_form_counts_lines_and_columns_from_one():
    answer = as_json(Place("1, 2)").complete("import os\nx = max(│)\n"))
    assert (answer["line"], answer["column"]) == (2, 9)
    assert answer["range"] == {"start": {"line": 2, "column": 9}, "end": {"line": 2, "column": 9}}
