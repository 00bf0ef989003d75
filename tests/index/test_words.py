"""A text is cut into its identifiers, and where some of them begin is known."""

import re
from pathlib import Path

import pytest

from lsp_server.index.words import split_text
from lsp_server.syntax.outlining import IDENTIFIER
from lsp_server.syntax.python_statements import DEFINING_WORDS, defining_words_in

PACKAGE = Path(__file__).resolve().parents[2] / "lsp_server"

TEXTS = ["", "0", "x", "0x", " 12 0xFF 1e5 3.14_15 a1 12b 007", "$1 1$ _2 2_", "größe 12ö3", "a\r\nb\n\n\n"]


@pytest.mark.parametrize("text", TEXTS)
def test_the_words_of_a_text_are_its_identifiers(text):
    _check(text)


def test_so_they_are_in_a_whole_package():
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text("utf-8")
        _check(text)
        if text.isascii():
            begins = split_text(text).begins_of(DEFINING_WORDS)
            assert begins.tolist() == defining_words_in(text.encode())


def _check(text: str) -> None:
    split, found = split_text(text), [*IDENTIFIER.finditer(text)]
    names = [it[0] for it in found]
    assert [*split.number_of] == [*dict.fromkeys(names)]
    assert [split.number_of[it] for it in names] == split.numbers.tolist()
    assert [it.start() for it in found] == split.begins.tolist()
    assert split.line_starts.tolist()[:-1] == [0, *(it.end() for it in re.finditer("\n", text))]
