"""What an editor is offered, by what it said of itself; plain data, for which nothing needs to be loaded."""

from typing import Any

from lsp_server import __version__
from lsp_server.editor.client import Client

EXPLAIN_ERROR = "kibitz.explainError"
EXPLAIN_CODE = "kibitz.explainCode"
EXPLAIN_OUTPUT = "kibitz.explainOutput"
ASK = "kibitz.ask"
WRITE_DOCSTRING = "kibitz.writeDocstring"
DOCUMENT_FILE = "kibitz.documentFile"
SHOW_CONTEXT = "kibitz.showContext"
RESTART_MODEL = "kibitz.restartModel"

QUICK_FIX, REWRITE, EXPLAIN = "quickfix", "refactor.rewrite", "kibitz.explain"
_INCREMENTAL = 2


def greeting(client: Client) -> dict[str, Any]:
    """The result of `initialize`."""
    return {
        "capabilities": capabilities(client),
        "serverInfo": {"name": "kibitz", "version": __version__},
    }


def capabilities(client: Client) -> dict[str, Any]:
    offered: dict[str, Any] = {
        "positionEncoding": client.encoding,
        "textDocumentSync": {"openClose": True, "change": _INCREMENTAL, "save": {"includeText": False}},
        "codeActionProvider": {
            "codeActionKinds": [QUICK_FIX, REWRITE, EXPLAIN],
            "resolveProvider": client.resolves_edits,
        },
        "executeCommandProvider": {
            "commands": [
                EXPLAIN_ERROR,
                EXPLAIN_CODE,
                EXPLAIN_OUTPUT,
                ASK,
                WRITE_DOCSTRING,
                DOCUMENT_FILE,
                SHOW_CONTEXT,
                RESTART_MODEL,
            ]
        },
        "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
    }
    if client.has_notebooks:
        offered["notebookDocumentSync"] = {"notebookSelector": [{"notebook": "*"}]}
    if client.has_inline_completion:
        if not client.registers_inline_completion:  # else `lifecycle.initialized` registers it
            offered["inlineCompletionProvider"] = {}
    elif client.has_completion:
        offered["completionProvider"] = {}
    return offered
