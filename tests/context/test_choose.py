"""How signatures and pieces of code compete for one budget."""

import numpy as np
import pytest

from lsp_server.context.choose import Candidate, choose
from lsp_server.context.learned import fitted


def candidate(path, *, names=(), value=0.0, line=0, is_signature=False, lines=()):
    return Candidate(
        path=path, first_line=line, last_line=line, text=f"line {line} of {path}", value=value,
        names=list(names), reason=lambda: "for the test", is_signature=is_signature, lines=lines,
    )  # fmt: skip


def chosen(candidates, worths, *, budget_tokens, costs=None, shown=()):
    choice = choose(
        candidates,
        np.array(worths, np.float32),
        costs=np.array(costs or [10] * len(candidates), np.float32),
        path_costs=np.array([2] * len(candidates), np.float32),
        budget_tokens=budget_tokens,
        shown=shown,
    )
    return [it.path for it, _ in choice.chosen]


def test_a_name_that_is_shown_adds_nothing_the_second_time():
    """Two copies of the best piece would crowd out the second best."""
    first, copy, other = candidate("a", names=[0]), candidate("b", names=[0]), candidate("c", names=[1])
    assert chosen([first, copy, other], [1.0, 0.5], budget_tokens=24) == ["a", "c"]


def test_lines_that_are_shown_add_nothing_the_second_time():
    """Most similar code is often the same code several times."""
    first = candidate("a", value=1.0, lines=["x = 1", "y = 2"])
    copy = candidate("b", value=0.9, lines=["x = 1", "y = 2"])
    half = candidate("c", value=0.8, lines=["x = 1", "z = 3"])
    other = candidate("d", value=0.3, lines=["w = 4"])
    assert chosen([first, copy, half, other], [], budget_tokens=40) == ["a", "c", "d"]


def test_what_gives_most_for_its_tokens_comes_first():
    long, short = candidate("long", value=1.0), candidate("short", value=0.5)
    assert chosen([long, short], [], costs=[100, 10], budget_tokens=110) == ["short"]


def test_nothing_is_chosen_that_cannot_help():
    assert chosen([candidate("a"), candidate("b")], [], budget_tokens=1_000) == []


def test_what_stands_in_the_prompt_already_is_not_chosen_again():
    first, copy = candidate("a", names=[0]), candidate("b", names=[0])
    assert chosen([first, copy], [1.0], budget_tokens=100, shown=[0]) == []


def test_a_signature_is_left_out_where_a_piece_shows_its_line():
    signature = candidate("a", names=[0], line=4, is_signature=True)
    piece = candidate("a", names=[0], value=0.6, line=4)
    assert chosen([signature, piece], [1.0], costs=[2, 10], budget_tokens=100) == ["a"]


def test_weights_fitted_for_other_features_are_refused():
    """They would rank by numbers that mean something else."""
    with pytest.raises(ValueError, match=r"training\.ranking"):
        fitted("names", ("no", "such", "features"))
