"""pyright's language server, kept alive; what it says is asked for, file by file."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.explain_errors.checkers.copies import Copy
from bench.explain_errors.said import Said
from lsp_server.explanation.problem import Related

ERROR, WARNING = 1, 2  # severities; the others are grey text


class Pyright:
    def __init__(self, package: Path, root: Path) -> None:
        self._copy = Copy(root)  # also so that the sources do not count as somebody's site-packages
        self._root = self._copy.root.resolve()
        self._version = 0
        self._known: set[str] = set()
        self._process = subprocess.Popen(
            ["node", package / "langserver.index.js", "--stdio"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, cwd=self._root,
        )  # fmt: skip
        folder = {"uri": self._root.as_uri(), "name": "bench"}
        self._request(
            "initialize",
            {
                "processId": None, "rootUri": folder["uri"], "workspaceFolders": [folder],
                "capabilities": {
                    "workspace": {"configuration": True, "workspaceFolders": True},
                    "textDocument": {
                        "diagnostic": {"relatedDocumentSupport": False},
                        "publishDiagnostics": {"relatedInformation": True},
                    },
                },
            },
        )  # fmt: skip
        self._send({"method": "initialized", "params": {}})

    def ask(self, path: str, text: str) -> list[Said]:
        uri = (self._root / path).as_uri()
        self._version += 1
        if path not in self._known:
            self._known.add(path)
            item = {"uri": uri, "languageId": "python", "version": self._version, "text": text}
            self._send({"method": "textDocument/didOpen", "params": {"textDocument": item}})
        else:
            identifier = {"uri": uri, "version": self._version}
            changes = {"textDocument": identifier, "contentChanges": [{"text": text}]}
            self._send({"method": "textDocument/didChange", "params": changes})
        answer = self._request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        before = (self._root / path).read_text("utf-8")
        changes = {
            "textDocument": {"uri": uri, "version": self._version},
            "contentChanges": [{"text": before}],
        }
        self._send({"method": "textDocument/didChange", "params": changes})
        return [self._said(it) for it in answer["items"] if it["severity"] in (ERROR, WARNING)]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._copy.close()

    def _said(self, it: dict[str, Any]) -> Said:
        start, end = it["range"]["start"], it["range"]["end"]
        related = [
            Related(
                path=each["location"]["uri"].removeprefix(self._root.as_uri() + "/"),
                line=each["location"]["range"]["start"]["line"],
                message=each["message"],
            )
            for each in it.get("relatedInformation", [])
        ]
        return Said(
            start["line"] + 1, start["character"] + 1, it["message"], end["line"] + 1, end["character"] + 1,
            tuple(related),
        )  # fmt: skip

    def _request(self, method: str, params: dict[str, Any]) -> Any:
        self._version += 1
        number = self._version
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                return message["result"]
            if "id" in message and "method" in message:  # it asks for settings, or to register something
                self._send({"id": message["id"], "result": self._settings(message)})

    def _settings(self, message: dict[str, Any]) -> object:
        if message["method"] != "workspace/configuration":
            return None
        python = {"pythonPath": sys.executable, "analysis": {"diagnosticMode": "openFilesOnly"}}
        return [
            python if it.get("section") == "python" else python["analysis"] if "analysis" in str(it) else None
            for it in message["params"]["items"]
        ]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message
