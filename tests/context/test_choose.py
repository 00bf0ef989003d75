"""How signatures and pieces of code compete for one budget."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest

from lsp_server.context.choose import Candidate, Candidates, choose
from lsp_server.context.learned import fitted
from lsp_server.syntax.outline import Definition

DEFINITION = Definition(name="a", kind="function", path="a", start_line=4, end_line=4, name_line=4)


class Offered(NamedTuple):
    path: str
    names: Sequence[int] = ()
    value: float = 0.0
    line: int = 0
    lines: Sequence[str] = ()
    signature_of: Definition | None = None


def chosen(offered, worths, *, budget_tokens, costs=None, shown=()):
    """The paths of what is chosen of what is *offered*, signatures first."""

    def made(number):
        it = offered[number]
        return Candidate(it.path, it.line, it.line, it.path, lambda: "for the test", it.signature_of)

    signatures = sum(it.signature_of is not None for it in offered)
    choice = choose(
        Candidates(
            paths=[it.path for it in offered],
            texts=[it.path for it in offered],
            signatures=signatures,
            values=np.array([it.value for it in offered], np.float64),
            names=np.array([name for it in offered for name in it.names], np.intp),
            names_of=np.repeat(np.arange(len(offered)), [len(it.names) for it in offered]),
            lines=[it.lines for it in offered[signatures:]],
            name_worths=np.array(worths, np.float32),
            make=made,
        ),
        costs=np.array(costs or [10] * len(offered), np.float32),
        path_costs=np.array([2] * len(offered), np.float32),
        budget_tokens=budget_tokens,
        shown=shown,
    )
    return [it.path for it, _ in choice.chosen]


def test_a_name_that_is_shown_adds_nothing_the_second_time():
    """Two copies of the best piece would crowd out the second best."""
    first, copy, other = Offered("a", names=[0]), Offered("b", names=[0]), Offered("c", names=[1])
    assert chosen([first, copy, other], [1.0, 0.5], budget_tokens=24) == ["a", "c"]


def test_lines_that_are_shown_add_nothing_the_second_time():
    """Most similar code is often the same code several times."""
    first = Offered("a", value=1.0, lines=["x = 1", "y = 2"])
    copy = Offered("b", value=0.9, lines=["x = 1", "y = 2"])
    half = Offered("c", value=0.8, lines=["x = 1", "z = 3"])
    other = Offered("d", value=0.3, lines=["w = 4"])
    assert chosen([first, copy, half, other], [], budget_tokens=40) == ["a", "c", "d"]


def test_what_gives_most_for_its_tokens_comes_first():
    long, short = Offered("long", value=1.0), Offered("short", value=0.5)
    assert chosen([long, short], [], costs=[100, 10], budget_tokens=110) == ["short"]


def test_nothing_is_chosen_that_cannot_help():
    assert chosen([Offered("a"), Offered("b")], [], budget_tokens=1_000) == []


def test_what_stands_in_the_prompt_already_is_not_chosen_again():
    first, copy = Offered("a", names=[0]), Offered("b", names=[0])
    assert chosen([first, copy], [1.0], budget_tokens=100, shown=[0]) == []


def test_a_signature_is_left_out_where_a_piece_shows_its_line():
    signature = Offered("a", names=[0], line=4, signature_of=DEFINITION)
    piece = Offered("a", names=[0], value=0.6, line=4)
    assert chosen([signature, piece], [1.0], costs=[2, 10], budget_tokens=100) == ["a"]


def test_weights_fitted_for_other_features_are_refused():
    """They would rank by numbers that mean something else."""
    with pytest.raises(ValueError, match=r"training\.ranking"):
        fitted("names", ("no", "such", "features"))
