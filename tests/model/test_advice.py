"""Which quantization suits a machine: the best that fits and is quick, said in a sentence or two."""

import pytest

from lsp_server.model.advice import Machine, advice, advised, bandwidth, choices, sizes_that_suit

LAPTOP = Machine(free_bytes=10_000_000_000, threads=8, bytes_per_s=40e9)


def machine(free_gb: float, gb_per_s: float) -> Machine:
    return Machine(free_bytes=int(free_gb * 1e9), threads=4, bytes_per_s=gb_per_s * 1e9)


@pytest.mark.parametrize(
    ("parameters", "here", "expected"),
    [
        (500_000_000, LAPTOP, "Q8_0"),  # small and quick: nothing is lost
        (7_000_000_000, LAPTOP, "Q3_K_M"),  # none is quick: the quickest that fits
        (1_500_000_000, machine(10, 20), "Q5_K_M"),  # the best that is quick enough
        (7_000_000_000, machine(6, 200), "Q4_K_M"),  # the memory decides
        (7_000_000_000, machine(2, 200), None),
        (70_000_000_000, LAPTOP, None),
    ],
)
def test_the_best_that_fits_and_is_quick(parameters, here, expected):
    best = advised(parameters, here)
    assert (None if best is None else best.quantization) == expected


def test_small_models_are_not_cut_to_few_bits():
    assert [it.quantization for it in choices(500_000_000, LAPTOP)] == ["Q8_0", "Q6_K"]


def test_it_is_said_in_plain_words():
    said = advice(7_000_000_000, "Q8_0", 7_440_000_000, machine(6, 40))
    assert said == (
        "On this machine (6.0 GB free, 4 threads) Q3_K_M suits 7.0 billion parameters best: 3.4 GB, some 8 tokens/s; "
        "ghost text will come late with any of them. As it is, this file (Q8_0) writes some 4 tokens/s."
    )
    assert advice(7_000_000_000, "Q8_0", 7_440_000_000, machine(2, 40)).startswith(
        "No quantization of 7.0 billion parameters fits this machine (2.0 GB free, 4 threads): choose a model of "
    )
    assert "As it is, this file (Q8_0) writes 5 tokens/s." in advice(
        7_000_000_000, "Q8_0", 7_440_000_000, machine(6, 40), 5.2
    )
    assert advice(None, "Q8_0", 1, LAPTOP) == ""
    assert "It suits this machine" in advice(500_000_000, "Q8_0", 531_000_000, LAPTOP)


def test_the_sizes_grow_with_memory_and_speed():
    assert "up to 3.8 billion parameters as Q4_K_M; up to 14.2 billion fit" in sizes_that_suit(LAPTOP)
    assert "up to 1.9 billion" in sizes_that_suit(machine(10, 20))


def test_the_memory_s_speed_is_plausible():
    assert 5e8 < bandwidth(1) < 1e12
