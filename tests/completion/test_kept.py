"""What the model said at a place is there in the next session, where no prompt is warm, and costs no keystroke."""

import sqlite3
import time
from pathlib import Path

import pytest

from lsp_server.answers.kept import KeptAnswers, KeptLimits
from lsp_server.answers.shelf import ShelfError, SqliteShelf
from lsp_server.app.local_models import own_secret
from lsp_server.completion.completion import Completion
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.idle import IdleWork
from lsp_server.completion.kept import KeptCompletions
from lsp_server.prompting.families import family_for
from tests.completion.place import LIMITS, Place

LIMITS_KEPT = KeptLimits(seconds=2.0, slow_s=2.0, pause_s=60.0, characters_max=4_000)
HERE = "total = net(│)\n"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the two milliseconds that a look-up may take are over before its thread has run."""
    monkeypatch.setattr("lsp_server.completion.kept.WAIT_S_MAX", 5.0)


class SlowShelf:
    """Answers after a while, and then nothing of use."""

    def read(self, name: bytes) -> bytes | None:
        time.sleep(0.5)
        raise ShelfError("slow")

    def write(self, name: bytes, value: bytes) -> None:
        raise ShelfError("slow")

    def close(self) -> None: ...


class Session(Place):
    """A place of one session that keeps in *folder*; leave it by `close`."""

    def __init__(
        self, folder: Path, *says: str, identity: str = "model", idle: IdleWork | None = None
    ) -> None:
        super().__init__(*says)
        self._kept = KeptAnswers(
            SqliteShelf(folder, seconds=2.0, entries_max=100), lambda: own_secret(folder), "/a", LIMITS_KEPT
        )
        self._kept.get(b"opened")  # the first look opens the file
        family = family_for(self.model.info)
        kept = KeptCompletions(self._kept, identity)
        self.engine = CompletionEngine(self.model, family, LIMITS, (), idle, None, kept)

    def close(self) -> None:
        self.engine.remember()
        self._kept.close(5.0)


def asked(folder: Path, says: str, *marked: str, identity: str = "model") -> tuple[list[Completion], int]:
    """(what a session answered, how often its model was asked)."""
    session = Session(folder, says, identity=identity)
    try:
        return [session.complete(it) for it in marked], len(session.model.requests)
    finally:
        session.close()


@pytest.mark.usefixtures("patient")
def test_an_answer_outlives_its_session(tmp_path):
    ((first,), _) = asked(tmp_path / "kept", "gross, vat_rate)\n", HERE)
    ((again,), times) = asked(tmp_path / "kept", "other)\n", HERE)
    assert (again.text, again.source, times) == (first.text, "remembered", 0)
    assert again.text == "gross, vat_rate"


@pytest.mark.parametrize(
    ("marked", "identity"),
    [("total = nets(│)\n", "model"), ("total = net(│)\nmore\n", "model"), (HERE, "another model")],
)
def test_another_place_or_model_is_asked_anew(tmp_path, marked, identity):
    asked(tmp_path / "kept", "gross)\n", HERE)
    ((made,), times) = asked(tmp_path / "kept", "other)\n", marked, identity=identity)
    assert (made.text, times) == ("other", 1)


def test_a_person_who_asks_gets_the_model(tmp_path):
    asked(tmp_path / "kept", "gross)\n", HERE)
    session = Session(tmp_path / "kept", "other)\n")
    assert session.complete(HERE, Trigger.INVOKED).text == "other"
    session.close()


def test_a_warm_place_asks_the_model_and_never_the_disk(tmp_path):
    """A keystroke costs what it did: only a new frame is looked for."""
    asked(tmp_path / "kept", "gross)\n", "total = net(a│)\n")
    session = Session(tmp_path / "kept", "rate)\n", "amount)\n")
    assert session.complete(HERE).text == "rate"
    warm = session.complete("total = net(a│)\n")
    assert (warm.source, len(session.model.requests)) == ("kept", 2)
    session.close()


@pytest.mark.usefixtures("patient")
def test_the_place_is_read_by_the_model_when_it_is_quiet(tmp_path):
    """What was remembered is shown at once, and the prompt for what comes next is made meanwhile."""
    asked(tmp_path / "kept", "gross)\n", HERE)
    idle = IdleWork(may_work_ahead=lambda: False)
    session = Session(tmp_path / "kept", "", idle=idle)
    assert session.complete(HERE).source == "remembered"
    assert idle.wait(20)
    assert [it.max_tokens for it in session.model.requests] == [0]
    session.close()
    idle.close()


def test_nothing_with_a_secret_near_it_is_kept(tmp_path):
    key = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    asked(tmp_path / "kept", "gross)\n", f'KEY = "{key}"\n{HERE}')
    asked(tmp_path / "kept", f'"{key}")\n', HERE)
    with sqlite3.connect(tmp_path / "kept" / "answers.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM answers").fetchone() == (0,)


def test_neither_the_code_nor_the_question_stands_on_the_disk(tmp_path):
    asked(tmp_path / "kept", "gross)\n", "a_private_name = net(│)\n")
    files = [it for it in (tmp_path / "kept").iterdir() if it.is_file()]
    assert all(b"a_private_name" not in it.read_bytes() for it in files)
    with sqlite3.connect(tmp_path / "kept" / "answers.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM answers").fetchone() == (1,)


def test_a_slow_shelf_is_not_waited_for():
    place = Place("gross)\n")
    kept = KeptAnswers(SlowShelf(), lambda: b"secret", "/a", LIMITS_KEPT)
    engine = CompletionEngine(
        place.model, family_for(place.model.info), LIMITS, kept=KeptCompletions(kept, "model")
    )
    place.engine = engine
    place.complete("warm = up(│)\n")
    began = time.monotonic()
    assert place.complete(HERE).text == "gross"
    assert time.monotonic() - began < 0.2
