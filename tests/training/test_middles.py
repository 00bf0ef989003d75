"""A training sample leaves out what an editor would ask for."""

import random

from training.samples.licence import without_licence
from training.samples.middles import CHARACTERS_MAX, block_end, choose_middle, docstring, uses_name

PRICES = '''"""Prices with tax."""

from decimal import Decimal


def net(gross: Decimal, vat_rate: Decimal) -> Decimal:
    """Return the price without tax."""
    if vat_rate < 0:
        raise ValueError("a rate is never negative")
    return gross / (1 + vat_rate)


def total(items):
    return sum(item.price for item in items)
'''


def middles(count):
    random_ = random.Random(1)
    spans = [choose_middle(PRICES, random_) for _ in range(count)]
    return [(PRICES[: it.start], PRICES[it.start : it.end], PRICES[it.end :]) for it in spans if it]


def test_a_middle_is_never_empty_and_ends_before_a_line_break_or_a_closing_bracket():
    found = middles(300)
    assert len(found) > 250
    for _, middle, after in found:
        assert middle.strip()
        assert len(middle) <= CHARACTERS_MAX
        assert not middle.endswith("\n")
        assert after == "" or after[0] in "\n)]}\"':"


def test_middles_start_inside_lines_and_at_their_start_and_hold_one_line_or_more():
    found = middles(300)
    at_line_start = sum(before == "" or before.endswith("\n") for before, _, _ in found)
    several_lines = sum("\n" in middle for _, middle, _ in found)
    assert 20 < at_line_start < 150
    assert 20 < several_lines < 150


def test_a_docstring_is_left_out_whole_with_its_body_after_it():
    spans = [span for seed in range(20) if (span := docstring(PRICES, random.Random(seed)))]
    assert spans
    assert all(PRICES[it.start : it.end].strip() == '"""Return the price without tax."""' for it in spans)


def test_a_block_ends_where_the_indentation_ends():
    start = PRICES.index("        raise")
    assert (
        PRICES[start : block_end(PRICES, start, 5)] == '        raise ValueError("a rate is never negative")'
    )


def test_a_middle_can_be_asked_for_that_uses_a_name_and_it_is_never_on_a_line_that_imports():
    spans = [uses_name(PRICES, {"Decimal"}, random.Random(seed)) for seed in range(60)]
    cut = [(PRICES[: it.start], PRICES[it.start : it.end]) for it in spans if it]
    assert len(cut) > 30
    assert all("Decimal" in middle for _, middle in cut)
    assert not any(before.endswith(("from decimal ", "from decimal import ")) for before, _ in cut)
    assert any(before.endswith("gross: ") for before, _ in cut), "cut at the name itself"
    assert any(before.endswith("\n") for before, _ in cut), "cut at the line's start"
    assert uses_name(PRICES, {"Invoice"}, random.Random(1)) is None


def test_a_licence_above_a_file_is_left_out_and_other_comments_stay():
    licence = "#!/usr/bin/env python\n# Copyright A\n#\n# Licensed under B\n# without warranty\n"
    assert without_licence(licence + "\nimport os\n") == "import os\n"
    assert without_licence("# one\n# two\n# three\n# four\nimport os\n").startswith("# one")
