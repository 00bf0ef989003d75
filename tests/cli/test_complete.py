"""`kibitz complete` with the bundled model, as a user runs it."""

import ast
from pathlib import Path

import pytest

from tests.cli.kibitz import run

pytestmark = pytest.mark.model
LIBRARY = Path(__file__).resolve().parents[2] / "examples" / "library"
KEYS = ["text", "path", "line", "column", "range", "model", "tokens", "milliseconds", "context"]


def test_a_real_place_is_completed_with_all_that_it_cost(tmp_path):
    outcome = run(
        "complete", "library/books.py:46:17", "--root", ".", "--json", home=tmp_path / "home", cwd=LIBRARY
    )
    assert outcome.code == 0, outcome
    answer = outcome.json
    assert [key for key in KEYS if key not in answer] == []
    assert (answer["path"], answer["line"], answer["column"]) == ("library/books.py", 46, 17)
    assert answer["model"]["name"] == "Kibitz base"
    assert len(answer["model"]["sha256"]) == 64
    tokens = answer["tokens"]
    assert tokens["prompt"] == tokens["reused"] + tokens["evaluated"] > 100
    assert set(answer["milliseconds"]) == {"total", "context", "queue", "prompt", "generation", "postprocess"}


def test_standard_input_stands_in_for_the_file(tmp_path):
    (tmp_path / "a.py").write_text("old = 1\n")
    buffer = "def area(width, height):\n    return \n"
    outcome = run(
        "complete", "a.py:2:12", "--stdin", "--json", home=tmp_path / "home", cwd=tmp_path, stdin=buffer
    )
    assert outcome.code == 0, outcome
    text = outcome.json["text"]
    assert text.strip()
    ast.parse("def area(width, height):\n    return " + text + "\n")
    assert (tmp_path / "a.py").read_text() == "old = 1\n"


def test_people_get_lines_and_no_json(tmp_path):
    outcome = run("complete", "library/books.py:46:17", "--root", ".", home=tmp_path / "home", cwd=LIBRARY)
    assert outcome.code == 0, outcome
    assert "46 │" in outcome.out
    assert "prompt tokens" in outcome.out
    assert "{" not in outcome.out.splitlines()[-1]


def test_doctor_finds_this_set_up_sound(tmp_path):
    outcome = run("doctor", "--json", home=tmp_path / "home", cwd=tmp_path)
    assert outcome.code == 0, outcome
    topics = {finding["topic"] for finding in outcome.json["findings"]}
    assert {"Python", "llama-cpp-python", "Model file", "Fill-in tokens", "Memory", "Round trip"} <= topics
