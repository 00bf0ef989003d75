"""`kibitz context` in a process of its own."""

import json

import pytest

from tests.cli.kibitz import run
from tests.workspace.check import written

SHOP = {
    "shop/.git/HEAD": "",
    "shop/price.py": 'def net(gross, rate):\n    """What is left after tax."""\n    return gross / rate\n',
    "shop/cart.py": "from price import net\n\ntotal = net(1)\n",
    "shop/notes.bin": b"\0\1",
}


@pytest.fixture
def at(tmp_path):
    """Run `kibitz context` beside the folder shop."""
    written(tmp_path, SHOP)
    return lambda *arguments, stdin="": run(
        "context", *arguments, home=tmp_path / "home", cwd=tmp_path, stdin=stdin
    )


def test_a_person_sees_path_lines_reason_and_text(at):
    outcome = at("shop/cart.py:3:13")
    assert outcome.code == 0
    assert "price.py:1-3" in outcome.out
    assert "similar code: shares net" in outcome.out
    assert "def net(gross, rate):" in outcome.out


def test_a_program_gets_one_json_object(at):
    answer = at("shop/cart.py:3:13", "--json", "--budget-tokens", "200").json
    (snippet,) = answer["snippets"]
    assert (snippet["path"], snippet["start_line"]) == ("price.py", 1)
    assert answer["tokens"] <= 200
    assert answer["path"] == "cart.py"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("shop/cart.py:99:1", "no line 99"),
        ("shop/cart.py:1:99", "no column 99"),
        ("shop/absent.py:1:1", "no file"),
        ("shop/notes.bin:1:1", "not text"),
        ("shop:1:1", "folder"),
        ("shop/cart.py", "PATH:LINE:COLUMN"),
    ],
)
def test_a_bad_place_is_one_clear_sentence_and_exit_code_2(at, place, words):
    outcome = at(place, "--json")
    assert outcome.code == 2
    assert words in outcome.err
    assert outcome.out == ""
    assert "Traceback" not in outcome.err


def test_a_program_that_asks_often_keeps_one_process(at):
    """Each line has its answer, and a bad one does not end the others."""
    request = {"root": "shop", "file": "cart.py", "line": 2, "character": 12, "budget_tokens": 200}
    lines = [
        json.dumps(request),
        "not json",
        json.dumps({**request, "line": 99}),
        json.dumps({**request, "root": "nowhere"}),
        json.dumps({**request, "file": "../x.py"}),
        json.dumps({**request, "line": -1}),
        json.dumps({**request, "file": "new.py", "line": 0, "character": 4, "text": "net("}),
    ]
    outcome = at("--batch", stdin="\n".join([*lines, "", ""]))
    answers = [json.loads(line) for line in outcome.out.splitlines()]
    assert [sorted(it) for it in answers] == [
        ["chunks", "milliseconds"],
        *[["error", "hint"]] * 5,
        ["chunks", "milliseconds"],
    ]
    for answer in (answers[0], answers[-1]):
        assert any(
            "def net(gross, rate):" in it["text"] and it["path"] == "price.py" for it in answer["chunks"]
        )


def test_a_program_says_what_its_prompt_shows_of_the_file_itself(at, tmp_path):
    far = "def monthly(ledger, month):\n    rows = ledger.rows_of(month)\n    rows.sort(key=by_date)\n    return rows\n"
    between = "".join(f"\n\nLIMIT_{it} = {it}\n" for it in range(60))
    text = f"{far}{between}\n\ndef yearly(ledger, year):\n    rows = ledger.rows_of(year)\n    "
    written(tmp_path, {"books/.git/HEAD": "", "books/report.py": text})
    last = text.count("\n")
    request = {"root": "books", "file": "report.py", "line": last, "character": 4, "budget_tokens": 400}
    asked = [request, {**request, "visible": [last - 3, last]}, {**request, "visible": [last]}]
    all_of_it, end_of_it, bad = (
        json.loads(line) for line in at("--batch", stdin="\n".join(map(json.dumps, asked))).out.splitlines()
    )
    assert "report.py" not in {it["path"] for it in all_of_it["chunks"]}
    (own,) = (it for it in end_of_it["chunks"] if it["path"] == "report.py")
    assert "rows.sort(key=by_date)" in own["text"]
    assert "first and the last line" in bad["error"]


def test_the_test_of_a_file_and_what_was_edited_lately_are_named_as_such(at, tmp_path):
    written(
        tmp_path,
        {
            "shop/test_cart.py": "from cart import total\n\ndef test_total():\n    assert total == net(1, 2)\n",
            "shop/door.py": "def open_door(handle):\n    handle.turn()\n    return handle\n",
        },
    )
    shown = at("shop/cart.py:3:13", "--recent", "shop/door.py:2-3", "--recent", "shop/price.py").out
    assert "edited lately" in shown
    assert "of the test of this file; shares net" in shown
    assert "of a file used lately; shares net" in shown


@pytest.mark.parametrize(
    ("recent", "words"),
    [
        ("shop/nowhere.py", "no such file"),
        ("/etc/passwd", "no such file"),
        ("shop/price.py:0", "lines count from 1"),
        ("shop/price.py:3-2", "lines count from 1"),
    ],
)
def test_what_cannot_have_been_used_lately_is_said(at, recent, words):
    outcome = at("shop/cart.py:3:13", "--recent", recent)
    assert outcome.code == 2
    assert words in outcome.err
