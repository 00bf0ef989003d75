"""Verified means proven: the very problem is gone, and nothing came in its place."""

import pytest

from tests.fixes.test_find import fixes


def test_another_finding_that_goes_proves_nothing():
    """The import was unused and is gone; the name that was asked about is as unknown as before."""
    marked = "import os\n\nprint(pat.join('a', 'b'))\nprint(│wholly_unheard_of)\n"
    assert not any(it.is_verified for it in fixes(marked, "undefined name 'wholly_unheard_of'"))


def test_of_two_names_misspelt_alike_the_one_asked_about_goes():
    marked = "def f(prices):\n    print(prces)\n    return │prces\n"
    [first, *_] = fixes(marked, "undefined name 'prces'")
    assert first.is_verified
    assert "return prices" in first.after


def test_of_two_repairs_that_differ_one_is_a_guess():
    found = fixes(
        "def f(price1, price2):\n    print(price1, price2)\n    return │price\n", "undefined name 'price'"
    )
    assert len(found) > 1
    assert sum(it.is_verified for it in found) == 1


def test_a_problem_that_stands_no_longer_is_not_verified():
    """The message is older than the text."""
    assert not any(
        it.is_verified for it in fixes("def f(prices):\n    return │prices\n", "undefined name 'prices'")
    )


def test_an_import_that_would_close_a_circle_is_offered_only():
    [first, *_] = fixes("│total([], 'EUR')\n", "undefined name 'total'")
    assert first.is_verified
    circle = "from shop.cart import start\n\n\ndef summed(prices):\n    return start\n"
    [first, *_] = fixes("start = │summed([])\n", "undefined name 'summed'", sums=circle, cart="")
    assert "from shop.sums import summed" in first.after
    assert not first.is_verified


@pytest.mark.parametrize("module", ["shop.cart", ".cart"])
def test_a_module_never_imports_from_itself(module):
    others = f"from {module} import summed\n\nsummed([])\n"
    found = fixes(
        "def __summed(prices):\n    return prices\n\n\n│summed([])\n", "undefined name 'summed'", other=others
    )
    assert not any(f"from {module}" in it.after for it in found)


ONLY_OFFERED = {
    "a member that is nearly as near": (
        "class A:\n    def total(self): ...\n    def totel(self): ...\n\n\nA().│totl()\n", '"A" has no attribute "totl"',
    ),
    "a method that is not called": (
        "from shop.price import Price\n\nprint(Price(1, 2).│grosss)\n", '"Price" has no attribute "grosss"',
    ),
    "a result of an unknown type": (
        "def f(a: str) -> int:\n    │g(a)\n\n\ndef g(a):\n    return a\n", "Missing return statement",
    ),
    "a result of another type": (
        "def f(a: str) -> int:\n    │g(a)\n\n\ndef g(a) -> str:\n    return a\n", "Missing return statement",
    ),
    "a key of something that is not written out": (
        "d = {'name': 1}\nd = load(d)\nd│['nmae']\n", "KeyError: 'nmae'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ONLY_OFFERED)
def test_what_is_likely_but_not_proven_is_not_called_verified(case: str):
    marked, message = ONLY_OFFERED[case]
    found = fixes(marked, message)
    assert found
    assert not any(it.is_verified for it in found)


def test_a_member_of_one_of_two_classes_of_a_name_is_not_verified():
    marked, message = (
        "from shop.price import Price\n\nPrice(1, 2).│grosss()\n",
        '"Price" has no attribute "grosss"',
    )
    assert fixes(marked, message)[0].is_verified
    other = "class Price:\n    def cheap(self): ...\n"
    assert not any(it.is_verified for it in fixes(marked, message, other=other))


@pytest.mark.parametrize(("annotation", "is_verified"), [("int", True), ("str", False), ("", False)])
def test_an_argument_is_verified_where_both_say_the_same_type(annotation: str, is_verified: bool):
    parameter = f"a: {annotation}" if annotation else "a=None"
    marked = f"from shop.other import g\n\n\ndef f({parameter}):\n    │g()\n"
    message = 'Missing positional argument "a" in call to "g"'
    [first, *_] = fixes(marked, message, other="def g(a: int):\n    return a\n")
    assert "    g(a)\n" in first.after
    assert first.is_verified is is_verified


def test_a_quote_that_leaves_words_outside_is_not_verified():
    found = fixes(
        "def f(a):\n    return a\n\n\nx = f('one, two│)\n", "SyntaxError: unterminated string literal"
    )
    assert "f('one, two')" in found[0].after
    assert found[0].is_verified
