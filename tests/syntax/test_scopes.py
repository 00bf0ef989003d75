"""Code is cut along its definitions, prose along its headings."""

from lsp_server.syntax.scopes import Scope, scopes_in
from lsp_server.text.document import Document


def named(path: str, language: str, text: str) -> dict[tuple[str, ...], tuple[int, int, int]]:
    found: list[Scope] = scopes_in(Document(path=path, text=text, language=language))
    return {it.names: (it.first, it.body, it.last) for it in found}


def test_definitions_lie_in_each_other():
    text = 'class Cart:\n    """Holds."""\n\n    @cached\n    def total(\n        self,\n    ):\n        return 1\n'
    assert named("cart.py", "python", text) == {("Cart",): (0, 2, 7), ("Cart", "total"): (3, 7, 7)}


def test_headings_of_markdown_hold_what_follows_and_fences_hold_none():
    text = "# One\nwords\n\n## Two ##\n```\n# a comment\n```\n\nThree\n-----\nwords\n\n# Four\n"
    assert named("notes.md", "plain", text) == {
        ("One",): (0, 1, 11),
        ("One", "Two"): (3, 4, 7),
        ("One", "Three"): (8, 10, 11),
        ("Four",): (12, 13, 13),
    }


def test_underlined_titles_rank_as_they_come():
    text = "Guide\n~~~~~\n\nStart\n=====\nwords\n\nGoing on\n~~~~~~~~\nwords\n"
    assert named("guide.rst", "plain", text) == {
        ("Guide",): (0, 2, 6),
        ("Guide", "Start"): (3, 5, 6),
        ("Going on",): (7, 9, 10),
    }


def test_a_comment_in_a_makefile_is_no_heading():
    assert named("Makefile", "plain", "# all\nall:\n\ttrue\n") == {}
