"""Kibitz as an editor meets it: `kibitz serve` over pipes, asked for inline completions."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from bench.typing_replay.answered import Answered
from bench.typing_replay.keystrokes import Keystroke, changed_range, position
from tests.lsp.editor import VS_CODE, private
from tests.lsp.raw_client import PYTHON, ServerProcess

ANSWER_S_MAX = 120.0


class Kibitz:
    name = "Kibitz"

    def __init__(self, root: Path, model: Path, *, threads: int, tokens: int) -> None:
        self._root, self._home = root, Path(tempfile.mkdtemp(prefix="kibitz-replay-"))
        self._settings = {
            "model": str(model), "threads": threads,
            "completion": {
                "maxTokens": tokens, "maxLines": 100, "deadlineMs": 60_000, "minConfidence": 0,
            },
        }  # fmt: skip
        self._start()

    def ask(self, keystroke: Keystroke) -> Answered | None:
        self._type(keystroke)
        if not keystroke.is_asked:
            return None
        line, column = position(keystroke.text, keystroke.offset)
        params = {
            "textDocument": {"uri": self._uri(keystroke.path)},
            "position": {"line": line, "character": column},
            "context": {"triggerKind": 2},
        }
        began = time.perf_counter()
        self._server.request("textDocument/inlineCompletion", params, ANSWER_S_MAX)
        total = 1000 * (time.perf_counter() - began)
        last = self._server.request("kibitz/lastRequest")
        tokens, times = last["tokens"], last["milliseconds"]
        return Answered(
            evaluated=tokens["evaluated"], prompt=tokens["prompt"], generated=tokens["generated"],
            first_ms=total - times["generation"], total_ms=total,
            overhead_ms=total - times["queue"] - times["prompt"] - times["generation"],
            wire_ms=total - times["total"], context_ms=times["context"], rest_ms=times["postprocess"],
        )  # fmt: skip

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Nothing of it runs: another is measured."""
        top = psutil.Process(self._server.process.pid)
        processes = [top, *top.children(recursive=True)]
        for it in processes:
            it.suspend()
        yield
        for it in processes:
            it.resume()

    @property
    def pid(self) -> int:
        """Of the language server."""
        return self._server.process.pid

    def restart(self) -> None:
        self._quit()
        self._start()

    def rest(self, seconds: float) -> None:
        """What it does while nobody asks."""
        time.sleep(seconds)

    def close(self) -> None:
        self._quit()
        shutil.rmtree(self._home, ignore_errors=True)

    def _start(self) -> None:
        self._texts: dict[str, str] = {}
        self._versions: dict[str, int] = {}
        self._server = ServerProcess([PYTHON, "-m", "lsp_server", "serve"], private(self._home))
        self._server.answer = lambda message: [] if message["method"] == "workspace/configuration" else None
        self._server.request(
            "initialize",
            {
                "processId": None, "rootUri": self._root.as_uri(), "capabilities": VS_CODE,
                "initializationOptions": {"kibitz": self._settings},
            },
            60,
        )  # fmt: skip
        self._server.notify("initialized", {})
        self._server.notification("kibitz/status", 120, state="ready")
        self._wait_until_read()

    def _wait_until_read(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for message in self._server.received + self._server.received_for(0.1):
                value = (message.get("params") or {}).get("value")
                if message.get("method") == "$/progress" and value.get("kind") == "end":
                    return

    def _quit(self) -> None:
        self._server.request("shutdown", None, 60)
        self._server.notify("exit", None)
        try:
            self._server.wait_for_end(30)
        finally:
            self._server.kill()
        time.sleep(1.0)  # the model's process saves what it knows and goes

    def _type(self, keystroke: Keystroke) -> None:
        path, text = keystroke.path, keystroke.text
        self._server.received.clear()
        if path not in self._texts:
            item = {"uri": self._uri(path), "languageId": "python", "version": 1, "text": text}
            self._server.notify("textDocument/didOpen", {"textDocument": item})
            self._versions[path] = 1
        elif text != self._texts[path]:
            before = self._texts[path]
            start, end, new = changed_range(before, text)
            self._versions[path] += 1
            change = {"range": {"start": _lsp(before, start), "end": _lsp(before, end)}, "text": new}
            identifier = {"uri": self._uri(path), "version": self._versions[path]}
            self._server.notify(
                "textDocument/didChange", {"textDocument": identifier, "contentChanges": [change]}
            )
        self._texts[path] = text

    def _uri(self, path: str) -> str:
        return (self._root / path).as_uri()


def _lsp(text: str, offset: int) -> dict[str, Any]:
    line, column = position(text, offset)
    return {"line": line, "character": column}
