"""`kibitz symbols` and `kibitz where`, as a person runs them."""

from pathlib import Path

import pytest

from tests.cli.kibitz import Outcome, run

PRICE = '''class Price:
    def gross(self):
        """What the customer pays."""
        return self.net


def net_price(gross, rate):
    """Without tax."""
    return gross / (1 + rate)
'''
CART = """from shop.price import net_price as net, Price


def total(prices, rate):
    first = Price()
    first.gross()
    return sum(net(it, rate) for it in prices)
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "repository" / "shop"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "price.py").write_text(PRICE)
    (folder / "cart.py").write_text(CART)
    (folder / "other.py").write_text("def net():\n    return 1\n")
    return folder.parent


def kibitz(shop: Path, *arguments: str) -> Outcome:
    return run(*arguments, "--root", ".", home=shop.parent / "home", cwd=shop)


def test_a_symbol_is_listed_with_signature_and_documentation(shop: Path):
    outcome = kibitz(shop, "symbols", "net_price")
    assert outcome.out == "shop/price.py:7: function  def net_price(gross, rate):\n    Without tax.\n"


def test_a_dotted_name_is_a_member(shop: Path):
    [only] = kibitz(shop, "symbols", "Price.gross", "--json").json["definitions"]
    assert (only["path"], only["line"], only["owner"]) == ("shop/price.py", 2, "Price")


def test_a_misspelt_symbol_finds_the_nearest(shop: Path):
    outcome = kibitz(shop, "symbols", "net_prise")
    assert "nearest" in outcome.err
    assert "def net_price(gross, rate):" in outcome.out


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ("7:16", "shop/price.py:7: function"),  # through an import with another name, not shop/other.py
        ("5:14", "shop/price.py:1: class"),
        ("6:12", "shop/price.py:2: method"),
        ("6:5", "shop/cart.py:5: assigned"),
        ("7:25", "shop/cart.py:4: parameter"),
    ],
)
def test_a_name_leads_to_its_definition(shop: Path, place: str, answer: str):
    outcome = kibitz(shop, "where", f"shop/cart.py:{place}")
    assert outcome.out.startswith(answer), outcome


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("symbols", "quite_unheard_of"), "quite_unheard_of"),
        (("where", "shop/cart.py:2:1"), "no name"),
        (("where", "shop/cart.py:7:12"), "nowhere in this repository"),
        (("where", "shop/cart.py:700:1"), "no line 700"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(shop: Path, arguments: tuple[str, ...], words: str):
    outcome = kibitz(shop, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert words in outcome.err
