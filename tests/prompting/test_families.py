"""A model is recognised by what its file says, and refused with a reason."""

import pytest

from lsp_server.prompting.families import CannotFillIn, families, family_for, family_of, read_family
from lsp_server.prompting.folder import PromptInvalid
from lsp_server.prompting.toml_file import parse_toml
from tests.prompting.facts import QWEN_TOKENS, facts

STARCODER = ("<fim_prefix>", "<fim_suffix>", "<fim_middle>")
PIPED = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
VALID = """
title = "Mine"
special_tokens = ["<p>", "<s>", "<m>"]
end_tokens = ["<e>"]
[recognise]
needs = ["<p>"]
names = ["mine*"]
[template]
prompt = "<p>{snippets}{prefix}<s>{suffix}<m>"
snippet = "{path}"
"""


@pytest.mark.parametrize(
    ("name", "tokens", "family"),
    [
        ("Kibitz base", QWEN_TOKENS, "kibitz"),
        ("kibitz-base-Q8_0.gguf", QWEN_TOKENS, "kibitz"),
        ("Qwen2.5 Coder 0.5B", QWEN_TOKENS, "qwen2.5-coder"),
        ("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", QWEN_TOKENS, "qwen2.5-coder"),
        ("qwen2.5-coder:0.5b-base", (), "qwen2.5-coder"),
        ("Qwen3-Coder-30B-A3B-Instruct", QWEN_TOKENS, "qwen2.5-coder"),
        ("starcoder2-3b", ("<repo_name>", "<file_sep>", *STARCODER), "starcoder2"),
        (
            "deepseek-coder-1.3b-base",
            ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
            "deepseek-coder",
        ),
        ("codegemma 2b", ("<|file_separator|>", *PIPED), "codegemma"),
        ("CodeLlama-7b-hf", ("▁<PRE>", "▁<SUF>", "▁<MID>"), "codellama"),
        ("Codestral-22B-v0.1", ("[SUFFIX]", "[PREFIX]", "[MIDDLE]"), "codestral"),
        ("granite-3b-code-base", STARCODER, "granite"),
        ("Granite 4.0 Micro", PIPED, "granite4"),
        ("Mellum 4b Base", ("<filename>", "<reponame>", *STARCODER), "mellum"),
        ("Seed-Coder-8B-Base", ("<[fim-suffix]>", "<[fim-prefix]>", "<[fim-middle]>"), "seed-coder"),
        ("codegeex4-all-9b", ("<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>"), "glm"),
    ],
)
def test_a_family_is_told_by_name_and_vocabulary(name: str, tokens: tuple[str, ...], family: str) -> None:
    found = family_of(facts(name, tokens=tokens, chat_template="yes"))
    assert found is not None
    assert found.name == family


def test_a_model_of_no_family_works_by_the_tokens_that_its_vocabulary_names() -> None:
    found = family_of(facts("tiny-coder", fim=("<P>", "<S>", "<M>")))
    assert found is not None
    assert found.name == "unnamed"
    assert not found.is_suffix_first


@pytest.mark.parametrize(
    ("name", "chat_template"),
    [
        ("Qwen3-4B-Instruct-2507", "yes"),
        ("Qwen2.5-7B-Instruct", "yes"),
        ("Llama-3.2-1B-Instruct", ""),
    ],
)
def test_a_chat_model_is_refused_even_with_fill_in_tokens_in_its_vocabulary(
    name: str, chat_template: str
) -> None:
    """Qwen's chat models carry the tokens of the coder models without having been trained with them."""
    with pytest.raises(CannotFillIn, match="not trained to fill in the middle") as caught:
        family_for(facts(name, tokens=QWEN_TOKENS, fim=PIPED, chat_template=chat_template))
    assert "explanations" in caught.value.hint


def test_a_variant_without_the_tokens_is_refused_by_naming_them() -> None:
    with pytest.raises(CannotFillIn, match="looks like CodeLlama, but its vocabulary lacks ▁<PRE>"):
        family_for(facts("CodeLlama-34b-Python", tokens=("<s>",)))


def test_an_unknown_model_is_refused_with_what_to_choose() -> None:
    with pytest.raises(CannotFillIn, match=r"gpt2-medium \(gpt2\) is of no known family") as caught:
        family_for(facts("gpt2-medium", tokens=("<s>",), architecture="gpt2"))
    assert "prompts/fim" in caught.value.hint


def test_every_family_says_where_everything_goes() -> None:
    assert {"kibitz", "qwen2.5-coder", "codestral"} <= {family.name for family in families()}
    by_name = {family.name: family for family in families()}
    assert [name for name, family in by_name.items() if family.continues_prefix] == ["codestral", "kibitz"]
    assert {name for name, it in by_name.items() if it.is_suffix_first} == {
        "codestral", "kibitz", "mellum", "seed-coder",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Mine"', "", "title: is missing"),
        ('"<e>"]', '"<e>", 3]', "end_tokens: must be a list of non-empty strings"),
        ("{suffix}", "", r"template.prompt: must hold \{suffix\} exactly once"),
        ("{suffix}", "{sufix}", r"template.prompt: \{sufix\} is none of"),
        ("names =", "name =", "recognise.name: is not known"),
        ('names = ["mine*"]', "", "recognise.names: must name at least one pattern"),
        ("[template]", "[template", "TOML"),
    ],
)
def test_a_broken_file_is_refused_by_file_and_key(old: str, new: str, message: str) -> None:
    with pytest.raises(PromptInvalid, match=f"prompts/fim/mine.toml: {message}"):
        read_family(parse_toml("fim/mine.toml", VALID.replace(old, new)))
