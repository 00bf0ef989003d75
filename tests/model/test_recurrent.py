"""A model with a state instead of a memory of tokens: typing goes on from the last state that still holds."""

from pathlib import Path

import pytest

from lsp_server.model.local import LocalModel
from tests.model.asking import ask, request
from tests.model.conftest import OpenModel
from tests.model.tiny_recurrent import write_tiny_recurrent_model

CODE = "".join(f"value_{number} = compute({number})\n" for number in range(40))


@pytest.fixture
def recurrent(open_model: OpenModel, tmp_path: Path) -> LocalModel:
    return open_model(write_tiny_recurrent_model(tmp_path / "recurrent.gguf"))


def answer(model: LocalModel, typed: str) -> tuple[str, int]:
    asked = ask(model, request(CODE + typed, max_tokens=12, min_tokens=12, is_healed=True, may_draft=True))
    return asked.text, asked.tokens.evaluated


def test_a_keystroke_reads_a_few_tokens_and_not_the_prompt(recurrent: LocalModel):
    _, cold = answer(recurrent, "")
    costs = [answer(recurrent, "result = compute("[:end])[1] for end in range(1, 17)]

    assert cold > 300
    assert max(costs) <= 40
    assert answer(recurrent, "result")[1] <= 40, "also when some of it is deleted"


def test_the_answers_are_those_of_a_model_that_read_all_of_it(recurrent: LocalModel, open_model: OpenModel):
    typed = ["r", "re", "result", "result = c", "result = ", "res"]
    warm = [answer(recurrent, it)[0] for it in typed]
    for text, expected in zip(typed, warm, strict=True):
        ask(recurrent, request("something else entirely\n" * 3 + text, max_tokens=2))
        for number in range(8):  # more than the host keeps
            ask(recurrent, request(f"{number} another prompt\n" * 3, max_tokens=1))
        cold, evaluated = answer(recurrent, text)
        assert evaluated > 300
        assert cold == expected
