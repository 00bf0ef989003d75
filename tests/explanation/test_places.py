"""An editor may open what an explanation names, if the repository has it."""

from lsp_server.explanation.places import Place, places_in
from tests.explanation.test_explain import SNAPSHOT


def test_a_known_file_with_a_line_is_a_place_once_and_in_order():
    markdown = (
        "See `shop/cart.py:9`, `shop/price.py:1:5` and `shop/cart.py:9` again; not `net` or `shop/cart.py`."
    )
    assert places_in(markdown, SNAPSHOT) == (
        Place(text="shop/cart.py:9", path="shop/cart.py", line=8),
        Place(text="shop/price.py:1:5", path="shop/price.py", line=0),
    )


def test_what_a_model_makes_up_is_no_place():
    markdown = (
        "`/etc/passwd:1` `../shop/cart.py:1` `http://shop/cart.py:1` ``shop/cart.py:1`` shop/cart.py:1 `a:1`"
    )
    assert places_in(markdown, SNAPSHOT) == ()


def test_there_is_no_line_before_the_first():
    assert places_in("`shop/cart.py:0`", SNAPSHOT)[0].line == 0
