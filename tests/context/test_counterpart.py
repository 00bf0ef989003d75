"""Which file tests which, and what comes of it."""

import pytest

from lsp_server.context.counterpart import counterparts
from tests.context.check import check_shows, gathered
from tests.index.check import snapshot_of


@pytest.mark.parametrize(
    ("implementation", "test"),
    [
        ("shop/cart.py", "shop/test_cart.py"),
        ("shop/cart.py", "tests/test_cart.py"),
        ("src/shop/cart.py", "tests/shop/test_cart.py"),
        ("shop/cart.py", "tests/cart_test.py"),
        ("shop/__init__.py", "tests/test_shop.py"),
        ("shop/cart.go", "shop/cart_test.go"),
        ("src/cart.ts", "src/cart.spec.ts"),
        ("src/Cart.tsx", "src/__tests__/Cart.test.tsx"),
        ("src/cart.js", "test/cart.test.ts"),
        ("src/main/java/shop/Cart.java", "src/test/java/shop/CartTest.java"),
        ("src/cart.rs", "tests/cart.rs"),
        ("lib/cart.rb", "spec/cart_spec.rb"),
        ("src/cart.h", "test/test_cart.cpp"),
    ],
)
def test_a_test_and_what_it_tests_know_each_other(implementation, test):
    snapshot = snapshot_of({implementation: "", test: "", "other/till.py": "", "tests/test_till.py": ""})
    assert counterparts(snapshot, implementation) == (test,)
    assert counterparts(snapshot, test) == (implementation,)


def test_of_several_so_called_the_one_in_a_folder_called_alike_is_meant():
    files = {"a/cart.py": "", "b/cart.py": "", "tests/a/test_cart.py": "", "tests/b/test_cart.py": ""}
    snapshot = snapshot_of(files)
    assert counterparts(snapshot, "b/cart.py") == ("tests/b/test_cart.py",)
    assert counterparts(snapshot, "tests/a/test_cart.py") == ("a/cart.py",)


def test_where_too_many_are_called_alike_none_is_meant():
    files = {f"{folder}/utils.py": "" for folder in "abc"} | {"tests/test_utils.py": ""}
    assert counterparts(snapshot_of(files), "tests/test_utils.py") == ()


def test_a_test_of_one_part_belongs_to_the_whole():
    snapshot = snapshot_of({"shop/cart.py": "", "tests/test_cart_totals.py": ""})
    assert counterparts(snapshot, "tests/test_cart_totals.py") == ("shop/cart.py",)


@pytest.mark.parametrize("path", ["test", "tests/test_.py", "_test.go", "a/.spec.ts", "", "/", "tests/"])
def test_any_path_is_answered(path):
    assert counterparts(snapshot_of({"shop/cart.py": ""}), path) == ()


def test_a_test_sees_what_it_tests_before_anything_names_it():
    """The file is new and imports nothing yet."""
    others = {
        "shop/cart.py": "def total_of(prices, rate):\n    return sum(prices) * rate\n",
        "shop/door.py": "def open_door(handle):\n    return handle.turn()\n",
    }
    shown = gathered("tests/test_cart.py", "def test_it():\n    assert │\n", others, budget_tokens=200)
    check_shows(shown, "def total_of(prices, rate):")
    assert "part of shop/cart.py, which this file tests" in shown[0].reason
    assert all("open_door" not in it.text for it in shown)


def test_the_test_of_this_file_is_told_from_other_code_that_is_as_similar():
    use = "def {}(ledger):\n    rows = ledger.rows_of(month)\n    rows.sort(key=by_date)\n    assert rows\n"
    others = {"a/other.py": use.format("one"), "tests/test_report.py": use.format("two")}
    shown = gathered("shop/report.py", "def rows(ledger):\n    rows = ledger.rows_of(│)\n", others)
    reasons = {it.path: it.reason for it in shown}
    assert next(iter(reasons)) == "tests/test_report.py"
    assert reasons["tests/test_report.py"].startswith("of the test of this file; shares ")
    assert reasons["a/other.py"].startswith("similar code: shares ")
