"""What changed lately at the place is named, with what stood there before, in the evidence."""

from itertools import pairwise
from pathlib import Path

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.explanation.edits import EditedLately
from lsp_server.explanation.explain import explain_problem
from lsp_server.explanation.problem import Explanation, Problem
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document

PRICE = "def net(gross, vat_rate):\n    return gross / (1 + vat_rate)\n"
CART = "from shop.price import net\n\n\ndef total(gross):\n    return net(gross, 0.19)\n"


def explained(
    message: str,
    place: str,
    *,
    price: tuple[str, ...] = (PRICE,),
    cart: tuple[str, ...] = (CART,),
    seconds: float = 70,
    language: str = "en",
) -> Explanation:
    """Of the last text of shop/cart.py at *place*, after both files went through these texts."""
    seconds_now = [0.0]
    lately = EditedLately(lambda: seconds_now[0])
    last = {}
    for path, texts in (("shop/price.py", price), ("shop/cart.py", cart)):
        versions = [Document(path=path, text=text, language="python") for text in texts]
        for old, new in pairwise(versions):
            lately.changed(old, new)
        last[path] = versions[-1]
    seconds_now[0] = seconds
    snapshot = Snapshot.of(Path("/repository"), [index_file(it) for it in last.values()], documents=last)
    document = last["shop/cart.py"]
    start = document.text.index(place)
    return explain_problem(
        Problem(message=message, start=start, end=start + len(place)),
        document,
        snapshot=snapshot,
        storyteller=None,
        language=language,
        cancellation=Cancellation(),
        on_text=lambda text: None,
        edits=lately.now(),
    )


def test_a_line_that_was_changed_is_named_with_what_stood_there():
    explanation = explained(
        "undefined name 'gros'", "gros,", cart=(CART, CART.replace("net(gross", "net(gros"))
    )
    assert "this line was changed a minute ago; before: `return net(gross, 0.19)`" in explanation.markdown
    assert "shop/cart.py:5" in [it.place for it in explanation.evidence if it.role == "edited"]


def test_a_definition_that_was_renamed_is_the_first_evidence_at_its_stale_caller():
    explanation = explained(
        "cannot import name 'net' from 'shop.price'",
        "net",
        price=(PRICE, PRICE.replace("def net", "def netto")),
    )
    first = explanation.evidence[0]
    assert (first.role, first.place, first.text) == (
        "edited",
        "shop/price.py:1",
        "def netto(gross, vat_rate):",
    )
    assert "`net` stood here until a minute ago: `def net(gross, vat_rate):`" in explanation.markdown


def test_a_definition_whose_signature_was_changed_says_so():
    explanation = explained(
        "net() missing 1 required positional argument: 'country'",
        "net(",
        price=(PRICE, PRICE.replace("vat_rate):", "vat_rate, country):")),
    )
    [definition] = [it for it in explanation.evidence if it.role == "definition" and it.name == "net"]
    assert definition.why.endswith("it was changed a minute ago; before: `def net(gross, vat_rate):`")


def test_what_did_not_change_says_nothing_of_it():
    changed = CART.replace("import net\n", "import net  # a\n")
    for cart in ((CART,), (CART, changed)):
        explanation = explained("undefined name 'gross'", "gross, 0", cart=cart)
        assert "ago" not in explanation.markdown
        assert not any(it.role == "edited" for it in explanation.evidence)


@pytest.mark.parametrize(
    ("seconds", "ago"), [(5, "a moment ago"), (89, "a minute ago"), (300, "5 minutes ago")]
)
def test_how_long_ago_is_said_in_words(seconds: float, ago: str):
    changed = CART.replace("net(gross", "net(gros")
    assert ago in explained("undefined name 'gros'", "gros,", cart=(CART, changed), seconds=seconds).markdown


def test_a_line_that_was_put_in_is_called_so():
    explanation = explained("undefined name 'x'", "x = y", cart=(CART, CART + "x = y\n"))
    assert "this line was put in a minute ago" in explanation.markdown


def test_it_is_said_in_the_readers_language():
    changed = CART.replace("net(gross", "net(gros")
    explanation = explained("undefined name 'gros'", "gros,", cart=(CART, changed), language="zh")
    assert "这一行在一分钟前被修改" in explanation.markdown


def test_a_secret_that_stood_there_is_not_shown():
    secret = "ghp_" + "a1B2" * 9
    before = CART + f"key = '{secret}'\n"
    explanation = explained("undefined name 'kye'", "kye", cart=(before, CART + "key = kye\n"))
    assert "this line was changed" in explanation.markdown
    assert secret not in explanation.markdown
    assert all(secret not in it.why + it.text for it in explanation.evidence)
