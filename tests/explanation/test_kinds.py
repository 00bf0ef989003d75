"""Real messages of real tools are understood: the kind of the problem, and the names it is about."""

import pytest

from lsp_server.explanation.kinds import read_message

MESSAGES = [
    # CPython 3.11
    ("'Loan' object has no attribute 'days_latte'", "unknown_attribute", "days_latte"),
    ("module 'math' has no attribute 'squareroot'", "unknown_attribute", "squareroot"),
    ("name 'pric' is not defined", "unknown_name", "pric"),
    ("cannot access local variable 'n' where it is not associated with a value", "unknown_name", "n"),
    ("cannot import name 'nett' from 'shop.price' (shop/price.py)", "cannot_import", "nett"),
    ("No module named 'shopp'", "unknown_module", "shopp"),
    ("net() missing 1 required positional argument: 'rate'", "missing_argument", "rate"),
    ("net() got an unexpected keyword argument 'rat'", "extra_argument", "rat"),
    ("net() takes 2 positional arguments but 3 were given", "extra_argument", None),
    ("'NoneType' object has no attribute 'title'", "unknown_attribute", "title"),
    ("unsupported operand type(s) for +: 'int' and 'str'", "type_mismatch", None),
    ("KeyError: 'isbn'", "missing_key", "'isbn'"),
    ("list index out of range", "index_range", None),
    ("division by zero", "zero_division", None),
    ("SyntaxError: '(' was never closed", "syntax", None),
    # pyright
    ('Cannot access attribute "days_latte" for class "Loan"', "unknown_attribute", "days_latte"),
    ('"pric" is not defined', "unknown_name", "pric"),
    ('Argument missing for parameter "rate"', "missing_argument", "rate"),
    ('No parameter named "rat"', "extra_argument", "rat"),
    ('"title" is not a known attribute of "None"', "none_access", "title"),
    ('Import "shopp" could not be resolved', "unknown_module", "shopp"),
    ('Type "str" is not assignable to declared type "int"', "type_mismatch", None),
    # mypy
    ('"Loan" has no attribute "days_latte"; maybe "days_late"?', "unknown_attribute", "days_latte"),
    ('Name "pric" is not defined  [name-defined]', "unknown_name", "pric"),
    ('Missing positional argument "rate" in call to "net"', "missing_argument", "rate"),
    ('Argument 1 to "net" has incompatible type "str"; expected "float"', "type_mismatch", None),
    # ruff, pyflakes
    ("undefined name 'pric'", "unknown_name", "pric"),
    ("`os` imported but unused", "unused", "os"),
    # tsc
    ("Property 'titel' does not exist on type 'Book'.", "unknown_attribute", "titel"),
    ("Cannot find name 'pric'.", "unknown_name", "pric"),
    ("Expected 2 arguments, but got 1.", "missing_argument", None),
    ("Type 'string' is not assignable to type 'number'.", "type_mismatch", None),
    # rustc
    ("cannot find value `pric` in this scope", "unknown_name", "pric"),
    ("no method named `titel` found for struct `Book` in the current scope", "unknown_attribute", "titel"),
    ("mismatched types", "type_mismatch", None),
    # go
    ("undefined: pric", "unknown_name", "pric"),
    ("declared and not used: total", "unused", "total"),
    # gcc, clang
    ("'pric' undeclared (first use in this function)", "unknown_name", "pric"),
    ("no member named 'titel' in 'struct book'", "unknown_attribute", "titel"),
]


@pytest.mark.parametrize(("message", "kind", "name"), MESSAGES)
def test_a_message_is_understood(message, kind, name):
    reading = read_message(message)
    assert (reading.kind, reading.groups.get("name")) == (kind, name)


def test_an_unknown_message_still_gives_its_names():
    reading = read_message("the flux of `Capacitor` is not 'aligned'")
    assert reading.kind == "other"
    assert reading.names == ("Capacitor", "aligned")


def test_a_hostile_message_takes_no_time():
    assert read_message("no method `" * 50_000 + "'" * 50_000).kind in ("other", "unknown_attribute")
