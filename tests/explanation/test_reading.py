"""Long code is read in parts by the model; the answer says what was not read."""

import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.chat.port import OnText, ToolCall, ToolOffer, Turn
from lsp_server.errors import ModelUnavailable, PromptRefused
from lsp_server.explanation.explain_code import explain_code
from lsp_server.explanation.problem import Explanation
from lsp_server.explanation.reading import Notes, ReadingLimits, read_in_parts
from lsp_server.explanation.story import Storyteller
from lsp_server.explanation.windows import tokens_in
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document
from tests.explanation.test_explain_code import long_file

LONG = long_file(60)
LIMITS = ReadingLimits(seconds=20.0, window_tokens=1_000, notes_tokens=5_000)


class FakeReader:
    """Notes of each part the methods that it defines, and answers with what it was shown of them."""

    name = "reader"
    may_use_tools = False

    def __init__(
        self, *, context_tokens: int = 4_096, takes: int = 1 << 30, gone_after: int = 1 << 30
    ) -> None:
        self.context_tokens = context_tokens
        self.takes = takes  # tokens
        self.gone_after = gone_after  # answers
        self.seconds = 0.0
        self.asked: list[str] = []

    def answer(
        self, turns: Sequence[Turn], *, max_tokens: int, cancellation: Cancellation, on_text: OnText
    ) -> str:
        question = turns[-1].content
        if tokens_in(question) > self.takes:
            raise PromptRefused("too long", hint="")
        if len(self.asked) >= self.gone_after:
            raise ModelUnavailable("it is gone.", hint="Start it.")
        self.asked.append(question)
        ends = time.monotonic() + self.seconds
        while time.monotonic() < ends and not cancellation.is_cancelled:
            time.sleep(0.005)
        return " ".join(re.findall(r"method_\d+", question)[:12])

    def calls(
        self,
        turns: Sequence[Turn],
        tools: Sequence[ToolOffer],
        *,
        max_tokens: int,
        cancellation: Cancellation,
    ) -> Sequence[ToolCall]:
        return ()


def read(chat: FakeReader, document: Document = LONG, limits: ReadingLimits = LIMITS) -> Notes:
    return read_in_parts(
        document, 0, document.line_count - 1, chat=chat, limits=limits, cancellation=Cancellation(),
        on_part=lambda number, count, anchor: None,
    )  # fmt: skip


def explained(chat: FakeReader | None, document: Document = LONG) -> tuple[Explanation, list[str]]:
    shown: list[str] = []
    snapshot = Snapshot.of(Path("/repository"), [index_file(document)], name="shop")
    explanation = explain_code(
        document, 0, 0, snapshot=snapshot, storyteller=None if chat is None else Storyteller(chat=chat),
        language="en", cancellation=Cancellation(), on_text=shown.append,
    )  # fmt: skip
    return explanation, shown


def test_every_part_is_read_and_its_note_has_its_anchor():
    chat = FakeReader()
    notes = read(chat)
    assert notes.unread == ()
    assert notes.read == len(chat.asked) > 5
    assert all(f"method_{number}(" in "".join(chat.asked) for number in range(60))
    assert notes.text.count("shop/long.py › Cart, lines ") >= notes.read - 1


def test_the_answer_is_made_from_the_notes_and_each_question_fits_the_model():
    chat = FakeReader(context_tokens=2_048)
    explanation, shown = explained(chat)
    *parts, last = chat.asked
    assert "You read it in parts and noted:\nshop/long.py" in last
    assert max(map(tokens_in, chat.asked)) < 2_048 - 110
    assert f"the model read it in {len(parts)} parts" in explanation.markdown
    assert any(f"Reading part 2 of {len(parts)}: `shop/long.py › Cart, lines " in it for it in shown)
    assert explanation.markdown.index("What it is") < explanation.markdown.index("In the model's words")


def test_what_fits_is_shown_whole_and_asked_once():
    chat = FakeReader(context_tokens=8_192)
    explanation, _ = explained(chat, long_file(8))
    assert len(chat.asked) == 1
    assert "step_11 = number * 11" in chat.asked[0]
    assert "parts" not in explanation.markdown


def test_a_server_that_reads_less_is_given_smaller_parts():
    chat = FakeReader(takes=700)
    notes = read(chat)
    assert notes.unread == ()
    assert all(f"method_{number}(" in "".join(chat.asked) for number in range(60))
    assert read(FakeReader(takes=10)).read == 0


def test_time_ends_the_reading_and_the_rest_is_named():
    chat = FakeReader()
    chat.seconds = 0.2
    began = time.monotonic()
    notes = read(chat, limits=ReadingLimits(seconds=0.5, window_tokens=1_000, notes_tokens=5_000))
    assert time.monotonic() - began < 3
    assert 1 <= notes.read <= 3
    assert notes.unread[-1].last == LONG.line_count - 1
    assert [it.first for it in notes.unread] == sorted(it.first for it in notes.unread)


def test_a_model_that_goes_away_leaves_its_notes_and_the_answer_says_what_was_not_read():
    chat = FakeReader(gone_after=2, context_tokens=2_048)
    explanation, _ = explained(chat)
    assert "the model did not see:\n\n- `shop/long.py:" in explanation.markdown
    assert "No model told more: it is gone. Start it." in explanation.markdown


def test_more_than_the_notes_have_room_for_is_not_read_in_silence():
    notes = read(FakeReader(), limits=ReadingLimits(seconds=20.0, window_tokens=1_000, notes_tokens=200))
    assert notes.unread
    assert tokens_in(notes.text) <= 200


def test_who_cancels_waits_for_nothing():
    chat = FakeReader()
    chat.seconds = 30.0
    with Cancellation() as cancellation, pytest.raises(Cancelled):
        read_in_parts(
            LONG, 0, LONG.line_count - 1, chat=chat, limits=LIMITS, cancellation=cancellation,
            on_part=lambda number, count, anchor: cancellation.cancel(),
        )  # fmt: skip
    assert len(chat.asked) == 1


def test_names_that_only_the_notes_have_are_marked():
    class Inventor(FakeReader):
        def answer(
            self, turns: Sequence[Turn], *, max_tokens: int, cancellation: Cancellation, on_text: OnText
        ) -> str:
            super().answer(turns, max_tokens=max_tokens, cancellation=cancellation, on_text=on_text)
            return "It calls `compute_vat_rate`."

    explanation, _ = explained(Inventor(context_tokens=2_048))
    assert "Unsure: `compute_vat_rate`" in explanation.markdown


def test_without_a_model_the_anchors_stand_alone():
    explanation, _ = explained(None)
    assert (
        "It is long. Its parts:\n\n- `shop/long.py:1` `shop/long.py › Cart, lines 1–" in explanation.markdown
    )


def test_secrets_are_in_no_part():
    text = LONG.text.replace("return number", 'return "ghp_abcdefghijklmnopqrstuvwxyz0123456789"')
    chat = FakeReader()
    explained(chat, Document(path=LONG.path, text=text, language="python"))
    assert "ghp_" not in "".join(chat.asked)
    assert len(chat.asked) > 3
