"""What may be None is answered first; without a checker of types nobody calls that verified."""

import sys

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.explanation.problem import Problem
from lsp_server.fixes.find import fixes_for
from lsp_server.fixes.own_checker import OwnChecker, rechecked
from tests.fixes.test_find import fixes
from tests.fixes.test_from_model import given

MYPY = 'Item "None" of "Match[str] | None" has no attribute "{name}"'
CASES = {
    "a condition": (
        "def f(a):\n    if │a.b:\n        print(a)\n", MYPY, "    if a is not None and a.b:\n",
    ),
    "one side of a condition": (
        "def f(a, c):\n    while c and │a.b > 1:\n        c = a.next(c)\n", MYPY,
        "    while c and a is not None and a.b > 1:\n",
    ),
    "a function without a result": (
        "def f(a):\n    print(1)\n    print(│a.b)\n", '"None" has no attribute "{name}"',
        "    print(1)\n    if a is None:\n        return\n    print(a.b)\n",
    ),
    "a function with one": (
        "def f(a) -> int:\n    return │a.b\n", '"{name}" is not a known attribute of "None"',
        '    if a is None:\n        raise ValueError("a is None")\n    return a.b\n',
    ),
    "a member of a member": (
        "def f(a):\n\treturn │a.x.b\n", "AttributeError: 'NoneType' object has no attribute '{name}'",
        '\tif a.x is None:\n\t\traise ValueError("a.x is None")\n\treturn a.x.b\n',
    ),
    "the module itself": (
        "a = None\n│a.b\n", MYPY, 'if a is None:\n    raise ValueError("a is None")\na.b\n',
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_may_be_none_is_guarded(case: str):
    marked, message, guarded = CASES[case]
    [first, *_] = fixes(marked, message.format(name="b"))
    assert guarded in first.after
    assert not first.is_verified


def test_in_a_loop_the_next_one_may_be_next():
    found = fixes("def f(all):\n    for a in all:\n        print(│a.b)\n", MYPY.format(name="b"))
    assert any("        if a is None:\n            continue\n" in it.after for it in found)


@pytest.mark.parametrize(
    "marked",
    [
        "def f(a): return │a.b\n",  # no line of its own
        "def f(a):\n    return g(a).│b\n",  # asking twice may give another answer
        "print([a.│b for a in c])\n",  # it is known in there only
        "│\n",
    ],
)
def test_what_cannot_be_asked_before_is_left(marked: str):
    assert not fixes(marked, MYPY.format(name="b"))


def test_a_script_asks_with_a_chain():
    [first, *_] = fixes("const a = f();\nshow(│a.b.c);\n", "'a' is possibly 'null'.", path="shop/a.ts")
    assert "show(a?.b.c);" in first.after
    assert not fixes("const a = f();\n│a.b = 1;\n", "'a' is possibly 'null'.", path="shop/a.ts")


def test_a_checker_of_types_verifies_a_guard():
    marked = "import re\n\n\ndef f(text: str) -> str:\n    a = re.match('x', text)\n    return │a.group(0)\n"
    message = MYPY.format(name="group")
    document, problem, snapshot = given(marked, message)
    found = fixes_for(Problem(message=message, start=problem.start, end=problem.end), document, snapshot)
    checker = OwnChecker(command=(sys.executable, "-m", "mypy", "--no-error-summary", "{file}"), seconds=300)
    [first, *_] = rechecked(found, problem, document, snapshot, checker, lambda path: None, Cancellation())
    assert (first.is_verified, first.checked_by) == (True, "mypy")
