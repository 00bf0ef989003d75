"""An import that the file lacks is written to its end from what the repository says, without a model."""

from dataclasses import replace

import pytest

from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.idle import IdleWork
from lsp_server.completion.importing.writing import import_rest
from lsp_server.context.gather import hidden_by
from lsp_server.prompting.families import family_for
from tests.completion.place import LIMITS, Place, document
from tests.index.check import snapshot_of

SHOP = {
    "shop/__init__.py": "",
    "shop/price.py": "RATE = 0.19\n\n\ndef net(gross): ...\n\n\ndef gross_of(net): ...\n\n\nclass Price: ...\n",
    "shop/stock.py": "class Shelf: ...\n",
}


def rest(marked: str, files: dict[str, str] | None = None, path: str = "shop/cart.py", exclude=()) -> str:
    at, offset = document(marked, path)
    snapshot = snapshot_of(SHOP | (files or {})).with_outline(at)
    found = import_rest(snapshot, at, offset, hidden_by(exclude))
    return "" if found is None else found.text


USES = "\n\ndef total(x: Price):\n    return net(x) * RATE\n"


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("from shop.price import │", "RATE, Price, net"),
        ("from shop.price import│", " RATE, Price, net"),
        ("from shop.price │", "import RATE, Price, net"),
        ("from shop.price im│", "port RATE, Price, net"),
        ("from shop.pri│", "ce import RATE, Price, net"),
        ("from .pr│", "ice import RATE, Price, net"),
        ("from shop.price import RATE, │", "Price, net"),
        ("from shop.price import RATE, P│", "rice"),
        ("from shop.price import RATE,│", " Price, net"),
        ("from shop.price import (RATE, │)", "Price, net"),
        ("import os\n│", "from shop.price import RATE, Price, net"),
        ("import os\nf│", ""),
        ("│", ""),
    ],
)
def test_what_the_file_uses_and_nobody_binds(marked, expected):
    others = {"shop/till.py": "from shop.price import gross_of\n"}
    assert rest(marked + USES, others) == expected


def test_nothing_is_said_where_nothing_is_missing():
    assert rest("from shop.price import │\n\n\nprint(1)\n") == ""
    assert rest("from shop.price import net, │\n\n\nprint(net(1))\n") == ""
    assert rest("from shop.stock import │\n\nx = net(1)\n") == ""  # it is not there


def test_an_empty_line_away_from_imports_is_none_of_it():
    assert rest("import os\n\n\nx = net(1)\n│\n") == ""


def test_imports_for_types_only_have_their_block():
    text = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.price import net\n    │\n"
    assert rest(f"{text}\n\ndef f(x: 'Shelf'): ...\n") == "from shop.stock import Shelf"
    assert rest("def f():\n    import os\n    │\n    return net(os)\n") == ""


def test_the_last_line_may_be_the_empty_one():
    assert rest("def f():\n    return net(1)\nimport os\n│") == "from shop.price import net"


def test_a_file_that_keeps_no_order_gets_the_one_that_is_missing():
    text = "import sys\nfrom shop.stock import Shelf\nimport os\n│\nimport ast\n\n\nnet(1)\n"
    assert rest(text) == "from shop.price import net"


def test_the_package_itself_is_imported_by_its_name():
    files = {"shop/till.py": "import shop\n", "shop/tax.py": "from .price import net\n"}
    assert rest("import │\n\n\nshop.price.net(1)\n", files) == "shop"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from __future__ import │", "annotations"),
        ("from __future__ import ann│", "otations"),
        ("from __future__ │", "import annotations"),
        ("from __f│", "uture__ import annotations"),
        ("from __│", ""),
        ("from __future__ import division│", ""),
    ],
)
def test_of_the_future_there_are_annotations_left(line, expected):
    assert rest(line) == expected


def test_prose_is_no_import():
    assert rest('"""Prices\n\nfrom shop.price │\n"""\n\n\nnet(1)\n') == ""
    assert rest("x = 1\n# from shop.price import │" + USES) == ""


def test_names_between_brackets_go_one_a_line():
    text = "from shop.price import (\n    RATE,\n    │\n)\n" + USES
    assert rest(text) == "Price,\n    net,"
    assert rest(text.replace("    │", "    P│")) == "rice,"


def test_more_names_than_fit_are_bracketed():
    names = [f"a_rather_long_name_{number}" for number in range(5)]
    files = {"shop/long.py": "".join(f"def {it}(): ...\n" for it in names)}
    said = rest("from shop.long import │\n\n\n" + "".join(f"{it}()\n" for it in names), files)
    assert said == "(\n" + "".join(f"    {it},\n" for it in names) + ")"


def test_a_file_that_gives_each_name_a_line_gets_one():
    text = "from shop.price import gross_of\nfrom shop.price import net\n│\n\n\nnet(gross_of(Price(RATE)))\n"
    assert rest("from shop.price import Price\n" + text) == "from shop.price import RATE"


def test_what_other_files_call_it_counts():
    files = {"shop/till.py": "import numpy as np\nfrom shop.price import net as after_tax\n"}
    assert rest("import │\n\n\nnp.zeros(3)\n", files) == "numpy as np"
    assert rest("from shop.price import │\n\n\nafter_tax(3)\n", files) == "net as after_tax"


def test_neighbours_tell_which_of_several_belongs_here():
    use = "\n\nprint(Shelf(net(1)), Path())\n"
    assert rest(f"import os\n│\nfrom shop.price import net\n{use}") == "from pathlib import Path"
    assert rest(f"from pathlib import Path\n│\nfrom shop.stock import Shelf\n{use}") == (
        "from shop.price import net"
    )


def test_a_package_passes_on_what_others_take_from_it():
    files = {
        "shop/till.py": "from . import Price, stock\n",
        "shop/app/__init__.py": "",
        "shop/app/page.py": "from shop import net\n",
    }
    assert rest("from .price import │\n", files, "shop/__init__.py") == "Price, net"
    assert rest("from .price import │\n\n__all__ = ['Shelf', 'RATE']\n", {}, "shop/__init__.py") == "RATE"
    explicit = "from .stock import Shelf as Shelf\nfrom .price import │\n"
    assert rest(explicit, files, "shop/__init__.py") == "Price as Price, net as net"


def test_a_star_import_may_bring_anything():
    assert rest("from shop.stock import *\nfrom shop.price import │\n\n\nnet(1)\n") == ""


@pytest.mark.parametrize("broken", ["def half(:\n", "x = (\n", "class\n", "print 'old'\n", "\x00"])
def test_broken_text_elsewhere_raises_nothing(broken):
    assert rest(f"from shop.price import │\n\n\nnet(1)\n{broken}") in ("", "net")


def test_a_line_that_is_broken_hides_only_itself():
    assert rest("from shop.price import │\n\n\ndef f():\n    x = = 2\n    return net(1)\n") == "net"


def test_every_line_end_of_an_editor_ends_a_line():
    text = "import os\rfrom shop.price import │\r\r\rnet(1)\r"
    assert rest(text) == "net"


def test_excluded_files_tell_nothing():
    assert rest("from shop.price import │" + USES, exclude=["price.py"]) == ""
    assert rest("import os\n│" + USES, exclude=["price.py"]) == ""
    files = {"shop/private.py": "from . import net\n"}
    assert rest("from .price import │\n", files, "shop/__init__.py") == "net"
    assert rest("from .price import │\n", files, "shop/__init__.py", ["private.py"]) == ""
    assert rest("from shop import │\n\n\nprivate.run()\n", files, exclude=["private.py"]) == ""


def test_line_ends_stay_as_they_are():
    text = "from shop.price import (\r\n    RATE,\r\n    │\r\n)\r\n\r\nnet(Price(RATE))\r\n"
    assert rest(text) == "Price,\r\n    net,"


def test_the_model_is_not_asked_for_what_the_repository_knows():
    place = Place("something else", files=SHOP)
    said = place.complete("from shop.price import │\n\n\nnet(1)\n")
    assert (said.text, said.source, place.model.requests) == ("net", "imports", [])
    assert place.complete("from shop.price import │\n").source != "imports"
    assert len(place.model.requests) == 1


def test_who_wants_to_see_only_what_is_surer_gets_the_model():
    place = Place("something else", files=SHOP, limits=replace(LIMITS, confidence_min=0.99))
    marked = "from shop.price import │\n\n\nnet(1)\n"
    assert place.complete(marked).source != "imports"
    assert place.complete(marked, Trigger.INVOKED).source == "imports"


def test_typing_along_it_asks_nobody():
    place = Place("something else", files=SHOP)
    place.complete("from shop.price import │\n\n\nnet(Price())\n")
    said = place.complete("from shop.price import Pri│\n\n\nnet(Price())\n")
    assert (said.text, said.source, place.model.requests) == ("ce, net", "imports", [])


def test_no_guess_of_a_model_takes_the_place_of_the_next_import():
    idle = IdleWork(may_work_ahead=lambda: True)
    place = Place("\nimport nonsense\n", files=SHOP)
    place.engine = CompletionEngine(place.model, family_for(place.model.info), LIMITS, idle=idle)
    use = "\n\n\nnet(Shelf())\n"
    assert place.complete(f"from shop.price import │{use}").text == "net"
    assert idle.wait(20)
    assert place.complete(f"from shop.price import net\n│{use}").text == "from shop.stock import Shelf"
    assert place.model.requests == []
    idle.close()
