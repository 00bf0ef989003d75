"""A model that writes under a schema can write nothing else, however little it has learned."""

import json

import pytest

from lsp_server.errors import ModelUnavailable
from lsp_server.model.local import LocalModel
from lsp_server.model.port import GenerationRequest, Priority
from lsp_server.tools.all_tools import registry
from lsp_server.tools.tool import ToolLimits
from tests.model.asking import ask

TOOLS = registry(ToolLimits(seconds=1, characters_max=1_000)).tools


def under(
    schema: object, *, seed: int = 0, temperature: float = 1.0, tokens: int = 1_000
) -> GenerationRequest:
    return GenerationRequest(
        pieces=("def first(",),
        max_tokens=tokens,
        priority=Priority.ACTION,
        schema=schema if isinstance(schema, str) else json.dumps(schema),
        temperature=temperature,
        seed=seed,
    )


@pytest.mark.parametrize("name", TOOLS)
def test_the_arguments_that_dice_write_are_valid_for_every_tool(model: LocalModel, name: str):
    for seed in range(3):
        answer = ask(model, under(dict(TOOLS[name].schema()), seed=seed))
        assert answer.stop == "end"
        TOOLS[name].arguments.model_validate_json(answer.text)


def test_a_whole_value_ends_the_answer_and_costs_no_token_more(model: LocalModel):
    answer = ask(model, under({"const": "yes"}, temperature=0.0))
    assert (answer.text, answer.stop) == ('"yes"', "end")


def test_an_answer_is_cut_where_its_tokens_end(model: LocalModel):
    answer = ask(model, under({"type": "string", "minLength": 500}, tokens=5))
    assert answer.stop == "length"
    assert answer.tokens.generated == 5


@pytest.mark.parametrize("schema", ["{", '{"type": "nonsense"}', '{"$ref": "#/$defs/none"}', " " * 300_000])
def test_a_schema_that_cannot_be_followed_is_an_error_of_that_request_alone(model: LocalModel, schema: str):
    with pytest.raises(ModelUnavailable, match="schema"):
        ask(model, under(schema))
    assert ask(model, under({"enum": [1]})).text == "1"
