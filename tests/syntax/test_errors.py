"""Where text does not parse, in code points."""

from lsp_server.syntax.errors import error_count, errors_in, new_errors


def test_whole_text_has_no_errors():
    assert errors_in("def net(a): return a\n", "python") == []


def test_an_error_is_found_where_it_stands():
    """Counted in code points: the letters before it take two and four bytes."""
    text = "é = '😀'\nx = )\n"
    (span,) = errors_in(text, "python")
    assert text[span[0] : span[1]] == "x = )"


def test_a_missing_bracket_is_an_error_too():
    assert error_count("int f() { return 1;\n", "c") == 1


def test_a_suggestion_that_breaks_the_text_is_told_from_one_that_does_not():
    before = "total = sum(\nprint(1)\n"
    assert new_errors(before, "total = sum(prices)\nprint(1)\n", "python") == 0
    assert new_errors("total = sum(a)\n", "total = sum(a))\n", "python") == 1


def test_what_cannot_be_parsed_says_so():
    assert errors_in("anything", "plain") is None
    assert errors_in("x" * 30_000, "python") is None
    assert new_errors("x", "y", "plain") is None


def test_a_lone_surrogate_is_text_like_any_other():
    assert errors_in("s = '\ud800'\n", "python") == []
