"""A person at an editor: opens, types, asks; what the server answers comes back in a person's terms."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.lsp.raw_client import PYTHON, Message, ServerProcess

# What these editors say of themselves, as far as it matters to us.
VS_CODE: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "workspaceEdit": {"documentChanges": True},
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceFolders": True,
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "textDocument": {
        "completion": {"dynamicRegistration": True},
        "inlineCompletion": {"dynamicRegistration": True},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor"]}},
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
    },
}
NEOVIM: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-8", "utf-16", "utf-32"]},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "workspaceEdit": {"resourceOperations": ["rename", "create", "delete"]},
        "didChangeWatchedFiles": {"dynamicRegistration": False},
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "textDocument": {
        "completion": {"dynamicRegistration": False},
        "inlineCompletion": {"dynamicRegistration": False},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}},
    },
}
OLDER_EDITOR: dict[str, Any] = {
    "workspace": {"applyEdit": True},
    "textDocument": {"completion": {}, "codeAction": {}},
}
PLAIN: dict[str, Any] = {}

CURSOR = "│"


class Editor:
    """One window on *root*. `configured` is what it says when it is asked for its settings."""

    def __init__(
        self,
        server: ServerProcess,
        root: Path,
        abilities: Mapping[str, Any],
        settings: Mapping[str, Any] | None,
        *,
        shows_explanations: bool,
        process_id: int | None = None,
        folders: list[Message] | None = None,
    ) -> None:
        self.server = server
        self.root = root
        self.configured: object = None
        self.edits: list[Message] = []
        self.shown: list[Message] = []
        self.created: list[str] = []
        self.registered: list[str] = []
        server.answer = self._answer
        options: dict[str, Any] = {"kibitzClient": {"showsExplanations": shows_explanations}}
        if settings is not None:
            options["kibitz"] = settings
        self.capabilities = server.request(
            "initialize",
            {
                "processId": process_id,
                "rootUri": root.as_uri(),
                **({} if folders is None else {"workspaceFolders": folders}),
                "locale": "en-gb",
                "capabilities": abilities,
                "initializationOptions": options,
            },
        )["capabilities"]
        server.notify("initialized", {})
        self._texts: dict[str, list[str]] = {}
        self._versions: dict[str, int] = {}
        self.file = ""
        self.cursor = (0, 0)

    # Typing

    def open(self, file: str, text: str) -> None:
        """Open *file*, which need not exist, with *text*; the cursor is at │."""
        self.file = file
        before, _, after = text.partition(CURSOR)
        self._texts[file] = (before + after).split("\n")
        self._versions[file] = 1
        self.cursor = (before.count("\n"), len(before.rpartition("\n")[2]))
        item = {"uri": self.uri, "languageId": "python", "version": 1, "text": before + after}
        self.server.notify("textDocument/didOpen", {"textDocument": item})

    def type(self, text: str) -> None:
        line, column = self.cursor
        here = {"line": line, "character": column}
        self._versions[self.file] += 1
        self.server.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self.uri, "version": self._versions[self.file]},
                "contentChanges": [{"range": {"start": here, "end": here}, "text": text}],
            },
        )
        lines = self._texts[self.file]
        new = (lines[line][:column] + text + lines[line][column:]).split("\n")
        lines[line : line + 1] = new
        added = text.split("\n")
        self.cursor = (line + len(added) - 1, len(added[-1]) + (column if len(added) == 1 else 0))

    def close(self, file: str) -> None:
        del self._texts[file]
        self.server.notify("textDocument/didClose", {"textDocument": {"uri": self.uri_of(file)}})

    def close_all(self) -> None:
        for file in list(self._texts):
            self.close(file)

    @property
    def uri(self) -> str:
        return self.uri_of(self.file)

    def uri_of(self, file: str) -> str:
        return file if ":" in file else (self.root / file).as_uri()

    @property
    def text(self) -> str:
        return "\n".join(self._texts[self.file])

    @property
    def place(self) -> dict[str, Any]:
        return {
            "textDocument": {"uri": self.uri},
            "position": {"line": self.cursor[0], "character": self.cursor[1]},
        }

    # Asking

    def ask_for_ghost_text(self, *, trigger: int = 2, **context: object) -> int:
        return self.server.ask(
            "textDocument/inlineCompletion", {**self.place, "context": {"triggerKind": trigger, **context}}
        )

    def suggestions(self, *, trigger: int = 2, seconds: float = 10, **context: object) -> list[Message]:
        reply = self.server.reply(self.ask_for_ghost_text(trigger=trigger, **context), seconds)
        assert "result" in reply, reply
        items: list[Message] = reply["result"]["items"]
        return items

    def ghost_text(self, *, seconds: float = 10) -> str:
        """What is shown in grey, "" for nothing."""
        items = self.suggestions(seconds=seconds)
        return str(items[0]["insertText"]) if items else ""

    def menu(self) -> list[Message]:
        params = {**self.place, "context": {"triggerKind": 1}}
        items: list[Message] = self.server.request("textDocument/completion", params)["items"]
        return items

    def actions(
        self, *problems: Message, only: list[str] | None = None, where: Message | None = None
    ) -> list[Message]:
        """At the cursor, or for the selection *where*."""
        line, column = self.cursor
        here = {"line": line, "character": column}
        context: Message = {"diagnostics": list(problems)}
        if only is not None:
            context["only"] = only
        found: list[Message] = self.server.request(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": self.uri},
                "range": where or {"start": here, "end": here},
                "context": context,
            },
        )
        return found

    def run(self, command: Mapping[str, Any], seconds: float = 10) -> Any:
        return self.server.request(
            "workspace/executeCommand",
            {"command": command["command"], "arguments": command.get("arguments", [])},
            seconds,
        )

    def context(self) -> str:
        """What is shown of other files at the cursor, as Markdown."""
        argument = {"uri": self.uri, "position": self.place["position"]}
        answer = self.run({"command": "kibitz.showContext", "arguments": [argument]})
        return str(answer["markdown"])

    def wait_until_context_has(self, text: str, seconds: float = 10) -> None:
        """The repository is read in the background."""
        deadline = time.monotonic() + seconds
        while text not in self.context():
            assert time.monotonic() < deadline, f"{text!r} is not known within {seconds} s:\n{self.context()}"
            time.sleep(0.05)

    def model_will_say(self, *answers: str) -> None:
        self.server.request("test/say", {"answers": answers})

    def last_prompt(self) -> str:
        return str(self.server.request("test/prompts")[-1])

    def wait_for_status(self, state: str, seconds: float = 20) -> Message:
        found: Message = self.server.notification("kibitz/status", seconds, state=state)
        return found

    def quit(self) -> int:
        self.server.request("shutdown")
        self.server.notify("exit", None)
        return self.server.wait_for_end()

    def _answer(self, message: Message) -> object:
        method, params = message["method"], message.get("params")
        if method == "workspace/configuration":
            return [self.configured for _ in params["items"]]
        if method == "workspace/applyEdit":
            self.edits.append(params["edit"])
            return {"applied": True}
        if method == "window/showDocument":
            self.shown.append(params)
            return {"success": True}
        if method == "window/workDoneProgress/create":
            self.created.append(params["token"])
            return None
        if method == "client/registerCapability":
            self.registered += [it["method"] for it in params["registrations"]]
            return None
        raise KeyError(method)


def scripted_server(home: Path) -> ServerProcess:
    return ServerProcess([PYTHON, "-m", "tests.lsp.scripted_server", str(home / "index")], private(home))


def real_server(home: Path) -> ServerProcess:
    return ServerProcess([PYTHON, "-m", "lsp_server", "serve"], private(home))


def private(home: Path) -> dict[str, str]:
    """Folders of its own, so that no test meets what a person or another test left."""
    names = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    folders = {name: os.fspath(home / name.lower()) for name in names}
    return folders | {"XDG_RUNTIME_DIR": os.fspath(runtime_folder(home))}


def runtime_folder(home: Path) -> Path:
    """Sockets lie there, whose names may not be long; the same for the same *home*."""
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"kibitz-test-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
