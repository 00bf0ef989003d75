"""`kibitz explain` in a process of its own, from a message and from a crash."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chat.bad_server import BadServer
from tests.cli.kibitz import run
from tests.explanation.test_explain_code import long_file


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


def test_on_a_terminal_each_part_of_a_long_piece_is_told_while_it_is_read(shop, tmp_path):
    """On standard error, so that what is printed can still be piped on."""
    (shop / "shop" / "long.py").write_text(long_file(32).text)
    with BadServer("talks") as server:
        out, told = on_a_terminal(
            ["explain", "shop/long.py:1", "--language", "en", "--endpoint", server.url], shop, tmp_path
        )
    assert "Reading part 1 of 2: shop/long.py" in told
    assert "Reading part 2 of 2: shop/long.py" in told
    assert "Writing" in told
    assert "in 2 parts" in out
    assert "Reading part" not in out


def test_where_standard_error_is_no_terminal_nothing_is_told(shop, tmp_path):
    done = run("explain", "shop/cart.py:4", "--language", "en", home=tmp_path / "home", cwd=shop)
    assert (done.code, done.err) == (0, "")


def on_a_terminal(arguments: list[str], cwd: Path, home: Path) -> tuple[str, str]:
    """(standard output, through a pipe; what a terminal of standard error was sent)."""
    ours, theirs = pty.openpty()
    environment = {"HOME": str(home), "TERM": "xterm", "COLUMNS": "160", "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "lsp_server", *arguments]
    with subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=theirs
    ) as process:
        os.close(theirs)
        told = bytearray()
        while portion := _read(ours):
            told += portion
        assert process.stdout is not None
        out = process.stdout.read().decode()
    os.close(ours)
    assert process.returncode == 0, told
    return out, told.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # as Linux says that nobody holds the other end any more
        return b""
