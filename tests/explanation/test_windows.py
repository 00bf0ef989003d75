"""Windows over a long text miss no line, fit the model, and end where the text does."""

import random
from itertools import pairwise

import pytest

from lsp_server.explanation.windows import Window, tokens_in, windows
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document
from tests.explanation.test_explain_code import long_file


def cut(path: str, text: str, tokens_max: int) -> list[Window]:
    document = Document(path=path, text=text, language=language_of(path))
    return windows(document, 0, document.line_count - 1, tokens_max=tokens_max)


def prose(lines: int) -> str:
    return "".join(f"line {number} says something\n" for number in range(lines))


TEXTS = {
    "shop/long.py": long_file(40).text,
    "guide.md": "".join(f"## Part {number}\n\n{prose(9)}\n" for number in range(30)),
    "notes.txt": prose(400),
    "data.sql": "x" * 20_000 + "\nselect 1\n",
    "字.txt": "这是一行很长的中文文字，没有空格。\n" * 200,
}


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("tokens_max", [60, 333, 2_000])
def test_each_line_is_in_a_window_and_each_window_fits(path: str, tokens_max: int):
    found = cut(path, TEXTS[path], tokens_max)
    lines = TEXTS[path].split("\n")
    seen = {number for it in found for number in range(it.first, it.last + 1)}
    assert seen == set(range(len(lines)))
    assert all(tokens_in(it.text) <= tokens_max for it in found)
    assert all(it.text == "\n".join(lines[it.first : it.last + 1]) for it in found if not it.is_cut)
    assert all(it.first == it.last for it in found if it.is_cut)
    assert [it.first for it in found] == sorted({it.first for it in found}), "it always goes on"


def test_code_ends_before_a_definition_and_prose_before_a_heading():
    for path, opening in (("shop/long.py", "    def "), ("guide.md", "## ")):
        found = cut(path, TEXTS[path], 600)
        assert len(found) > 3
        assert all(it.text.startswith(opening) for it in found[1:])
        assert all(before.last + 1 == after.first for before, after in pairwise(found))


def test_the_anchor_names_the_scopes_around():
    found = cut("shop/long.py", TEXTS["shop/long.py"], 600)
    assert found[1].anchor == f"shop/long.py › Cart, lines {found[1].first + 1}–{found[1].last + 1}"


def test_a_comment_goes_with_the_definition_that_it_is_of():
    text = "".join(
        f"// number {number}\nfunction f{number}() {{\n  return {number};\n}}\n" for number in range(60)
    )
    assert all(it.text.startswith("// number") for it in cut("long.js", text, 200))


def test_text_without_syntax_overlaps():
    found = cut("notes.txt", TEXTS["notes.txt"], 333)
    assert all(after.first < before.last for before, after in pairwise(found))


def test_any_text_is_cut_in_time_and_without_a_gap():
    chance = random.Random(7)
    for _ in range(200):
        text = "".join(chance.choice("ab(){}:\n\n  #=-`字\r") for _ in range(chance.randrange(400)))
        path = chance.choice(("a.py", "a.md", "a.rst", "a.ts", "a.sql"))
        document = Document(path=path, text=text, language=language_of(path))
        found = windows(document, 0, document.line_count - 1, tokens_max=chance.randrange(5, 60))
        seen = {number for it in found for number in range(it.first, it.last + 1)}
        assert seen == set(range(document.line_count))
