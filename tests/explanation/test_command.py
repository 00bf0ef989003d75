"""`kibitz explain` in a process of its own, from a message and from a crash."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.kibitz import run


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "shop").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "shop" / "__init__.py").touch()
    (folder / "shop" / "price.py").write_text("def net(gross):\n    return gross\n")
    (folder / "shop" / "cart.py").write_text(
        "from shop.price import nett\n\n\ndef total(items):\n    return itms\n"
    )
    return folder


def test_a_message_is_explained_as_plain_markdown(shop, tmp_path):
    done = run(
        "explain", "shop/cart.py:5", "--message", "name 'itms' is not defined", "--language", "en",
        home=tmp_path / "home", cwd=shop,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "Did you mean `items`? It stands at `shop/cart.py:4`." in done.out
    assert "\x1b" not in done.out


def test_a_real_crash_is_explained_from_standard_input(shop, tmp_path):
    crash = subprocess.run(
        [sys.executable, "-c", "import shop.cart"], cwd=shop, capture_output=True, text=True, check=False
    ).stderr
    done = run(
        "explain",
        "--traceback",
        "-",
        "--language",
        "en",
        "--json",
        home=tmp_path / "home",
        cwd=shop,
        stdin=crash,
    )
    assert done.code == 0, done.err
    assert "Did you mean `net`? It stands at `shop/price.py:1`." in done.json["markdown"]
    assert (done.json["evidence"][0]["path"], done.json["evidence"][0]["line"]) == ("shop/price.py", 1)


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        (["--traceback", "-"], "all is well", "no traceback"),
        (["shop/cart.py:99", "--message", "x"], "", "there is no line 99"),
        (["nothing.py:1", "--message", "x"], "", "there is no file"),
        ([], "", "PATH:LINE"),
    ],
)
def test_what_cannot_be_explained_is_one_sentence_and_exit_code_2(shop, tmp_path, arguments, stdin, says):
    done = run("explain", *arguments, home=tmp_path / "home", cwd=shop, stdin=stdin)
    assert done.code == 2
    assert says in done.err
    assert "Traceback (most recent call last):" not in done.err
