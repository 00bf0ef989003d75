"""A brief share of the fuzzing with each run of the tests; `make fuzz` does more of it."""

import importlib

import pytest

from tests.fuzz.effort import Effort
from tests.fuzz.targets import TARGETS

SECONDS = 3.0
SEED = 20_260_101


@pytest.mark.timeout(180)
@pytest.mark.parametrize("target", [it for it in TARGETS if it != "neovim"])
def test_nothing_breaks(target: str) -> None:
    effort = Effort(seed=SEED, seconds=SECONDS, tries=10**9)
    importlib.import_module(f"tests.fuzz.{target}").fuzz(effort)
    assert effort.done > 0


@pytest.mark.timeout(600)
def test_a_million_edits_leave_the_server_with_the_editors_text() -> None:
    """Twenty seconds of one core. All of them, however busy the machine is."""
    effort = Effort(seed=SEED + 1, seconds=540, tries=10**9, count=1_000_000)
    importlib.import_module("tests.fuzz.edits").fuzz(effort)
    assert effort.done >= 1_000_000


@pytest.mark.editors
@pytest.mark.timeout(180)
def test_a_real_neovim_and_the_server_have_the_same_text() -> None:
    effort = Effort(seed=SEED, seconds=5, tries=1)
    importlib.import_module("tests.fuzz.neovim").fuzz(effort)
    assert effort.done > 0
