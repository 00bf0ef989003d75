"""A checker that a person named has the last word, and a repository cannot make it run anything."""

import contextlib
import os
import sys
import time
from pathlib import Path

import pytest

from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.explanation.problem import Problem
from lsp_server.fixes.find import fixes_for
from lsp_server.fixes.fix import Change, Fix
from lsp_server.fixes.own_checker import CheckerFailed, OwnChecker, rechecked
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document

MYPY = (sys.executable, "-m", "mypy", "--no-error-summary")
PYFLAKES = (sys.executable, "-m", "pyflakes")
PRICE = (
    "def net(gross: float) -> float:\n    return gross\n\n\ndef label(name: str) -> str:\n    return name\n"
)
CART = "from shop.price import net\n\n\ndef total(gross: float) -> float:\n    return net(│)\n"
MISSING = 'Missing positional argument "gross" in call to "net"'


class Shop:
    """shop/cart.py with `│` at the problem, beside shop/price.py."""

    def __init__(self, marked: str, message: str, *, path: str = "shop/cart.py", **others: str) -> None:
        before, _, after = marked.partition("│")
        self.document = self._document(path, before + after)
        files = {"shop/__init__.py": "", "shop/price.py": PRICE} | others
        self.files = {it: self._document(it, text) for it, text in files.items()}
        indexed = [index_file(it) for it in self.files.values()]
        self.snapshot = Snapshot.of(Path("/repository"), indexed).with_document(self.document)
        self.problem = Problem(message=message, start=len(before), end=len(before))

    def fix(self, old: str, new: str, *, is_verified: bool = False) -> Fix:
        at = self.document.text.index(old)
        after = self.document.text.replace(old, new, 1)
        return Fix(
            title="it", changes=(Change(at, at + len(old), new),), is_verified=is_verified, after=after
        )

    def rules(self) -> list[Fix]:
        return fixes_for(self.problem, self.document, self.snapshot)

    def rechecked(self, fixes: list[Fix], *command: str, seconds: float = 60) -> list[Fix]:
        checker = OwnChecker(command=command, seconds=seconds)
        return rechecked(
            fixes, self.problem, self.document, self.snapshot, checker, self.files.get, Cancellation()
        )

    @staticmethod
    def _document(path: str, text: str) -> Document:
        return Document(path=path, text=text, language=language_of(path))


def test_what_removes_the_message_and_brings_none_is_verified() -> None:
    shop = Shop(CART, MISSING)
    [fix] = shop.rechecked([shop.fix("net()", "net(gross)")], *MYPY)
    assert (fix.is_verified, fix.checked_by) == (True, "mypy")


def test_the_fix_of_a_rule_is_tried_too() -> None:
    shop = Shop(CART, MISSING)
    [fix, *_] = shop.rechecked(shop.rules(), *MYPY)
    assert "net(gross)" in fix.after
    assert (fix.is_verified, fix.checked_by) == (True, "mypy")


def test_what_brings_a_message_of_another_kind_is_not_offered() -> None:
    """In the same place, of types: nothing inside of Kibitz would see it."""
    shop = Shop(CART, MISSING)
    assert shop.rechecked([shop.fix("net()", "net('1')", is_verified=True)], *MYPY) == []


def test_what_leaves_the_message_is_not_verified_whatever_was_said_before() -> None:
    shop = Shop(CART, MISSING)
    [fix] = shop.rechecked([shop.fix("return net()", "return  net()", is_verified=True)], *MYPY)
    assert not fix.is_verified


def test_a_fix_may_import_what_the_file_did_not() -> None:
    """The copy holds what the fixed text needs, not only what the broken one did."""
    shop = Shop("def total() -> float:\n    return │net(1)\n", 'Name "net" is not defined')
    [fix, *_] = shop.rechecked(shop.rules(), *MYPY)
    assert "from shop.price import net" in fix.after
    assert fix.is_verified


def test_a_message_in_another_tools_words_is_recognised() -> None:
    shop = Shop("def f(prices: int) -> int:\n    return │prces\n", "undefined name 'prces'")
    for command in (MYPY, PYFLAKES):
        [fix, *_] = shop.rechecked(shop.rules(), *command)
        assert (fix.is_verified, fix.checked_by) == (True, command[2])


def test_of_a_problem_that_it_does_not_know_it_says_only_whether_new_ones_come() -> None:
    shop = Shop("d = {'name': 1}\nx = d│['nmae']\n", "KeyError: 'nmae'")
    before = shop.rules()
    assert shop.rechecked(before, *PYFLAKES) == before


def test_the_place_of_the_copy_goes_where_the_command_wants_it(tmp_path: Path) -> None:
    shop = Shop(CART, MISSING)
    script = tmp_path / "check.py"
    script.write_text("import pathlib, sys\nassert sys.argv[1:] == ['--quiet'], sys.argv\n")
    fix = shop.fix("net()", "net(gross)")
    with pytest.raises(CheckerFailed, match=r"cart\.py"):
        shop.rechecked([fix], sys.executable, str(script), "--quiet")
    with pytest.raises(CheckerFailed, match="file=/"):
        shop.rechecked([fix], sys.executable, str(script), "--file={file}")


@pytest.mark.parametrize("is_module", [True, False])
def test_a_repository_cannot_make_the_checker_run_anything(tmp_path: Path, *, is_module: bool) -> None:
    """Neither by a plugin in its configuration, nor by files that Python or linters start by themselves."""
    canary = tmp_path / "canary"
    evil = f"open({str(canary)!r}, 'w').close()\n"
    others = {
        "mypy.ini": "[mypy]\nplugins = evil.py\n",
        "evil.py": evil,
        "sitecustomize.py": evil,
        "typing.py": evil,
        "mypy/__init__.py": evil,
        "shop/__init__.py": evil,
        "shop/conftest.py": evil,
    }
    text = "import evil, sitecustomize, typing, mypy, shop.conftest\n" + CART
    shop = Shop(text, MISSING, **others)
    program = (str(Path(sys.executable).with_name("mypy")),)
    with contextlib.suppress(CheckerFailed):  # mypy refuses a repository with a typing.py of its own
        shop.rechecked([shop.fix("net()", "net(gross)")], *(MYPY if is_module else program))
    assert not canary.exists()


def test_it_never_touches_the_workspace(tmp_path: Path) -> None:
    shop = Shop(CART, MISSING)
    log = tmp_path / "log"
    script = tmp_path / "check.py"
    script.write_text(
        f"import os, sys\nfile = sys.argv[1]\nprint(os.getcwd(), file, oct(os.stat(file).st_mode & 0o777), "
        f"sep='\\n', file=open({str(log)!r}, 'a'))\n"
    )
    shop.rechecked([shop.fix("net()", "net(gross)")], sys.executable, str(script))
    folder, file, mode = log.read_text().splitlines()[:3]
    assert "kibitz-check-" in folder
    assert file.startswith(folder)
    assert int(mode, 8) & 0o111 == 0
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (("there-is-no-such-checker",), "there is no program"),
        (("./mypy",), "there is no program"),
        ((sys.executable, "-c", "import sys; sys.exit('broken down')"), "broken down"),
        ((sys.executable, "-c", "import os; os.abort()"), "code"),
    ],
)
def test_one_that_cannot_say_anything_verifies_nothing(command: tuple[str, ...], word: str) -> None:
    shop = Shop(CART, MISSING)
    with pytest.raises(CheckerFailed, match=word):
        shop.rechecked([shop.fix("net()", "net(gross)")], *command)


def test_one_that_never_ends_is_ended_with_its_children(tmp_path: Path) -> None:
    shop = Shop(CART, MISSING)
    pid = tmp_path / "pid"
    script = tmp_path / "check.py"
    script.write_text(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pid)!r}, 'w').write(str(child.pid))\ntime.sleep(60)\n"
    )
    began = time.monotonic()
    with pytest.raises(CheckerFailed, match="longer than 1 s"):
        shop.rechecked([shop.fix("net()", "net(gross)")], sys.executable, str(script), seconds=1)
    assert time.monotonic() - began < 5
    assert not _is_running(int(pid.read_text()))


def test_one_that_nobody_waits_for_is_ended() -> None:
    shop = Shop(CART, MISSING)
    cancellation = Cancellation()
    cancellation.cancel()
    sleeper = OwnChecker(command=(sys.executable, "-c", "import time; time.sleep(60)"), seconds=60)
    began = time.monotonic()
    with pytest.raises(Cancelled):
        rechecked(
            [shop.fix("net()", "net(gross)")], shop.problem, shop.document, shop.snapshot, sleeper,
            shop.files.get, cancellation,
        )  # fmt: skip
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("path", ["../cart.py", "/etc/cart.py", ".hidden/cart.py", "a/eslint.config.js"])
def test_what_is_not_to_be_copied_is_left_as_it_was(path: str) -> None:
    shop = Shop(CART, MISSING, path=path)
    fix = shop.fix("net()", "net(gross)")
    assert shop.rechecked([fix], "there-is-no-such-checker") == [fix]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (("npx", "tsc", "--noEmit"), "tsc"),
        (("/usr/bin/python3", "-m", "mypy"), "mypy"),
        (("/opt/bin/mypy", "{file}"), "mypy"),
        (("python",), "python"),
    ],
)
def test_a_checker_is_called_by_its_own_name(command: tuple[str, ...], name: str) -> None:
    assert OwnChecker(command=command, seconds=1).name == name


def _is_running(pid: int) -> bool:
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            try:
                os.kill(pid, 0)
            except OSError:
                return False
            state = "R"
        if state == "Z":
            return False
        time.sleep(0.02)
    return True
