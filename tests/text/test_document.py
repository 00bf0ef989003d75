"""Offsets and lines, as editors count them."""

import pytest

from lsp_server.text.document import Document
from lsp_server.text.lines import has_line_beyond, lines_of


def document(text: str) -> Document:
    return Document(path="a.py", text=text, language="python")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("a\x0cb\x0bc\u2028d\x85e", ["a\x0cb\x0bc\u2028d\x85e"]),
        ("\r\r\n\n", ["", "", "", ""]),
        ("\ufeffx\n", ["\ufeffx", ""]),
    ],
)
def test_only_line_feeds_and_returns_end_a_line(text, lines):
    """Python's own splitlines knows eight more; one of them in a file shifts every line below."""
    it = document(text)
    assert [it.line_text(number) for number in range(it.line_count)] == lines == lines_of(text)
    longest = max(map(len, lines))
    assert not has_line_beyond(text, longest)
    assert not longest or has_line_beyond(text, longest - 1)


def test_offsets_count_code_points():
    """An emoji is one, whatever it costs in UTF-8 or UTF-16."""
    it = document("é😀x\n\ud800y")
    assert it.offset_at(0, 2) == 2
    assert it.offset_at(1, 1) == 5
    assert it.line_of(4) == 1


@pytest.mark.parametrize(
    ("line", "column", "offset"), [(-1, 5, 0), (0, -3, 0), (0, 99, 1), (1, 99, 4), (9, 0, 4)]
)
def test_a_place_outside_of_the_text_is_moved_into_it(line, column, offset):
    assert document("a\nbc").offset_at(line, column) == offset


def test_every_offset_finds_its_line_and_back():
    it = document("one\r\ntwo\r\rthree\n")
    for line in range(it.line_count):
        for column in range(len(it.line_text(line)) + 1):
            assert it.line_of(it.offset_at(line, column)) == line
