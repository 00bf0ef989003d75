"""A fix repairs what it says it repairs, and is marked as verified only when that was checked."""

from pathlib import Path

import pytest

from lsp_server.explanation.problem import Problem
from lsp_server.fixes.find import fixes_for
from lsp_server.fixes.fix import Fix
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document

PRICE = '''"""Prices."""

from decimal import Decimal


class Price:
    def __init__(self, net, rate):
        self.net = net
        self.rate = rate

    def gross(self):
        return self.net * (1 + self.rate)

    async def fetched(self):
        return self.net


def total(prices, currency):
    return sum(it.gross() for it in prices)
'''


def document(path: str, text: str) -> Document:
    return Document(path=path, text=text, language=language_of(path), version=1)


def fixes(marked: str, message: str, *, path: str = "shop/cart.py", **others: str) -> list[Fix]:
    """The fixes for *message* at `│`; the repository holds shop/price.py and *others* besides."""
    before, _, after = marked.partition("│")
    here = document(path, before + after)
    files = {"shop/price.py": PRICE, "shop/__init__.py": ""} | {
        f"shop/{name}.py": it for name, it in others.items()
    }
    indexed = [index_file(document(each, text)) for each, text in files.items()]
    snapshot = Snapshot.of(Path("/repository"), indexed, name="shop").with_document(here)
    problem = Problem(message=message, start=len(before), end=len(before))
    return fixes_for(problem, here, snapshot)


CASES = {
    "a misspelt local": ("def f(prices):\n    return │prces\n", "undefined name 'prces'", "return prices"),
    "a misspelt builtin": ("def f(a):\n    return │lenn(a)\n", "name 'lenn' is not defined", "len(a)"),
    "an import of the repository": ("│total([], 'EUR')\n", "undefined name 'total'", "from shop.price import total\n"),
    "an import of the standard library": ("│json.loads('1')\n", "undefined name 'json'", "import json\n"),
    "an import as the others do it": (
        "x = │np.zeros(3)\n", "undefined name 'np'", "import numpy as np\n",
    ),
    "a member without self": (
        "class A:\n    def __init__(self):\n        self.size = 1\n\n    def f(self):\n        return │size\n",
        "undefined name 'size'", "return self.size",
    ),
    "self without the parameter": (
        "class A:\n    def f():\n        return │self.size\n", "undefined name 'self'", "def f(self):",
    ),
    "a misspelt attribute": (
        "from shop.price import Price\n\nPrice(1, 2).│grosss()\n", '"Price" has no attribute "grosss"', ".gross()",
    ),
    "a misspelt name of an import": (
        "from shop.price import │totl\n\ntotl([], 'EUR')\n",
        "cannot import name 'totl' from 'shop.price'", "from shop.price import total",
    ),
    "a misspelt module": ("import │jsn\n\njsn.loads('1')\n", "No module named 'jsn'", "import json"),
    "an argument that is missing": (
        "from shop.price import total\n\n\ndef f(prices, currency):\n    return │total(prices)\n",
        "total() missing 1 required positional argument: 'currency'", "total(prices, currency)",
    ),
    "a keyword that is no parameter": (
        "from shop.price import total\n\n│total([], curency='EUR')\n",
        "total() got an unexpected keyword argument 'curency'", "total([], currency='EUR')",
    ),
    "an argument too many": (
        "from shop.price import total\n\n│total([], 'EUR', 3)\n",
        "total() takes 2 positional arguments but 3 were given", "total([], 'EUR')\n",
    ),
    "a coroutine nobody waits for": (
        "from shop.price import Price\n\n\nasync def f(price):\n    │price.fetched()\n",
        "coroutine 'Price.fetched' was never awaited", "    await price.fetched()",
    ),
    "a colon": ("def f(a)│\n    return a\n", "SyntaxError: expected ':'", "def f(a):\n"),
    "a bracket": ("x = f(1, (2, 3)│\ny = 1\n", "SyntaxError: '(' was never closed", "f(1, (2, 3))\n"),
    "a bracket before a colon": ("def f(a│:\n    return a\n", "SyntaxError: '(' was never closed", "def f(a):"),
    "a quote": ("x = f('one)│\n", "SyntaxError: unterminated string literal", "f('one')"),
    "an unused import": ("│import os\nimport re\n\nre.compile('a')\n", "'os' imported but unused", "import re\n\nre"),
    "one name of an unused import": (
        "from a import │b, c\n\nc()\n", "'a.b' imported but unused", "from a import c\n",
    ),
    "a return": (
        "def f(a) -> int:\n    │a + 1\n", "Missing return statement", "    return a + 1\n",
    ),
    "a misspelt key": (
        "d = {'name': 1}\nd│['nmae']\n", "KeyError: 'nmae'", "d['name']",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_broken_is_repaired(case: str):
    marked, message, repaired = CASES[case]
    [first, *_] = fixes(marked, message, other="import numpy as np\n\nnp.array([1])\n")
    assert repaired in first.after
    assert first.is_verified


def test_a_repair_that_brings_a_new_problem_is_not_offered():
    """Dropping this import would leave a name undefined."""
    assert not fixes("│import os\n\nprint(os)\n", "'os' imported but unused")


def test_what_no_checker_here_can_see_is_offered_but_not_called_verified():
    [first, *_] = fixes("d = fetch_all()\nx = d│['nmae']\n", "KeyError: 'nmae'")
    assert ".get('nmae')" in first.after
    assert not first.is_verified


@pytest.mark.parametrize(
    "message", ["name 'wholly_unheard_of' is not defined", "something else entirely", ""]
)
def test_where_nothing_is_known_nothing_is_offered(message: str):
    assert not fixes("│wholly_unheard_of(1)\n", message)


def test_a_script_is_repaired_and_parses_no_worse():
    [first, *_] = fixes(
        "const price = 1;\nconsole.log(│prce);\n",
        "Cannot find name 'prce'. Did you mean 'price'?",
        path="shop/a.ts",
    )
    assert "console.log(price)" in first.after


@pytest.mark.parametrize("text", ["", "\n", "def", "(((((((", "\ud800", "a\r\nb\rc"])
def test_broken_text_of_any_kind_never_raises(text: str):
    for message in (
        "undefined name 'a'",
        "SyntaxError: invalid syntax",
        "f() takes 1 positional argument but 2 were given",
    ):
        fixes("│" + text, message)
