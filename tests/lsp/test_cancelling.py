"""A request that is cancelled, at whatever moment, is answered once and stops its work."""

import time

import pytest

from tests.lsp.editor import Editor
from tests.lsp.raw_client import ServerProcess
from tests.lsp.test_protocol import HELLO, echo, encoded


def test_C02_a_request_that_is_cancelled_in_the_same_breath_never_starts(editor: Editor) -> None:
    editor.open("a.py", "total = │\n")
    before = len(editor.server.request("test/prompts"))
    where = {**editor.place, "context": {"triggerKind": 2}}
    number = "cancelled at once"
    request = {"jsonrpc": "2.0", "id": number, "method": "textDocument/inlineCompletion", "params": where}
    cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}}
    editor.server.send_bytes(encoded(request) + encoded(cancel))
    assert editor.server.reply(number)["error"]["code"] == -32800
    assert len(editor.server.request("test/prompts")) == before


def test_C01_a_request_that_waits_in_a_thread_or_on_the_loop_is_freed(editor: Editor) -> None:
    for method in ("test/busy", "test/sleep"):
        number = editor.server.ask(method, {"seconds": 3})
        editor.server.request("test/echo", 1)
        started = time.monotonic()
        editor.server.cancel(number)
        assert editor.server.reply(number)["error"]["code"] == -32800
        assert time.monotonic() - started < 1


def test_C01_a_request_that_waits_for_its_turn_never_gets_it(editor: Editor) -> None:
    """The loop itself is busy; what was cancelled meanwhile does not begin."""
    first, second = (
        {"jsonrpc": "2.0", "id": f"block {it}", "method": "test/block", "params": {"seconds": it}}
        for it in (1.5, 20)
    )
    cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": second["id"]}}
    # In one write: a machine that stops for a moment between them would have the second begin.
    editor.server.send_bytes(encoded(first) + encoded(second) + encoded(cancel))
    assert editor.server.reply(second["id"], 10)["error"]["code"] == -32800
    assert editor.server.reply(first["id"])["result"] == "done"


@pytest.mark.parametrize("cancelled", [1, True])
def test_C02_the_greeting_cannot_be_cancelled(raw: ServerProcess, cancelled: object) -> None:
    """It is answered before the rest of the server is loaded, and everything depends on it."""
    hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO}
    cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": cancelled}}
    raw.send_bytes(encoded(hello) + encoded(cancel) + encoded(echo("after", 1)))
    assert raw.reply("after")["result"] == 1
    assert [it.get("id") for it in raw.received].count(1) == 1


def test_C01_what_is_done_in_one_go_is_answered_although_cancelled(editor: Editor) -> None:
    before = len(editor.server.received)
    number = editor.server.ask("test/block", {"seconds": 0.3})
    time.sleep(0.1)
    editor.server.cancel(number)
    editor.server.reply(number)
    editor.server.request("test/echo", 1)
    assert [it.get("id") for it in editor.server.received[before:]].count(number) == 1


def test_C03_ten_thousand_requests_and_cancels_leave_nothing_behind(editor: Editor) -> None:
    before = len(editor.server.received)
    numbers = range(2_000_000, 2_010_000)
    request = {"jsonrpc": "2.0", "method": "test/sleep", "params": {"seconds": 30}}
    cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest"}
    for first in range(numbers[0], numbers[-1], 100):
        mine = range(first, first + 100)
        editor.server.send_bytes(b"".join(encoded({**request, "id": it}) for it in mine))
        editor.server.send_bytes(b"".join(encoded({**cancel, "params": {"id": it}}) for it in mine))
    editor.server.request("test/echo", 1, seconds=30)
    answered = [it["id"] for it in editor.server.received[before:] if it.get("id") in numbers]
    assert sorted(answered) == list(numbers)
    editor.server.received.clear()


def test_C04_an_answer_that_comes_after_nobody_waits_for_it_is_harmless(editor: Editor) -> None:
    ordinary, late = editor.server.answer, []
    editor.server.answer = lambda it: late.append(it["id"]) or NotImplemented
    assert editor.server.request("test/ask", {"seconds": 0.2}) == "nothing"
    editor.server.answer = ordinary
    assert editor.server.notification("$/cancelRequest", id=late[0])
    for _ in range(2):
        editor.server.send({"jsonrpc": "2.0", "id": late[0], "result": 1})
    editor.server.send({"jsonrpc": "2.0", "id": late[0], "error": {"code": 1, "message": "late"}})
    assert editor.server.request("test/echo", 1) == 1


def test_C01_cancelling_what_is_not_there_changes_nothing(editor: Editor) -> None:
    done = editor.server.ask("test/echo", 1)
    editor.server.reply(done)
    editor.server.cancel(done)
    editor.server.cancel(10**6)
    editor.server.notify("$/cancelRequest", {})
    editor.server.notify("$/cancelRequest", None)
    assert editor.server.request("test/echo", 1) == 1
    assert [it.get("id") for it in editor.server.received].count(done) == 1


def test_C03_a_storm_of_cancelled_requests_is_answered_one_by_one(editor: Editor) -> None:
    """Each exactly once; and the next request is as quick as ever."""
    editor.open("a.py", "total = │\n")
    editor.server.request("test/hold")
    where = {**editor.place, "context": {"triggerKind": 2}}
    before = len(editor.server.received)
    numbers = []
    for _ in range(500):
        number = editor.server.ask("textDocument/inlineCompletion", where)
        editor.server.cancel(number)
        numbers.append(number)
    editor.server.reply(numbers[-1])
    editor.server.request("test/release")
    answered = [it["id"] for it in editor.server.received[before:] if it.get("id") in set(numbers)]
    assert sorted(answered) == numbers
    started = time.monotonic()
    editor.model_will_say("sum(prices)")
    assert editor.ghost_text() == "sum(prices)"
    assert time.monotonic() - started < 3


def test_T24_slow_actions_do_not_keep_the_server_from_reading(editor: Editor) -> None:
    busy = [editor.server.ask("test/busy", {"seconds": 1}) for _ in range(8)]
    started = time.monotonic()
    assert editor.server.request("test/echo", 1) == 1
    assert time.monotonic() - started < 0.5
    for number in busy:
        editor.server.reply(number)
