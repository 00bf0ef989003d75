"""All that a file lacks is documented at once, and nothing else in it changes."""

import ast
import subprocess
from pathlib import Path

import pytest

from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.docstring.whole_file import Documented, document_file
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document
from tests.cli.kibitz import run

CART = '''class Cart:
    """A cart."""

    def add(self, item):
        self.items.append(item)

    def _count(self):
        return len(self.items)

    def __repr__(self):
        return "Cart"


def total(cart, rate):
    """What to pay."""
    def inner(it):
        return it * rate
    return sum(map(inner, cart.items))


async def load_cart(path, *, is_strict=False): return Cart()
'''


def documented(text: str, path: str = "shop/cart.py", **options: bool) -> Documented:
    document = Document(path=path, text=text, language=language_of(path))
    return document_file(
        document,
        is_public_only=options.get("is_public_only", True),
        may_update=options.get("may_update", False),
        snapshot=Snapshot.of(Path("/repository"), [index_file(document)]),
        model=None,
        family=None,
        cancellation=Cancellation(),
        on_step=lambda step, of: None,
    )


def without_docstrings(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:]
    return ast.dump(tree)


def test_what_is_public_and_has_none_is_documented_and_the_code_stays():
    done = documented(CART)
    assert done.names == ("Cart.add", "load_cart")
    assert without_docstrings(done.after) == without_docstrings(CART)
    assert '"""A cart."""' in done.after
    assert documented(done.after).names == (), "a second time there is nothing to do"


def test_what_is_private_is_documented_when_asked_for():
    assert documented(CART, is_public_only=False).names == ("Cart.add", "Cart._count", "load_cart")


def test_what_is_out_of_date_is_updated_only_when_asked_for():
    text = 'def net(gross, rate):\n    """Without tax.\n\n    Args:\n        gross: What was paid.\n    """\n    return gross / rate\n'
    assert documented(text).names == ()
    done = documented(text, may_update=True)
    assert done.names == ("net",)
    assert "        gross: What was paid.\n        rate" in done.after


def test_other_languages_have_their_own_form():
    done = documented("export function net(gross, rate) {\n  return gross / rate;\n}\n", "shop/cart.js")
    assert done.names == ("net",)
    assert done.after.startswith("/**\n")


def test_it_stops_when_nobody_waits_any_more():
    document = Document(path="a.py", text=CART, language="python")
    cancellation = Cancellation()
    with pytest.raises(Cancelled):
        document_file(
            document, is_public_only=True, may_update=False, snapshot=Snapshot.of(Path("/r"), []), model=None,
            family=None, cancellation=cancellation, on_step=lambda step, of: cancellation.cancel(),
        )  # fmt: skip


def test_a_folder_is_shown_as_one_diff_that_git_applies(tmp_path: Path):
    folder = tmp_path / "shop"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("made.py\n")
    for name in ("cart.py", "made.py"):
        (folder / name).write_text(CART)
    (folder / "net.js").write_text("export function net(gross) {\n  return gross;\n}\n")

    shown = run("document", "shop", home=tmp_path / "home", cwd=tmp_path)

    assert shown.code == 0
    assert "Would write 3 docstrings in 2 of 2 files." in shown.err
    assert (folder / "cart.py").read_text() == CART, "it is only shown"
    subprocess.run(["git", "apply", "-"], input=shown.out, text=True, cwd=tmp_path, check=True)
    after = (folder / "cart.py").read_text()
    assert without_docstrings(after) == without_docstrings(CART)
    assert (folder / "made.py").read_text() == CART

    again = run("document", "shop", "--write", "--json", home=tmp_path / "home", cwd=tmp_path)
    assert again.json == {"files": [], "left_alone": []}
    none = run("document", "shop/.gitignore", home=tmp_path / "home", cwd=tmp_path)
    assert none.code == 2
    assert "can be documented" in none.err
