"""What a wrong name may have meant."""

import pytest

from lsp_server.explanation.near_names import near_names


@pytest.mark.parametrize(
    ("wrong", "meant", "others"),
    [
        ("totla", "total", ["title", "tally"]),
        ("error", "errorOf", ["errno", "terrors_of_the_deep"]),
        ("get_size", "get_size_of", ["sizes", "gets"]),
        ("decimal_separator", "decimal_separators", ["_DECIMAL_SEPARATOR"]),
        ("logger", "myLogger", ["Logger"]),
    ],
)
def test_the_name_that_was_meant_comes_first(wrong, meant, others):
    assert near_names(wrong, [*others, meant])[0][0] == meant


def test_a_word_inside_of_another_word_is_no_hint():
    assert near_names("stat", ["getstatus_line", "ecstatic"]) == []
