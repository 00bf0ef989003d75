"""The bench that works for long tells growth from what fills up or wavers, and reads real processes."""

import math
import sys
from random import Random

import pytest

from bench.soak.__main__ import soak
from bench.soak.table import answers, growing, growth
from bench.soak.trend import trend
from tests.lsp.raw_client import ROOT

MINUTES = [minute * 60.0 for minute in range(25)]


def noisy(values: list[float]) -> list[tuple[float, float]]:
    random = Random(1)
    return [(at, value + random.uniform(-0.5, 0.5)) for at, value in zip(MINUTES, values, strict=True)]


def kind(values: list[float]) -> str:
    found = trend(noisy(values))
    assert found is not None
    return found.kind


def test_what_rises_all_the_time_grows_by_so_much_an_hour() -> None:
    leaking = noisy([100 + 0.5 * minute for minute in range(25)])
    found = trend(leaking)
    assert found is not None
    assert found.kind == "grows"
    assert found.per_hour == pytest.approx(30, rel=0.1)
    assert growing({"server: resident MB": leaking}) == ["server: resident MB"]
    (row,) = list(growth({"server: resident MB": leaking}))[1:]
    assert row.endswith("| grows |")


def test_steps_that_rise_grow_too() -> None:
    """Memory is taken in pieces."""
    assert kind([100 + 8 * (minute // 6) for minute in range(25)]) == "grows"


def test_what_fills_up_levels_off() -> None:
    assert kind([150 - 50 * math.exp(-minute / 4) for minute in range(25)]) == "levels off"


def test_what_wavers_stays() -> None:
    assert kind([100 + 10 * (minute % 2) for minute in range(25)]) == "stays"
    assert kind([100.0] * 25) == "stays"


def test_what_is_given_back_falls() -> None:
    assert kind([100 - minute for minute in range(25)]) == "falls"


def test_too_few_readings_are_no_trend() -> None:
    assert trend([]) is None
    assert trend([(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)]) is None


@pytest.mark.model
@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform != "linux", reason="counts open files as Linux does")
def test_a_short_soak_answers_everything_and_reads_sane_figures() -> None:
    found = soak([ROOT / "lsp_server" / "editor", ROOT / "lsp_server" / "model"], seconds=12, seed=1)
    assert not found.troubles
    assert not found.unanswered
    assert not [it for it in found.answers if it.error]
    assert {"initialize", "textDocument/inlineCompletion", "shutdown"} <= {it.method for it in found.answers}
    assert len(list(answers(found.answers, found.unanswered))) > 2
    last = found.readings[-1][1]
    assert 20 < last["server: resident MB"] < 1_000
    assert 20 < last["model host: resident MB"] < 2_000
    assert last["model host: processes"] == 1
    assert 3 < last["server: open files"] < 200
    assert 1 < last["server: threads"] < 100
    assert last["caches on disk: MB"] > 0
