"""What became of a suggestion is read from the edits, as any editor makes them."""

import pytest

from lsp_server.statistics.observing import KEPT_AFTER_S, Observer
from lsp_server.statistics.request import Request

BEFORE = "total = "
SUGGESTED = "net_price(amount)"


class Window:
    """A document with a suggestion at its end."""

    def __init__(self) -> None:
        self.now = 0.0
        self.noted: list[Request] = []
        self.observer = Observer(self.noted.append, lambda: self.now)
        self.text = BEFORE
        self.show(SUGGESTED)

    def show(self, text: str) -> None:
        self.observer.answered(request(len(text)), "a.py", len(self.text), text, len(self.text))

    def write(self, text: str) -> None:
        self.text = text
        self.observer.changed("a.py", text)

    @property
    def outcomes(self) -> list[tuple[str, int, bool | None]]:
        return [(it.outcome, it.taken, it.is_kept) for it in self.noted]


def request(characters: int = 0) -> Request:
    return Request(
        at=1.0, model="m", source="new", ghost_ms=1, first_ms=1, evaluated=1, reused=1, generated=1,
        characters=characters,
    )  # fmt: skip


@pytest.fixture
def window() -> Window:
    return Window()


def test_what_appears_at_one_stroke_was_accepted_and_is_looked_at_again(window: Window):
    window.write(BEFORE + SUGGESTED)
    assert not window.noted
    window.now = KEPT_AFTER_S + 1
    window.observer.look_again(lambda path: window.text)
    assert window.outcomes == [("whole", len(SUGGESTED), True)]


def test_what_is_gone_after_half_a_minute_was_not_kept(window: Window):
    window.write(BEFORE + SUGGESTED)
    window.write(BEFORE + "0")
    window.now = KEPT_AFTER_S + 1
    window.write(BEFORE + "0\n")
    assert window.outcomes == [("whole", len(SUGGESTED), False)]


def test_what_is_typed_as_shown_counts_as_typed_and_once(window: Window):
    for length in range(1, len(SUGGESTED) + 1):
        window.write(BEFORE + SUGGESTED[:length])
        if length < len(SUGGESTED):
            window.show(SUGGESTED[length:])
    assert window.outcomes == [("typed", 0, None)]


def test_a_word_that_is_accepted_counts_in_part(window: Window):
    window.write(BEFORE + "net_price")
    window.write(BEFORE + "net_price + 1")
    window.observer.close()
    assert window.outcomes == [("part", len("net_price"), None)]


def test_typing_something_else_ignores_it(window: Window):
    window.write(BEFORE + "g")
    assert window.outcomes == [("ignored", 0, None)]


def test_a_new_suggestion_ends_the_old_one(window: Window):
    window.show("gross()")
    window.observer.closed("a.py")
    assert [it[0] for it in window.outcomes] == ["ignored", "ignored"]


def test_a_change_elsewhere_does_not_accept_anything(window: Window):
    """Another edit may bring the same text by chance, with more."""
    window.write(BEFORE + SUGGESTED + "\nand more that was pasted")
    assert window.outcomes == [("typed", 0, None)]


def test_an_empty_answer_is_noted_at_once():
    noted: list[Request] = []
    Observer(noted.append, lambda: 0.0).answered(request(), "a.py", 0, "", 10)
    assert [it.outcome for it in noted] == ["nothing"]
