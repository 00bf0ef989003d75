"""The ruler of `bench.context_quality`: what it must hold for its figures to mean anything."""

import dataclasses
import json

import pytest

from bench.context_quality.__main__ import joined
from bench.context_quality.measures import Outcome, costly, interval, saved
from bench.context_quality.ngram import Background, bits
from bench.context_quality.places import draw
from bench.context_quality.project import Project, texts_in
from bench.context_quality.providers import Piece, fitted

LANGUAGE = b"def total(rows):\n    return sum(row.price for row in rows)\n" * 20


@pytest.fixture(scope="module")
def background():
    return Background(LANGUAGE)


def cost(background, read, taken, before="x = 1\n"):
    return bits(read + before, before, taken, background.of(before.encode(), taken.encode()))


def test_a_text_that_was_read_before_costs_little(background):
    taken = "invoice = ledger.open_invoice(customer)\n"
    assert cost(background, taken, taken) < 0.3 * cost(background, "", taken)


def test_a_name_alone_makes_its_text_cheaper_and_every_further_name_less_so(background):
    """Showing everything must not pay."""
    taken = "ledger.open_invoice(customer)"
    alone = cost(background, "def open_invoice(\n", taken)
    among_many = cost(
        background, "def open_invoice(\n" + "".join(f"def f_{it}(\n" for it in range(300)), taken
    )
    assert alone < cost(background, "", taken)
    assert alone < among_many


def test_places_show_neither_what_was_taken_nor_what_they_need(tmp_path):
    (tmp_path / "price.py").write_text("def net_of_tax(gross):\n    return gross / 1.2\n")
    use = "from price import net_of_tax\n" + "\n" * 15 + "total_now = net_of_tax(12)\n"
    for number in range(4):
        (tmp_path / f"cart_{number}.py").write_text(use)
    places = draw(Project(texts_in(tmp_path, "python"), "python"), 4)
    assert places
    for place in places:
        assert place.before + place.taken + place.after == use
        assert "net_of_tax" in place.needed
        assert "net_of_tax(12" not in place.before + place.after


def test_no_provider_gets_more_characters_than_the_budget():
    pieces = [Piece("a.py", 0, 9, "a line of code\n" * 10), Piece("b.py", 0, 9, "another line\n" * 10)]
    for characters in (10, 70, 200, 1_000):
        kept = fitted(pieces, characters)
        assert sum(len(it.text) + len(it.path) + 4 for it in kept) <= characters


def outcome(place, bits):
    return Outcome(
        place=place, provider="any", budget=1, bits=bits, bits_without=20.0, names=None, definitions=0.0,
        seconds=0.0, characters=0,
    )  # fmt: skip


def test_figures_are_shares_of_all_bits_and_their_intervals_hold_them():
    outcomes = [outcome(it, 10.0 + it) for it in range(20)]
    assert saved(outcomes) == pytest.approx(1 - sum(range(10, 30)) / 400)
    assert costly(outcomes) == pytest.approx(9 / 20)
    low, high = interval([outcomes], saved)
    assert low < saved(outcomes) < high


def test_a_place_measured_twice_counts_once_as_it_was_measured_last(tmp_path):
    """Counted as two places it would make every interval too narrow."""
    files = [tmp_path / "first.json", tmp_path / "last.json"]
    for file, found in zip(files, ([outcome(0, 10.0), outcome(1, 10.0)], [outcome(1, 5.0)]), strict=True):
        file.write_text(json.dumps({"project": [dataclasses.asdict(it) for it in found]}), "utf-8")
    assert joined(files) == {"project": [outcome(0, 10.0), outcome(1, 5.0)]}
