"""The wire: whatever comes in, each request gets exactly one answer, and nothing else is ever written."""

import json
import threading
from contextlib import suppress

import psutil
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
    def test_T06_wrong_parameters_are_said_to_be_wrong(
        self, editor: Editor, method: str, params: object
    ) -> None:
        assert editor.server.error(method, params)["code"] == -32602
        assert not any(it.get("method") == "window/showMessage" for it in editor.server.received)

    def test_T07_parameters_may_be_missing_where_none_are_needed(self, editor: Editor) -> None:
        editor.server.send({"jsonrpc": "2.0", "id": "bare", "method": "kibitz/lastRequest"})
        assert "result" in editor.server.reply("bare")

    def test_T08_data_that_looks_like_a_message_is_data(self, editor: Editor) -> None:
        inner = {"jsonrpc": "2.0", "method": "exit", "id": 1, "params": {"type_name": "x"}}
        assert editor.server.request("test/echo", inner) == inner

    def test_T18_an_unknown_request_is_refused_and_an_unknown_notification_ignored(
        self, editor: Editor
    ) -> None:
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
        item = {"uri": "untitled:early", "languageId": "python", "version": 1, "text": "early"}
        raw.notify("textDocument/didOpen", {"textDocument": item})
        assert raw.error("test/echo")["code"] == -32002
        greet(raw)
        assert raw.request("test/text", {"uri": item["uri"]}) is None
        raw.notify("textDocument/didOpen", {"textDocument": item})
        assert raw.request("test/text", {"uri": item["uri"]}) == "early"

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


def test_T23_more_messages_than_memory_make_the_editor_wait(raw: ServerProcess) -> None:
    """The server is busy and does not look; what it has read and not dealt with stays bounded."""
    greet(raw)
    raw.request("test/echo", 1)
    process = psutil.Process(raw.process.pid)
    before = process.memory_info().rss
    blocked = raw.ask("test/block", {"seconds": 4})
    message = encoded({"jsonrpc": "2.0", "method": "test/unknown", "params": "x" * 1_000_000})

    def flood() -> None:
        for _ in range(600):
            raw.send_bytes(message)

    sender = threading.Thread(target=flood, daemon=True)
    sender.start()
    most = 0
    while not any(it.get("id") == blocked for it in raw.received):
        raw.received_for(0.1)
        most = max(most, process.memory_info().rss - before)
    assert most < 250 << 20
    sender.join(60)
    assert raw.request("test/echo", 1) == 1


def test_T23_more_requests_than_anybody_has_are_refused(raw: ServerProcess) -> None:
    greet(raw)
    request = {"jsonrpc": "2.0", "method": "test/sleep", "params": {"seconds": 60}}
    numbers = range(100_000, 110_050)
    for first in range(numbers[0], numbers[-1], 50):
        raw.send_bytes(b"".join(encoded({**request, "id": it}) for it in range(first, first + 50)))
    assert raw.reply(numbers[-1])["error"]["code"] == -32803
    raw.cancel(numbers[0])
    assert raw.reply(numbers[0])["error"]["code"] == -32800
    assert raw.request("test/echo", 1) == 1
