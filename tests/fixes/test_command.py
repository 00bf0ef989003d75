"""`kibitz fix`, as a person runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.kibitz import Outcome, run

CART = "def total(prices):\n    return sum(prces)\n"
MESSAGE = "undefined name 'prces'"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "cart.py").write_text(CART)
    return folder


def fix(shop: Path, *arguments: str, message: str = MESSAGE) -> Outcome:
    return run("fix", "cart.py:2", "--message", message, *arguments, home=shop.parent / "home", cwd=shop)


def test_the_diff_repairs_the_file(shop: Path):
    outcome = fix(shop)
    assert outcome.code == 0
    assert "prices" in outcome.err
    subprocess.run(["patch", "-p1"], input=outcome.out, text=True, cwd=shop, check=True)
    assert (shop / "cart.py").read_text() == CART.replace("prces", "prices")


def test_a_verified_fix_is_written_on_request(shop: Path):
    assert fix(shop, "--write").code == 0
    assert (shop / "cart.py").read_text() == CART.replace("prces", "prices")


def test_programs_are_told_of_all_of_them(shop: Path):
    [only] = fix(shop, "--json").json["fixes"]
    assert only["verified"]
    assert "+    return sum(prices)" in only["diff"]


@pytest.mark.parametrize("message", ["something else", "KeyError: 'a'"])
def test_without_a_fix_it_says_where_to_go_on(shop: Path, message: str):
    outcome = fix(shop, message=message)
    assert (outcome.code, outcome.out) == (2, "")
    assert "kibitz explain" in outcome.err


def test_a_checker_of_ones_own_is_asked(shop: Path):
    """mypy sees what pyflakes does not: the name is there, and of the wrong type."""
    (shop / "cart.py").write_text(
        "def total(prices: list[int], currency: str) -> int:\n    return sum(prces)\n"
    )
    command = f"{sys.executable} -m mypy --no-error-summary"
    [only] = fix(shop, "--json", "--checker", command).json["fixes"]
    assert (only["verified"], only["checked_by"]) == (True, "mypy")
    (shop / "cart.py").write_text("def total(prices: str, currency: str) -> int:\n    return sum(prces)\n")
    assert fix(shop, "--json").json["fixes"]
    assert fix(shop, "--json", "--checker", command).json["fixes"] == []


def test_a_checker_that_is_not_there_is_named(shop: Path):
    outcome = fix(shop, "--checker", "there-is-no-such-checker")
    assert (outcome.code, outcome.out) == (2, "")
    assert "there-is-no-such-checker" in outcome.err


def test_a_model_may_propose_what_no_rule_knows(shop: Path):
    """The bundled one writes the line anew; what holds is marked as its own."""
    text = "def tax(rate, price):\n    return price * rate\n\n\ndef gross(rate, price):\n    return price * xxyzzy\n"
    (shop / "cart.py").write_text(text)
    arguments = ["fix", "cart.py:6", "--message", "undefined name 'xxyzzy'", "--json"]
    assert run(*arguments, home=shop.parent / "home", cwd=shop).json["fixes"] == []
    found = run(*arguments, "--model", "bundled", home=shop.parent / "home", cwd=shop).json["fixes"]
    assert [(it["verified"], it["by_model"]) for it in found[:1]] == [(True, True)]
    assert "xxyzzy" not in found[0]["diff"].split("+    return")[1]
