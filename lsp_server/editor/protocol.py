"""Requests and replies: each request is answered exactly once, whatever its handler does.

On top of pygls, whose registry of features and whose messages we use; reading, dispatching, cancelling
and writing are here. Handlers run on the event loop in the order of their messages: the next message
waits until a handler comes to its first `await`.
"""

import asyncio
import json
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from enum import Enum
from inspect import isawaitable
from typing import Any, NamedTuple

from cattrs import Converter
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcMethodNotFound
from pygls.protocol import LanguageServerProtocol

from lsp_server.cancellation import Cancelled
from lsp_server.editor.frames import BadFrame, FrameWriter, frame
from lsp_server.editor.wording import in_words
from lsp_server.errors import KibitzError

_log = logging.getLogger(__name__)

PARSE_ERROR, INVALID_REQUEST, NOT_INITIALIZED = -32700, -32600, -32002
INTERNAL_ERROR, INVALID_PARAMS = -32603, -32602
CANCELLED, FAILED = -32800, -32803
LIVE_MAX = 10_000  # requests that wait at once; nobody has so many, and each costs memory

# Read as they came: clients newer than our types must be understood as well.
_RAW = {
    lsp.INITIALIZE,
    lsp.INITIALIZED,
    lsp.SET_TRACE,
    lsp.WORKSPACE_DID_CHANGE_CONFIGURATION,
    lsp.TEXT_DOCUMENT_DID_OPEN,
    lsp.TEXT_DOCUMENT_DID_CHANGE,
    lsp.TEXT_DOCUMENT_DID_CLOSE,
    lsp.TEXT_DOCUMENT_DID_SAVE,
    lsp.NOTEBOOK_DOCUMENT_DID_OPEN,
    lsp.NOTEBOOK_DOCUMENT_DID_CHANGE,
    lsp.NOTEBOOK_DOCUMENT_DID_CLOSE,
    lsp.TEXT_DOCUMENT_CODE_ACTION,
}


class Refused(NamedTuple):
    """In place of a message that is none."""

    code: int
    why: str


class KibitzProtocol(LanguageServerProtocol):
    """Give it `receive` for each message as it is read; it writes to `frames`."""

    def __init__(self, server: Any, converter: Converter) -> None:
        super().__init__(server, converter)
        self.frames: FrameWriter | None = None
        self.state: str = "new"  # → "initialized" → "shut down"
        self._inbox: deque[tuple[int, Refused | Mapping[str, Any]]] = deque()
        self._cancelled_ahead: Counter[object] = Counter()
        self._has_mail = asyncio.Event()
        self._live: dict[object, asyncio.Task[None]] = {}
        self._sent = 0
        self.greeted: object = None  # the id of an `initialize` that is answered already
        self.on_exit: Callable[[int], None] = lambda code: None
        self.on_handled: Callable[[int], None] = lambda size: None  # bytes of a message that is dealt with

    def _register_builtin_features(self) -> None:
        """None: pygls keeps texts, settings and lifecycle in its own way; ours are features."""

    # In

    def receive(self, message: bytes | BadFrame) -> None:
        """Take one message; call it on the event loop."""
        read = _read(message)
        if isinstance(read, dict) and read.get("method") == lsp.CANCEL_REQUEST:
            self._cancelled_ahead[_cancelled_id(read)] += 1
        self._inbox.append((size_of(message), read))
        self._has_mail.set()

    async def dispatch(self) -> None:
        """Handle messages for ever."""
        while True:
            while self._inbox:
                size, message = self._inbox.popleft()
                if isinstance(message, Refused):
                    self._reply_error(None, message.code, message.why)
                elif "method" not in message:
                    self._handle_reply(message)
                elif "id" in message:
                    await self._begin_request(message)
                else:
                    self._take_notification(message)
                self.on_handled(size)
            self._has_mail.clear()
            await self._has_mail.wait()

    # Requests

    async def _begin_request(self, message: Mapping[str, Any]) -> None:
        number, method = message["id"], message["method"]
        if not isinstance(number, int | str) or isinstance(number, bool) or not isinstance(method, str):
            self._reply_error(None, INVALID_REQUEST, "a request has an id and the name of a method")
        elif number in self._live:
            self._reply_error(number, INVALID_REQUEST, "a request with this id is running")
        elif self._cancelled_ahead[number] > 0 and method != lsp.INITIALIZE:  # that one is answered already
            self._reply_error(number, CANCELLED, "cancelled")
        elif self.state == "new" and method != lsp.INITIALIZE:
            self._reply_error(number, NOT_INITIALIZED, "the first request is initialize")
        elif self.state == "shut down" or (method == lsp.INITIALIZE and self.state != "new"):
            self._reply_error(number, INVALID_REQUEST, f"{method[:100]} comes too late")
        elif len(self._live) >= LIVE_MAX:
            self._reply_error(number, FAILED, "too many requests wait already")
        else:
            if method == lsp.INITIALIZE:
                self.state = "initialized"
            task = asyncio.get_running_loop().create_task(self._answer(number, method, message.get("params")))
            self._live[number] = task
            await asyncio.sleep(0)  # it runs up to its first await before the next message is looked at

    async def _answer(self, number: int | str, method: str, params: object) -> None:
        try:
            handler = self._get_handler(method)
            result = handler(self._structured(method, params))
            if isawaitable(result):
                result = await result
            body = self._encoded({"jsonrpc": "2.0", "id": number, "result": result})
        except (asyncio.CancelledError, Cancelled):
            body = self._error(number, CANCELLED, "cancelled")
        except KibitzError as error:
            body = self._error(number, FAILED, in_words(error))
        except JsonRpcMethodNotFound:
            body = self._error(number, JsonRpcMethodNotFound.CODE, f"no method {method[:100]}")
        except JsonRpcException as error:
            body = self._error(number, error.code, error.message)
        except (Exception, SystemExit):  # noqa: BLE001 - a bug costs one answer, never the session
            _log.exception("%s failed", method)
            body = self._error(number, INTERNAL_ERROR, "an internal error; the log of the server has it")
        self._live.pop(number, None)
        if method != lsp.INITIALIZE or number != self.greeted:
            self._write(body)

    def _take_cancel(self, message: Mapping[str, Any]) -> None:
        number = _cancelled_id(message)
        self._cancelled_ahead[number] -= 1
        if self._cancelled_ahead[number] <= 0:
            del self._cancelled_ahead[number]
        task = self._live.get(number)
        if task is not None:
            task.cancel()

    # Notifications

    def _take_notification(self, message: Mapping[str, Any]) -> None:
        method = message["method"]
        if method == lsp.CANCEL_REQUEST:
            self._take_cancel(message)
            return
        if method == lsp.EXIT:
            self.on_exit(0 if self.state == "shut down" else 1)
            return
        if self.state != "initialized" or not isinstance(method, str) or method not in self.fm.features:
            return
        try:
            result = self.fm.features[method](self._structured(method, message.get("params")))
            if isawaitable(result):
                task = asyncio.get_running_loop().create_task(self._finished(method, result))
                self._live[task] = task
                task.add_done_callback(lambda done: self._live.pop(done, None))
        except JsonRpcInvalidParams as error:
            _log.warning("ignored %s: %s", method, error.message)
        except (Exception, SystemExit):  # noqa: BLE001 - as above
            _log.exception("%s failed", method)

    async def _finished(self, method: str, result: Awaitable[object]) -> None:
        try:
            await result
        except (Exception, SystemExit):  # noqa: BLE001 - as above
            _log.exception("%s failed", method)

    def cancel_all(self) -> None:
        """As if the editor had cancelled everything but what runs right now."""
        here = asyncio.current_task()
        for task in list(self._live.values()):
            if task is not here:
                task.cancel()

    # Replies to requests of ours

    def _handle_reply(self, message: Mapping[str, Any]) -> None:
        number = message.get("id")
        future = self._request_futures.pop(number, None) if isinstance(number, int | str) else None
        if future is None or not future.set_running_or_notify_cancel():
            return
        error = message.get("error")
        if isinstance(error, Mapping):
            code, words = error.get("code"), str(error.get("message", ""))
            future.set_exception(JsonRpcException(words, code if isinstance(code, int) else INTERNAL_ERROR))
        else:
            future.set_result(message.get("result"))

    def send_request(
        self,
        method: str,
        params: Any | None = None,
        callback: Callable[[Any], None] | None = None,
        msg_id: int | str | None = None,
    ) -> "Future[Any]":
        """As in pygls, but what comes back is plain data."""
        self._sent += 1
        number = f"kibitz-{self._sent}" if msg_id is None else msg_id
        future: Future[Any] = Future()
        if callback is not None:
            future.add_done_callback(lambda done: callback(done.result()))
        self._request_futures[number] = future
        self._write(self._encoded({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        return future

    async def ask(self, method: str, params: object) -> Any:
        """The editor's answer as plain data. Raises JsonRpcException.

        Cancelling takes the question back.
        """
        future = self.send_request(method, params)
        number = f"kibitz-{self._sent}"
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if self._request_futures.pop(number, None) is not None:
                self.notify(lsp.CANCEL_REQUEST, lsp.CancelParams(id=number))
            raise

    def notify(self, method: str, params: Any | None = None) -> None:
        self._write(self._encoded({"jsonrpc": "2.0", "method": method, "params": params}))

    # Out

    def _structured(self, method: str, params: object) -> Any:
        """*params* as lsprotocol has them; as they are for what it does not know. Raises invalid params."""
        types = lsp.METHOD_TO_TYPES.get(method)
        kind: Any = None if method in _RAW or types is None else types[2]
        if kind is None:
            return params
        try:
            return self._converter.structure(params, kind)
        except Exception as error:
            raise JsonRpcInvalidParams(f"wrong parameters for {method}") from error

    def _encoded(self, message: Mapping[str, Any]) -> bytes:
        return json.dumps(message, default=self._plain, ensure_ascii=True, separators=(",", ":")).encode()

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Enum):
            return value.value
        if hasattr(value, "__attrs_attrs__"):
            return self._converter.unstructure(value)
        raise TypeError(f"{type(value).__name__} cannot be sent")

    def _error(self, number: object, code: int, message: str) -> bytes:
        return self._encoded({"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": message}})

    def _reply_error(self, number: object, code: int, message: str) -> None:
        self._write(self._error(number, code, message))

    def _write(self, body: bytes) -> None:
        if self.frames is not None:
            self.frames.write(frame(body))


def size_of(message: bytes | BadFrame) -> int:
    return len(message) if isinstance(message, bytes) else 0


def _read(message: bytes | BadFrame) -> Refused | dict[str, Any]:
    unreadable = Refused(PARSE_ERROR, "not JSON, or too long")
    if isinstance(message, BadFrame):
        return unreadable
    try:
        read = json.loads(message, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return unreadable
    return read if isinstance(read, dict) else Refused(INVALID_REQUEST, "a message is one object")


def _no_number(name: str) -> None:
    """Python reads NaN, and would write it back; no other JSON has it."""
    raise ValueError(name)


def _cancelled_id(message: Mapping[str, Any]) -> object:
    params = message.get("params")
    number = params.get("id") if isinstance(params, Mapping) else None
    return number if isinstance(number, int | str) and not isinstance(number, bool) else None
