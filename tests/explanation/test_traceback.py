"""What programs print when they fail is read: the message, and the way to it. Cases: cases/traces.toml."""

import time
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from lsp_server.explanation.traceback import NoTraceback, read_traceback

CASES = tomllib.loads((Path(__file__).parent / "cases" / "traces.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_a_program_prints_is_read(case):
    trace = read_traceback(case["text"])
    assert trace.message == case["message"]
    assert [f"{it.path}:{it.line}" for it in trace.frames][-2:] == case["frames"]
    assert [it.message for it in trace.before] == case.get("before", [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_windows_line_ends_and_words_before_it_change_nothing(case):
    text = "$ make\nsome words\n\n" + case["text"]
    assert read_traceback(text.replace("\n", "\r\n")).message == case["message"]


@pytest.mark.parametrize(
    "text",
    [
        'File "a", line 1, in ' * 20_000,
        '  File "a", line 1, in f\n' * 20_000,
        "    at a(b:1:2)\n" * 20_000,
        "    at " + "a " * 200_000,
        "a:1: " * 80_000,
        "main.main(" * 40_000,
        "E  " * 130_000,
        " " * 400_000,
        "a." * 200_000,
        "Traceback (most recent call last)" * 12_000,
    ],
    ids=lambda text: text[:24].strip(),
)
def test_hostile_text_is_read_or_refused_in_no_time(text):
    start = time.perf_counter()
    with suppress(NoTraceback):
        read_traceback(text)
    assert time.perf_counter() - start < 5
