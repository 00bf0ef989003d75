"""The same problem at other places is one piece of evidence that lists them."""

from pathlib import Path

from lsp_server.cancellation import Cancellation
from lsp_server.explanation.explain import explain_problem
from lsp_server.explanation.problem import Evidence, Problem
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document

RENAMED = "def net_price(gross):\n    return gross\n"
CALLER = "from price import net_of\n\n\ndef total(all):\n    return sum(net_of(it) for it in all)\n"


def same(message: str, marked: str, **files: str) -> Evidence | None:
    """The piece about other places, for *message* at `│` in cart.py."""
    before, _, after = marked.partition("│")
    texts = {f"{name}.py": text for name, text in files.items()} | {"cart.py": before + after}
    documents = {it: Document(path=it, text=text, language=language_of(it)) for it, text in texts.items()}
    snapshot = Snapshot.of(Path("/repository"), [index_file(it) for it in documents.values()], name="shop")
    explanation = explain_problem(
        Problem(message=message, start=len(before), end=len(before)), documents["cart.py"], snapshot=snapshot,
        storyteller=None, language="en", cancellation=Cancellation(), on_text=lambda text: None,
    )  # fmt: skip
    found = [it for it in explanation.evidence if it.role == "same"]
    assert all(it.why in explanation.markdown for it in found)
    return found[0] if found else None


def test_stale_callers_of_a_renamed_definition_are_listed():
    marked = "from price import net_of\n\nprint(│net_of(1))\n"
    piece = same("name 'net_of' is not defined", marked, price=RENAMED, bill=CALLER)
    assert piece is not None
    assert "3 other places: `cart.py:1`, `bill.py:1`, `bill.py:5`" in piece.why


def test_a_missing_attribute_is_asked_for_elsewhere():
    other = "def f(a):\n    # a.gros\n    return a.gros + gros\n"
    piece = same("'Item' object has no attribute 'gros'", "def g(a):\n    return a.│gros\n", other=other)
    assert piece is not None
    assert (piece.path, piece.line, piece.text) == ("other.py", 2, "return a.gros + gros")


def test_who_has_the_name_from_elsewhere_has_no_problem():
    other = "from numpy import net_of\n\nnet_of(1)\n"
    mine = "def f(net_of):\n    return net_of\n"
    assert same("name 'net_of' is not defined", "│net_of(1)\n", other=other, mine=mine) is None


def test_a_name_that_another_class_has_is_no_problem():
    other = "class Other:\n    def gros(self): ...\n\n\nOther().gros()\n"
    assert same("'Item' object has no attribute 'gros'", "a = Item()\na.│gros\n", other=other) is None


def test_many_places_are_counted_and_few_are_shown():
    marked = "│net_of(1)\n" + "net_of(2)\n" * 50
    piece = same("name 'net_of' is not defined", marked)
    assert piece is not None
    assert "at 50 other places" in piece.why
    assert piece.why.count("cart.py") == 6


def test_a_module_that_cannot_be_found_is_imported_elsewhere_too():
    other = "import shop\n\nfrom requets.auth import Basic\nimport requests\n"
    mine = "import requets\n│import requets\n"
    piece = same("No module named 'requets'", mine, bill=other, till="from .requets import Basic\n")
    assert piece is not None
    assert "`requets` is asked for at 2 other places: `cart.py:1`, `bill.py:3`" in piece.why
    assert same("No module named 'requets'", "│import requets\n", bill="import requests\n") is None


def test_who_imports_what_is_in_the_repository_has_no_problem():
    mine = "│import stock.shelf\n"
    other = "from stock import count\n"
    assert same("No module named 'stock.shelf'", mine, stock="def count(): ...\n", bill=other) is None
