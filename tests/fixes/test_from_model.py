"""What a model proposes is held to what is checked; a guess that nobody could check is not verified."""

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.app.loaded_model import recognised
from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.chat.port import OnText, ToolCall, ToolOffer, Turn
from lsp_server.explanation.problem import Problem
from lsp_server.fixes.fix import Fix
from lsp_server.fixes.from_model import Propose, filled_in, model_fixes, one_after_the_other, told
from lsp_server.fixes.own_checker import OwnChecker, rechecked
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.scripted import ScriptedModel
from lsp_server.text.document import Document

BROKEN = "def total(prices, rate):\n    net = sum(prices)\n    return net * │rte\n"
MESSAGE = "undefined name 'rte'"


class Talker:
    """Says what it was told to and remembers what it was asked."""

    name = "talker"
    may_use_tools = False
    context_tokens = 4_096

    def __init__(self, answer: str) -> None:
        self.says = answer
        self.asked = ""

    def answer(
        self, turns: list[Turn], *, max_tokens: int, cancellation: Cancellation, on_text: OnText
    ) -> str:
        self.asked = turns[-1].content
        return self.says

    def calls(
        self, turns: list[Turn], tools: list[ToolOffer], *, max_tokens: int, cancellation: Cancellation
    ) -> list[ToolCall]:
        return []


def given(marked: str, message: str, path: str = "cart.py") -> tuple[Document, Problem, Snapshot]:
    before, _, after = marked.partition("│")
    language = "python" if path.endswith(".py") else "typescript"
    document = Document(path=path, text=before + after, language=language)
    problem = Problem(message=message, start=len(before), end=len(before))
    return document, problem, Snapshot.of(Path("/repository")).with_document(document)


def fixes(propose: Propose, marked: str = BROKEN, message: str = MESSAGE) -> list[Fix]:
    document, problem, snapshot = given(marked, message)
    return model_fixes(problem, document, snapshot, propose, seconds=20, cancellation=Cancellation())


def filling(*answers: str) -> Propose:
    loaded = recognised(ScriptedModel(answers))
    assert loaded.family is not None
    return filled_in(loaded.model, loaded.family, "shop")


def test_a_line_that_a_model_fills_in_repairs_and_is_verified() -> None:
    [fix, *_] = fixes(filling("rate\n"))
    assert fix.after == BROKEN.replace("│rte", "rate")
    assert (fix.is_verified, fix.is_by_model) == (True, True)


def test_the_whole_line_is_written_anew_where_its_end_did_not_do() -> None:
    [fix, *_] = fixes(filling("rt\n", "return net * rate\nand more\n"))
    assert fix.after == BROKEN.replace("│rte", "rate")


@pytest.mark.parametrize(
    "answer",
    ["rtt", "rte", "rate +", "", "'" * 200, "x := 1", "import os; os.system('true')"],
)
def test_what_repairs_nothing_is_not_verified(answer: str) -> None:
    assert not any(it.is_verified for it in fixes(filling(answer)))


def test_a_line_of_something_else_is_no_repair() -> None:
    """`pass` leaves no undefined name, either."""
    assert fixes(told(Talker("```python\npass\n```"))) == []


def test_the_end_of_another_finding_verifies_nothing() -> None:
    marked = "import os\n\n\ndef total(prices):\n    return len(│prices, 2)\n"
    found = fixes(told(Talker("`return len(os, 2)`")), marked, "len() takes exactly one argument (2 given)")
    assert found
    assert not any(it.is_verified for it in found)


@pytest.mark.parametrize(
    "answer",
    [
        "Here:\n```python\nreturn net * rate\n```\nIt was misspelt.",
        "```\n    return net * rate\n```",
        "`return net * rate`",
        "return net * rate",
    ],
)
def test_a_model_that_talks_is_asked_for_the_line(answer: str) -> None:
    talker = Talker(answer)
    [fix] = fixes(told(talker))
    assert fix.after == BROKEN.replace("│rte", "rate")
    assert fix.is_verified
    assert MESSAGE in talker.asked
    assert "return net * rte" in talker.asked


def test_no_secret_is_shown_to_it() -> None:
    secret = "ghp_" + "a1B2" * 9
    marked = f"key = '{secret}'\n" + BROKEN
    talker, model = Talker("return net * rate"), ScriptedModel(["rate"])
    loaded = recognised(model)
    assert loaded.family is not None
    found = fixes(one_after_the_other([told(talker), filled_in(model, loaded.family, "shop")]), marked)
    assert found
    assert secret in found[0].after
    shown = talker.asked + "".join(str(it) for request in model.requests for it in request.pieces)
    assert "net * " in shown
    assert secret not in shown


def test_what_only_a_checker_sees_is_verified_by_it() -> None:
    marked = "def total(prices: list[int], name: str) -> int:\n    return sum(│name)\n"
    document, problem, snapshot = given(marked, 'Argument 1 to "sum" has incompatible type "str"')
    propose = told(Talker("return sum(prices)"))
    found = model_fixes(problem, document, snapshot, propose, seconds=20, cancellation=Cancellation())
    assert [it.is_verified for it in found] == [False]
    message = 'Argument 1 to "sum" has incompatible type "str"; expected "Iterable[bool | int]"'
    asked = Problem(message=message, start=problem.start, end=problem.end)
    checker = OwnChecker(command=(sys.executable, "-m", "mypy", "--no-error-summary"), seconds=60)
    [fix] = rechecked(found, asked, document, snapshot, checker, lambda path: None, Cancellation())
    assert (fix.is_verified, fix.checked_by) == (True, "mypy")


def test_it_stops_when_nobody_waits() -> None:
    model = ScriptedModel(["nothing"])
    model.hold()
    loaded = recognised(model)
    assert loaded.family is not None
    document, problem, snapshot = given(BROKEN, MESSAGE)
    cancellation = Cancellation()
    threading.Timer(0.2, cancellation.cancel).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        model_fixes(
            problem, document, snapshot, filled_in(model, loaded.family, "shop"), seconds=20,
            cancellation=cancellation,
        )  # fmt: skip
    assert time.monotonic() - began < 5


def test_after_its_time_it_asks_for_no_further_line() -> None:
    asked = []

    def slowly(*_: object) -> Iterator[str]:
        for number in range(100):
            asked.append(number)
            time.sleep(0.1)
            yield f"    return net * rt{number}"

    document, problem, snapshot = given(BROKEN, MESSAGE)
    model_fixes(problem, document, snapshot, slowly, seconds=0.3, cancellation=Cancellation())
    assert 2 <= len(asked) < 20


def test_a_line_with_a_secret_is_neither_shown_nor_written_anew() -> None:
    key = "ghp_" + "a1B2c3D4e5" * 4
    talker = Talker("```python\nlog_in('…', rate)\n```")
    marked = f"def total(prices, rate):\n    log_in('{key}', │rte)\n"
    assert fixes(told(talker), marked) == []
    assert talker.asked == ""
    assert fixes(filling("rate)\n"), marked) == []
