"""Languages with comments above the definition: the cases stand in cases/comments.toml."""

import tomllib
from pathlib import Path

import pytest

from lsp_server.docstring.edit import CannotDocument
from tests.docstring.test_write import written

CASES = tomllib.loads((Path(__file__).parent / "cases" / "comments.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_comment_stands_where_it_belongs_and_says_what_the_code_says(case):
    line = case["before"].split("│")[0].count("\n")
    text = case["before"].replace("│", "")
    if "refused" in case:
        with pytest.raises(CannotDocument, match=case["refused"]):
            written(text, line, case["path"])
    else:
        assert written(text, line, case["path"]) == case["after"]
