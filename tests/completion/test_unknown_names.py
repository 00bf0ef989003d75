"""Whether a name of nowhere is hidden depends on the family: a large model means one still to be imported."""

from dataclasses import replace

import pytest

from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.prompting.families import families, family_for
from tests.completion.place import LIMITS, Place


def place(*says: str, names_must_be_known: bool) -> Place:
    at = Place(*says)
    family = replace(family_for(at.model.info), names_must_be_known=names_must_be_known)
    at.engine = CompletionEngine(at.model, family, LIMITS)
    return at


@pytest.mark.parametrize(("names_must_be_known", "text"), [(True, ""), (False, "vat_rate")])
def test_a_name_of_nowhere(names_must_be_known: bool, text: str):
    at = place("vat_rate\n", names_must_be_known=names_must_be_known)
    completion = at.complete("def net(gross):\n    return gross * │\n")
    assert completion.text == text
    assert completion.dropped_by == ("" if text else "without_unknown_names")


def test_who_asks_gets_another_one_instead():
    at = place("vat_rate\n", "gross\n", names_must_be_known=True)
    assert at.complete("def net(gross):\n    return 2 * │\n", Trigger.INVOKED).text == "gross"


def test_the_bundled_model_is_held_to_known_names():
    assert [it.name for it in families() if it.names_must_be_known] == ["kibitz"]
