"""PATH:LINE:COLUMN, as people and tools write it."""

from pathlib import Path

import click
import pytest

from lsp_server.cli.place import Place, PlaceType
from lsp_server.errors import BadPosition
from lsp_server.text.document import Document

TEXT = Document(path="a.py", text="one\nzwölf\r\n", language="python")


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("a.py:3:7", Place(Path("a.py"), 3, 7)),
        ("dir/a b.py:1:1", Place(Path("dir/a b.py"), 1, 1)),
        ("C:\\x\\a.py:2:4", Place(Path("C:\\x\\a.py"), 2, 4)),
        ("odd:name.py:2:4", Place(Path("odd:name.py"), 2, 4)),
    ],
)
def test_a_place_is_read(written, place):
    assert PlaceType(columns="required").convert(written, None, None) == place


@pytest.mark.parametrize("written", ["a.py", "a.py:3", "a.py:0:1", "a.py:1:0", ":1:1", "a.py:x:1"])
def test_what_is_no_place_is_refused_with_an_example(written):
    with pytest.raises(click.BadParameter):
        PlaceType(columns="required").convert(written, None, None)


def test_the_end_of_a_line_is_a_place_and_one_further_is_not():
    assert Place(Path("a.py"), 2, 6).offset_in(TEXT) == len("one\nzwölf")
    with pytest.raises(BadPosition, match="5 characters"):
        Place(Path("a.py"), 2, 7).offset_in(TEXT)


def test_a_line_that_is_not_there_is_refused():
    with pytest.raises(BadPosition, match="3 lines"):
        Place(Path("a.py"), 4, 1).offset_in(TEXT)
