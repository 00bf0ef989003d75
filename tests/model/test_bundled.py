"""The model that Kibitz brings along, in a real host."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.model import catalog
from lsp_server.model.facts import read_model_info
from lsp_server.model.local import LocalModel
from lsp_server.model.port import Priority, SpecialToken
from tests.model.asking import TIMEOUT_S, Asking, ask, request
from tests.model.conftest import SETTINGS

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not catalog.BUNDLED_PATH.is_file(), reason="the bundled model is not installed"),
]

BEFORE = "def total_price(items, vat_rate):\n    result = 0\n    for item in items:\n        result += item."


@pytest.fixture(scope="module")
def bundled(meeting_folder: Path) -> Iterator[LocalModel]:
    model = LocalModel(catalog.resolve(catalog.BUNDLED), settings=SETTINGS, folder=meeting_folder)
    yield model
    model.close()


def test_its_file_says_what_is_needed_to_prompt_it():
    info = read_model_info(catalog.BUNDLED_PATH)

    assert {"prefix", "suffix", "middle"} <= set(info.fim_tokens)
    assert info.context_length >= 1024
    assert info.licence


def test_it_answers_in_python(bundled: LocalModel):
    suffix, prefix = (SpecialToken(bundled.info.fim_tokens[role]) for role in ("suffix", "prefix"))

    answer = ask(bundled, request(suffix, "\n", prefix, BEFORE, is_healed=True, max_tokens=16))

    assert answer.text[:1].isidentifier(), "an attribute's name follows the dot"
    assert answer.tokens.prompt < len(BEFORE)


def test_its_answer_is_the_same_whoever_came_in_between(bundled: LocalModel):
    prefix = SpecialToken(bundled.info.fim_tokens["prefix"])
    action = request(prefix, BEFORE, max_tokens=300, min_tokens=300, priority=Priority.ACTION)
    for _ in range(2):
        undisturbed = ask(bundled, action).text

    asking = Asking(bundled, action)
    assert asking.has_text.wait(TIMEOUT_S)
    for number in range(3):
        ask(bundled, request(prefix, f"import os\nx = {number}", max_tokens=4))

    assert asking.answer().text == undisturbed


def test_its_tokens_are_words_and_not_letters(bundled: LocalModel):
    assert bundled.count_tokens([BEFORE])[0] < len(BEFORE) / 2
