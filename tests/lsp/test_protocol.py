"""The wire: whatever comes in, each request gets exactly one answer, and nothing else is ever written."""

import json
import time
from contextlib import suppress

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import PLAIN, Editor
from tests.lsp.raw_client import ServerProcess

HELLO = {"processId": None, "rootUri": None, "capabilities": {}}


def greet(server: ServerProcess) -> None:
    server.request("initialize", HELLO)
    server.notify("initialized", {})


def encoded(message: object) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def echo(number: object, params: object = None) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": number, "method": "test/echo", "params": params}


class TestFrames:
    def test_T01_a_message_may_arrive_byte_by_byte(self, editor: Editor) -> None:
        for byte in encoded(echo("slow", 1)):
            editor.server.send_bytes(bytes([byte]))
        assert editor.server.reply("slow")["result"] == 1

    def test_T01_several_messages_may_arrive_at_once(self, editor: Editor) -> None:
        editor.server.send_bytes(b"".join(encoded(echo(f"burst{it}", it)) for it in range(20)))
        for number in range(20):
            assert editor.server.reply(f"burst{number}")["result"] == number

    @pytest.mark.parametrize(
        "header",
        [
            b"content-length: %d\r\n\r\n",
            b"CONTENT-LENGTH:%d\r\n\r\n",
            b"Content-Length:    %d   \r\n\r\n",
            b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n\r\n",
            b"Content-Length: %d\r\nX-Other: 1\r\n\r\n",
            b"Content-Length: %d\n\n",
        ],
    )
    def test_T02_headers_are_read_as_editors_write_them(self, editor: Editor, header: bytes) -> None:
        body = json.dumps(echo(repr(header), "ü")).encode()
        editor.server.send_bytes(header % len(body) + body)
        assert editor.server.reply(repr(header))["result"] == "ü"

    def test_T03_an_absurd_length_costs_one_error_and_nothing_more(self, editor: Editor) -> None:
        before = len(editor.server.received)
        editor.server.send_bytes(b"Content-Length: 99999999999999\r\n\r\n" + encoded(echo("after absurd", 1)))
        assert editor.server.reply("after absurd")["result"] == 1
        new = editor.server.received[before:]
        assert [it["error"]["code"] for it in new if "error" in it] == [-32700]

    def test_T04_a_stream_without_headers_is_left(self, raw: ServerProcess) -> None:
        greet(raw)
        with suppress(BrokenPipeError):
            raw.send_bytes(b"x" * 50_000_000)
        assert raw.wait_for_end(5) == 1

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"{nonsense", -32700),
            (b"[" * 100_000, -32700),
            (b"[]", -32600),
            (b"7", -32600),
            (b"\xff", -32700),
        ],
    )
    def test_T05_what_is_no_message_is_answered_and_forgotten(
        self, editor: Editor, body: bytes, code: int
    ) -> None:
        before = len(editor.server.received)
        editor.server.send_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        editor.server.request("test/echo", 1)
        new = editor.server.received[before:]
        assert [(it["id"], it["error"]["code"]) for it in new if "error" in it] == [(None, code)]


class TestRequests:
    @pytest.mark.parametrize(
        ("method", "params"),
        [
            ("textDocument/inlineCompletion", {}),
            ("textDocument/inlineCompletion", None),
            ("textDocument/inlineCompletion", []),
            (
                "textDocument/inlineCompletion",
                {
                    "textDocument": {"uri": "file:///a"},
                    "position": {"line": 0, "character": 0},
                    "context": {"triggerKind": 0},
                },
            ),
            (
                "textDocument/inlineCompletion",
                {
                    "textDocument": {"uri": "file:///a"},
                    "position": {"line": -1, "character": 0},
                    "context": {"triggerKind": 1},
                },
            ),
            ("workspace/executeCommand", {"command": "kibitz.unknown"}),
            ("workspace/executeCommand", {"command": "kibitz.explainError", "arguments": [1]}),
            ("workspace/executeCommand", {"command": "kibitz.explainError", "arguments": []}),
        ],
    )
    def test_T06_wrong_parameters_are_said_to_be_wrong(self, editor: Editor, method: str, params: object) -> None:
        assert editor.server.error(method, params)["code"] == -32602
        assert not any(it.get("method") == "window/showMessage" for it in editor.server.received)

    def test_T07_parameters_may_be_missing_where_none_are_needed(self, editor: Editor) -> None:
        editor.server.send({"jsonrpc": "2.0", "id": "bare", "method": "kibitz/lastRequest"})
        assert "result" in editor.server.reply("bare")

    def test_T08_data_that_looks_like_a_message_is_data(self, editor: Editor) -> None:
        inner = {"jsonrpc": "2.0", "method": "exit", "id": 1, "params": {"type_name": "x"}}
        assert editor.server.request("test/echo", inner) == inner

    def test_T18_an_unknown_request_is_refused_and_an_unknown_notification_ignored(self, editor: Editor) -> None:
        assert editor.server.error("x/unknown")["code"] == -32601
        assert editor.server.error("$/unknown")["code"] == -32601
        editor.server.notify("x/unknown", {})
        editor.server.notify("$/unknown", [])
        assert editor.server.request("test/echo", 1) == 1

    def test_T07_a_request_of_ours_without_parameters_is_handled(self, editor: Editor) -> None:
        editor.server.send({"jsonrpc": "2.0", "id": "bare echo", "method": "test/echo"})
        assert editor.server.reply("bare echo")["result"] is None

    def test_T09_what_cannot_be_written_down_is_an_error_and_not_silence(self, editor: Editor) -> None:
        assert editor.server.error("test/strange")["code"] == -32603

    @pytest.mark.parametrize("method", ["test/giveUp", "test/giveUpLater"])
    def test_T20_a_handler_that_gives_up_is_answered_for(self, editor: Editor, method: str) -> None:
        assert editor.server.error(method)["code"] == -32800
        assert editor.server.request("test/echo", 1) == 1

    @pytest.mark.parametrize("method", ["test/exit", "test/exitLater"])
    def test_T21_a_handler_cannot_end_the_server(self, editor: Editor, method: str) -> None:
        assert editor.server.error(method)["code"] == -32603
        editor.server.notify(method, None)
        assert editor.server.request("test/echo", 1) == 1

    @pytest.mark.parametrize("method", ["test/crash", "test/exit", "test/strange"])
    def test_T20_a_bug_costs_one_answer_and_tells_nothing_of_this_machine(
        self, editor: Editor, method: str
    ) -> None:
        error = editor.server.error(method)
        assert error["code"] == -32603
        assert "data" not in error
        assert "/" not in error["message"]
        assert "Traceback" not in error["message"]
        assert not any(it.get("method") == "window/showMessage" for it in editor.server.received)

    @pytest.mark.parametrize("number", [2**60, "a string", 0, "", -1])
    def test_T19_ids_come_back_as_they_were(self, editor: Editor, number: object) -> None:
        editor.server.send(echo(number, "here"))
        assert editor.server.reply(number)["result"] == "here"
        editor.server.received.clear()

    def test_T19_an_id_that_is_in_use_is_refused(self, editor: Editor) -> None:
        busy = {"jsonrpc": "2.0", "id": "twice", "method": "test/busy", "params": {"seconds": 0.3}}
        before = len(editor.server.received)
        editor.server.send(busy)
        editor.server.send(busy)
        editor.server.received_for(0.8)
        mine = [it for it in editor.server.received[before:] if it.get("id") == "twice"]
        assert [it.get("error", {}).get("code") for it in mine] == [-32600, None]

    def test_T22_printing_never_gets_into_the_stream(self, editor: Editor) -> None:
        editor.server.request("test/print")
        assert editor.server.request("test/echo", 1) == 1
        assert editor.server.stray == b""
        for noise in ("noise on standard output", "noise from below", "noise of a child"):
            assert noise in editor.server.log()


class TestOrder:
    def test_T11_nothing_is_answered_before_the_greeting(self, raw: ServerProcess) -> None:
        raw.notify("textDocument/didOpen", {})
        assert raw.error("test/echo")["code"] == -32002
        greet(raw)
        assert raw.request("test/echo", 1) == 1

    def test_T12_one_greeting_is_enough(self, editor: Editor) -> None:
        assert editor.server.error("initialize", HELLO)["code"] == -32600

    def test_T13_after_shutdown_only_exit_is_heard(self, raw: ServerProcess) -> None:
        greet(raw)
        raw.request("shutdown")
        assert raw.error("test/echo")["code"] == -32600
        raw.notify("exit", None)
        assert raw.wait_for_end(3) == 0

    def test_I11_an_edit_after_a_request_does_not_move_its_cursor(self, editor: Editor) -> None:
        """Both in one write: the request is for the text before the edit."""
        editor.open("a.py", "total = │\n")
        editor.model_will_say("sum(prices)")
        where = {**editor.place, "context": {"triggerKind": 2}}
        request = {
            "jsonrpc": "2.0",
            "id": "ordered",
            "method": "textDocument/inlineCompletion",
            "params": where,
        }
        change = {
            "jsonrpc": "2.0",
            "method": "textDocument/didChange",
            "params": {"textDocument": {"uri": editor.uri, "version": 2}, "contentChanges": [{"text": ""}]},
        }
        editor.server.send_bytes(encoded(request) + encoded(change))
        assert editor.server.reply("ordered")["result"] == {"items": []}
        assert editor.server.request("test/text", {"uri": editor.uri}) == ""

    def test_T10_an_editor_of_the_future_is_greeted_too(self, raw: ServerProcess) -> None:
        """Values that an enumeration does not have yet, and fields of other kinds than we know."""
        capabilities = {
            "general": {"positionEncodings": [None, "utf-7", "utf-16"]},
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["asciidoc"]}},
                "documentSymbol": {
                    "tagSupport": {"valueSet": [1, 2]},
                    "symbolKind": {"valueSet": [1, 99]},
                },
                "inlineCompletion": {"newField": 1},
                "semanticTokens": {"formats": ["absolute"], "tokenTypes": 3},
            },
            "window": "x",
            "workspace": {"workspaceEdit": {"failureHandling": "compact"}},
        }
        hello = {**HELLO, "capabilities": capabilities, "trace": "compact", "newField": [1]}
        answer = raw.request("initialize", hello)
        assert answer["serverInfo"]["name"] == "kibitz"
        assert "inlineCompletionProvider" in answer["capabilities"]


class TestCancelling:
    def test_C02_a_request_that_is_cancelled_in_the_same_breath_never_starts(self, editor: Editor) -> None:
        editor.open("a.py", "total = │\n")
        before = len(editor.server.request("test/prompts"))
        where = {**editor.place, "context": {"triggerKind": 2}}
        number = "cancelled at once"
        request = {"jsonrpc": "2.0", "id": number, "method": "textDocument/inlineCompletion", "params": where}
        cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}}
        editor.server.send_bytes(encoded(request) + encoded(cancel))
        assert editor.server.reply(number)["error"]["code"] == -32800
        assert len(editor.server.request("test/prompts")) == before

    def test_C01_a_request_that_waits_in_a_thread_or_on_the_loop_is_freed(self, editor: Editor) -> None:
        for method in ("test/busy", "test/sleep"):
            number = editor.server.ask(method, {"seconds": 3})
            editor.server.request("test/echo", 1)
            started = time.monotonic()
            editor.server.cancel(number)
            assert editor.server.reply(number)["error"]["code"] == -32800
            assert time.monotonic() - started < 1

    def test_C01_a_request_that_waits_for_its_turn_never_gets_it(self, editor: Editor) -> None:
        """The loop itself is busy; what was cancelled meanwhile does not begin."""
        first = editor.server.ask("test/block", {"seconds": 0.5})
        second = editor.server.ask("test/block", {"seconds": 5})
        editor.server.cancel(second)
        assert editor.server.reply(second, 3)["error"]["code"] == -32800
        assert editor.server.reply(first)["result"] == "done"

    @pytest.mark.parametrize("cancelled", [1, True])
    def test_C02_the_greeting_cannot_be_cancelled(self, raw: ServerProcess, cancelled: object) -> None:
        """It is answered before the rest of the server is loaded, and everything depends on it."""
        hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO}
        cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": cancelled}}
        raw.send_bytes(encoded(hello) + encoded(cancel) + encoded(echo("after", 1)))
        assert raw.reply("after")["result"] == 1
        assert [it.get("id") for it in raw.received].count(1) == 1

    def test_C01_what_is_done_in_one_go_is_answered_although_cancelled(self, editor: Editor) -> None:
        before = len(editor.server.received)
        number = editor.server.ask("test/block", {"seconds": 0.3})
        time.sleep(0.1)
        editor.server.cancel(number)
        editor.server.reply(number)
        editor.server.request("test/echo", 1)
        assert [it.get("id") for it in editor.server.received[before:]].count(number) == 1

    def test_C03_ten_thousand_requests_and_cancels_leave_nothing_behind(self, editor: Editor) -> None:
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

    def test_C04_an_answer_that_comes_after_nobody_waits_for_it_is_harmless(self, editor: Editor) -> None:
        ordinary, late = editor.server.answer, []
        editor.server.answer = lambda it: late.append(it["id"]) or NotImplemented
        assert editor.server.request("test/ask", {"seconds": 0.2}) == "nothing"
        editor.server.answer = ordinary
        assert editor.server.notification("$/cancelRequest", id=late[0])
        for _ in range(2):
            editor.server.send({"jsonrpc": "2.0", "id": late[0], "result": 1})
        editor.server.send({"jsonrpc": "2.0", "id": late[0], "error": {"code": 1, "message": "late"}})
        assert editor.server.request("test/echo", 1) == 1

    def test_C01_cancelling_what_is_not_there_changes_nothing(self, editor: Editor) -> None:
        done = editor.server.ask("test/echo", 1)
        editor.server.reply(done)
        editor.server.cancel(done)
        editor.server.cancel(10**6)
        editor.server.notify("$/cancelRequest", {})
        editor.server.notify("$/cancelRequest", None)
        assert editor.server.request("test/echo", 1) == 1
        assert [it.get("id") for it in editor.server.received].count(done) == 1

    def test_C03_a_storm_of_cancelled_requests_is_answered_one_by_one(self, editor: Editor) -> None:
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

    def test_T24_slow_actions_do_not_keep_the_server_from_reading(self, editor: Editor) -> None:
        busy = [editor.server.ask("test/busy", {"seconds": 1}) for _ in range(8)]
        started = time.monotonic()
        assert editor.server.request("test/echo", 1) == 1
        assert time.monotonic() - started < 0.5
        for number in busy:
            editor.server.reply(number)


def test_T23_an_editor_that_does_not_read_is_still_heard(start: Start) -> None:
    """Its answers wait; its edits do not."""
    editor = start(PLAIN)
    big = "x" * 200_000
    editor.server.pause()
    for _ in range(40):
        editor.server.ask("test/echo", big)
    editor.open("a.py", "│")
    editor.server.notify("exit", None)
    assert editor.server.wait_for_end(5) == 1
