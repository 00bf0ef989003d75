"""What was answered once is answered again without a model; and nothing else ever is."""

import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lsp_server.answers.kept import KeptAnswers, KeptLimits
from lsp_server.answers.remembering import RememberingModel
from lsp_server.answers.shelf import SqliteShelf
from lsp_server.app.local_models import own_secret
from lsp_server.cancellation import Cancellation
from lsp_server.model.port import Generation, GenerationRequest, Priority, TokenCounts
from lsp_server.model.scripted import INFO, ScriptedModel

LIMITS = KeptLimits(seconds=2.0, slow_s=2.0, pause_s=60.0, characters_max=10_000)


def kept_in(
    folder: Path, root: Path = Path("/a"), *, limits: KeptLimits = LIMITS, entries_max: int = 1_000
) -> KeptAnswers:
    shelf = SqliteShelf(folder, seconds=limits.seconds, entries_max=entries_max)
    return KeptAnswers(shelf, lambda: own_secret(folder), str(root), limits)


REQUEST = GenerationRequest(pieces=("Explain `x`.",), max_tokens=50, priority=Priority.ACTION)


def asked(
    folder: Path, answer: str, request: GenerationRequest = REQUEST, *, root: Path = Path("/a"), info=INFO
) -> tuple[Generation, int]:
    """(what a session of its own answered, how often its model was asked)."""
    model = ScriptedModel([answer], info)
    remembering = RememberingModel(model, kept_in(folder, root))
    made = remembering.generate(request, Cancellation())
    remembering.close()
    return made, len(model.requests)


def test_an_answer_outlives_its_session(tmp_path):
    assert asked(tmp_path / "kept", "first")[0].text == "first"
    again, times = asked(tmp_path / "kept", "second")
    assert (again.text, times) == ("first", 0)


def test_who_stops_the_model_early_gets_the_same_again_and_others_get_the_whole(tmp_path):
    def generated(answer, on_text):
        model = ScriptedModel([answer])
        remembering = RememberingModel(model, kept_in(tmp_path / "kept"))
        made = remembering.generate(REQUEST, Cancellation(), on_text)
        remembering.close()
        return made, len(model.requests)

    def until_a_full_stop(text):
        return "." not in text

    first, _ = generated("one two. three", until_a_full_stop)
    assert first.stop == "stopped"
    assert generated("other", until_a_full_stop) == (
        replace(first, tokens=TokenCounts(), queue_ms=0.0, prompt_ms=0.0, generation_ms=0.0, logprobs=()),
        0,
    )
    whole, times = generated("one two. three", lambda text: True)
    assert (whole.text, times) == ("one two. three", 1)


@pytest.mark.parametrize(
    "change",
    [
        {"request": replace(REQUEST, pieces=("Explain `y`.",))},
        {"request": replace(REQUEST, max_tokens=51)},
        {"request": replace(REQUEST, priority=Priority.COMPLETION)},
        {"root": Path("/b")},
        {"info": replace(INFO, sha256="1" * 64)},
    ],
)
def test_another_question_model_or_repository_is_asked_anew(tmp_path, change):
    asked(tmp_path / "kept", "first")
    made, times = asked(tmp_path / "kept", "second", **change)
    assert (made.text, times) == ("second", 1)


@pytest.mark.parametrize("lie", [b"", b"short", b"x" * 40, "a text"])
def test_what_somebody_else_wrote_is_never_an_answer(tmp_path, lie):
    asked(tmp_path / "kept", "first")
    with sqlite3.connect(tmp_path / "kept" / "answers.sqlite") as connection:
        assert connection.execute("UPDATE answers SET value = ?", (lie,)).rowcount == 1
    assert asked(tmp_path / "kept", "second")[0].text == "second"


def test_neither_the_question_stands_on_the_disk_nor_may_others_read_the_answer(tmp_path):
    asked(tmp_path / "kept", "first", replace(REQUEST, pieces=("a very private question",)))
    files = [it for it in (tmp_path / "kept").iterdir() if it.is_file()]
    assert files
    assert all(b"private question" not in it.read_bytes() for it in files)
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0


def test_where_nothing_can_be_kept_answers_are_the_same(tmp_path):
    (tmp_path / "kept").write_text("a file where the folder should be")
    assert asked(tmp_path / "kept", "first")[0].text == "first"
    assert asked(tmp_path / "kept", "second")[0].text == "second"


def test_a_damaged_file_costs_nothing_but_memory(tmp_path):
    asked(tmp_path / "kept", "first")
    for file in (tmp_path / "kept").glob("answers.sqlite*"):
        file.write_bytes(b"\0damage" * 1_000)
    assert asked(tmp_path / "kept", "second")[0].text == "second"


def test_after_damage_answers_are_remembered_again(tmp_path):
    """The session that meets it clears it away and rests; the next one keeps what it hears."""
    asked(tmp_path / "kept", "first")
    (tmp_path / "kept" / "answers.sqlite").write_bytes(b"\0damage" * 1_000)
    asked(tmp_path / "kept", "second")
    asked(tmp_path / "kept", "third")
    again, times = asked(tmp_path / "kept", "fourth")
    assert (again.text, times) == ("third", 0)


def test_damage_that_is_no_text_ends_no_session(tmp_path):
    """Its bytes get into the error's message, which then cannot be read either."""
    asked(tmp_path / "kept", "first")
    path = tmp_path / "kept" / "answers.sqlite"
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE answers", b"CREATE TABLE \xff\x9f\xfe\xfdrs"))
    kept = kept_in(tmp_path / "kept", limits=replace(LIMITS, pause_s=0.0))
    assert kept.get(b"question") is None
    kept.keep(b"question", "answer")
    assert kept.get(b"question") == "answer"
    kept.close(1.0)


def test_a_store_that_is_locked_is_waited_for_once_and_then_left_alone(tmp_path):
    asked(tmp_path / "kept", "first")
    blocker = sqlite3.connect(tmp_path / "kept" / "answers.sqlite", isolation_level=None)
    blocker.execute("PRAGMA locking_mode = EXCLUSIVE")
    blocker.execute("BEGIN EXCLUSIVE")
    kept = kept_in(tmp_path / "kept", limits=replace(LIMITS, seconds=0.02))
    start = time.monotonic()
    assert [kept.get(bytes([it])) for it in range(200)] == [None] * 200
    assert time.monotonic() - start < 1.0  # 200 waits of 20 ms would be four seconds
    blocker.close()


def test_the_oldest_answers_go_first(tmp_path):
    kept = kept_in(tmp_path / "kept", entries_max=10)
    for it in range(129):
        kept.keep(bytes([it]), f"answer {it}")
        time.sleep(0.001)
        assert kept.get(bytes([it])) == f"answer {it}"
    assert kept.get(bytes([128])) == "answer 128"
    assert kept.get(bytes([5])) is None
    kept.close(1.0)
