"""Real messages of real tools are understood: the kind of the problem, and the names it is about."""

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from lsp_server.explanation.kinds import read_message

CASES = tomllib.loads((Path(__file__).parent / "cases" / "messages.toml").read_text("utf-8"))["case"]
TABLES = resources.files("lsp_server.explanation")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['tool']}: {case['message'][:60]}")
def test_a_message_is_understood(case):
    reading = read_message(case["message"])
    assert (reading.kind, reading.groups.get("name")) == (case["kind"], case.get("name"))
    assert reading.suggestion == case.get("suggestion", "")


def test_every_kind_can_be_told_in_every_language_with_the_same_holes():
    sentences = tomllib.loads(TABLES.joinpath("sentences.toml").read_text("utf-8"))
    kinds = [it["name"] for it in tomllib.loads(TABLES.joinpath("kinds.toml").read_text("utf-8"))["kind"]]
    holes = {
        language: {key: sorted(set(re.findall(r"{(\w+)}", text))) for key, text in table.items()}
        for language, table in sentences.items()
    }
    assert holes["zh"] == holes["en"]
    wanted = {f"{kind}_{part}" for kind in [*kinds, "other"] for part in ("what", "why", "do")}
    assert wanted <= set(holes["en"])


def test_an_unknown_message_still_gives_its_names():
    reading = read_message("the flux of `Capacitor` is not 'aligned'")
    assert reading.kind == "other"
    assert reading.names == ("Capacitor", "aligned")


def test_a_hostile_message_takes_no_time():
    assert read_message("no method `" * 50_000 + "'" * 50_000).kind in ("other", "unknown_attribute")
