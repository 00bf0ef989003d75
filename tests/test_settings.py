"""Settings: one list of them, a broken one stops nothing, and what editors show agrees with it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.settings import CLIENT_KEYS, SETTINGS, Settings, markdown_table, settings_of

ROOT = Path(__file__).resolve().parent.parent
DEFAULTS = settings_of()[0]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [*(it.key for it in SETTINGS), *CLIENT_KEYS, "completion", "context", "log", "server", "x", "x.y", ""]
)


def test_nested_and_dotted_keys_mean_the_same() -> None:
    nested, complaints = settings_of({"completion": {"maxTokens": 5}, "model": "small"})
    assert (nested.completion_max_tokens, nested.model, complaints) == (5, "small", [])
    assert settings_of({"completion.maxTokens": 5, "model": "small"}) == (nested, [])


def test_what_an_editor_says_later_lies_over_what_it_said_first() -> None:
    """Neovim answers {} for a section of which only the start spoke."""
    settings, _ = settings_of({"model": "small", "threads": 2}, {"threads": 3}, {}, None)
    assert (settings.model, settings.threads) == ("small", 3)


@pytest.mark.parametrize(
    ("tree", "word"),
    [
        ({"threads": "two"}, "threads"),
        ({"threads": True}, "threads"),
        ({"threads": -1}, "threads"),
        ({"threads": 257}, "threads"),
        ({"model": 3}, "model"),
        ({"enabled": "yes"}, "enabled"),
        ({"language": "klingon"}, "language"),
        ({"completion": {"maxLines": 0}}, "completion.maxLines"),
        ({"context": {"exclude": "*.py"}}, "context.exclude"),
        ({"context": {"exclude": [1]}}, "context.exclude"),
        ({"complettion": {"maxLines": 3}}, "complettion"),
        ([1, 2], "kibitz"),
    ],
)
def test_what_is_wrong_is_named_and_the_default_is_used(tree: object, word: str) -> None:
    settings, complaints = settings_of(tree)
    assert settings == DEFAULTS
    assert len(complaints) == 1
    assert word in complaints[0]


def test_an_empty_list_is_an_empty_tree() -> None:
    """As Neovim sends one."""
    assert settings_of([], {"completion": [], "context": {"exclude": []}}) == (DEFAULTS, [])


def test_what_only_the_client_uses_is_no_complaint() -> None:
    assert settings_of({"server": {"command": [], "python": ""}, "trace": {"server": "off"}})[1] == []


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_no_tree_is_too_strange(tree: dict[str, object]) -> None:
    settings, complaints = settings_of(tree)
    assert isinstance(settings, Settings)
    assert all(isinstance(it, str) and it for it in complaints)


def test_the_vs_code_client_shows_these_settings_and_no_others() -> None:
    package = json.loads((ROOT / "vscode-client" / "package.json").read_text())
    shown = {
        key.removeprefix("kibitz."): schema
        for group in package["contributes"]["configuration"]
        for key, schema in group["properties"].items()
    }
    assert set(shown) == {it.key for it in SETTINGS} | set(CLIENT_KEYS)
    kinds = {bool: "boolean", int: "integer", str: "string", tuple: "array"}
    for it in SETTINGS:
        schema = shown[it.key]
        default = list(it.default) if isinstance(it.default, tuple) else it.default
        assert (it.key, schema["type"], schema["default"]) == (it.key, kinds[type(it.default)], default)
        assert (it.key, tuple(schema.get("enum", ()))) == (it.key, it.choices)
        assert (it.key, schema.get("scope") == "machine") == (it.key, it.scope == "machine")
        if isinstance(it.default, int) and not isinstance(it.default, bool):
            assert (it.key, schema.get("minimum", 0)) == (it.key, it.minimum)
            assert (it.key, schema.get("maximum", 0)) == (it.key, it.maximum)


def test_what_picks_a_program_or_a_model_is_kept_from_folders_that_are_not_trusted() -> None:
    package = json.loads((ROOT / "vscode-client" / "package.json").read_text())
    kept = package["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert {f"kibitz.{it.key}" for it in SETTINGS if it.scope == "machine"} <= set(kept)


def test_the_table_names_every_setting() -> None:
    table = markdown_table()
    assert all(f"| `kibitz.{it.key}` |" in table for it in SETTINGS)
    assert table.strip() in (ROOT / "README.md").read_text("utf-8")
