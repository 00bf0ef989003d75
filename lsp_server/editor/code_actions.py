"""`textDocument/codeAction`: explain a problem that any server reported; write a missing docstring.

Problems are kept as they came: they are other servers', and go back to the editor unchanged.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from lsp_server.editor import docstring_edit
from lsp_server.editor.arguments import at, mappings, range_at, text_at, words_of
from lsp_server.editor.capabilities import (
    EXPLAIN,
    EXPLAIN_CODE,
    EXPLAIN_ERROR,
    QUICK_FIX,
    REWRITE,
    WRITE_DOCSTRING,
)
from lsp_server.editor.fix_actions import fix_actions, offer_of_model, written_by_model
from lsp_server.editor.related import RELATED_MAX
from lsp_server.errors import KibitzError
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

EXPLANATIONS_MAX = 5
TITLE_MAX_CHARACTERS = 60

Action = dict[str, Any]


async def code_action(ls: "KibitzServer", params: object) -> list[Action]:
    """Actions; for an editor that does not know those, their commands."""
    context = at(params, "context")
    uri, line = text_at(at(params, "textDocument"), "uri"), range_at(params, "range").start.line
    problems, only = mappings(at(context, "diagnostics")), at(context, "only")
    document = ls.documents.current(uri)
    if document is None or not ls.settings.enabled:
        return []
    actions: list[Action] = []
    if _is_wanted(QUICK_FIX, only):
        actions += await _fixes(ls, uri, document, problems[:EXPLANATIONS_MAX], context)
        actions += _explanations(uri, problems[:EXPLANATIONS_MAX])
    if _is_wanted(REWRITE, only) and line < document.line_count:
        actions += await _docstrings(ls, uri, document, line)
    where = range_at(params, "range")
    is_meant = where.start != where.end or (isinstance(only, list) and EXPLAIN in only)
    if is_meant and _is_wanted(EXPLAIN, only):
        command = _command("Explain this code", EXPLAIN_CODE, {"uri": uri, "range": at(params, "range")})
        actions.append({"title": command["title"], "kind": EXPLAIN, "command": command})
    if not ls.client.has_action_literals:
        return [it["command"] for it in actions if "command" in it]
    return actions


async def resolve(ls: "KibitzServer", action: lsp.CodeAction) -> lsp.CodeAction:
    """The same action with its edit. Raises KibitzError."""
    data = action.data
    if not isinstance(data, Mapping) or "uri" not in data:
        return action
    uri, line, problem = str(data["uri"]), data.get("line"), data.get("problem")
    document = ls.documents.current(uri)
    if document is None or document.version != data.get("version"):
        raise KibitzError("the text has changed meanwhile", hint="Ask for the action again.")
    if isinstance(problem, Mapping):
        action.edit = await written_by_model(ls, uri, document, problem)
    elif isinstance(line, int):
        action.edit = await docstring_edit.written(ls, uri, line)
    return action


async def _fixes(
    ls: "KibitzServer", uri: str, document: Document, problems: Sequence[dict[str, Any]], context: object
) -> list[Action]:
    """Who opens the menu, unlike an editor that looks whether to draw a lamp, waits for a checker's word."""
    page = ls.notebooks.page(uri)
    if page is None or not ls.client.has_action_literals:
        return []
    is_opened = at(context, "triggerKind") == lsp.CodeActionTriggerKind.Invoked
    look_up = ls.services.checked_fixes if is_opened else ls.services.fixes
    may_ask = is_opened and ls.client.resolves_edits and ls.services.may_ask_model()
    actions: list[Action] = []
    for problem in problems:
        found = await fix_actions(ls, uri, document, page, problem, look_up)
        actions += found
        if may_ask and not any(it["isPreferred"] for it in found):
            actions.append(offer_of_model(uri, document, problem))
    return actions


def _explanations(uri: str, problems: Sequence[Mapping[str, Any]]) -> list[Action]:
    actions = []
    for problem in problems:
        title = "Explain this error"
        if len(problems) > 1:
            title += ": " + _shortened(words_of(problem))
        command = _command(title, EXPLAIN_ERROR, _as_argument(uri, problem))
        actions.append({"title": title, "kind": QUICK_FIX, "diagnostics": [problem], "command": command})
    return actions


async def _docstrings(ls: "KibitzServer", uri: str, document: Document, line: int) -> list[Action]:
    title = await ls.running.action(lambda cancellation: ls.services.docstring_offer(document, line))
    if not title:
        return []
    action: Action = {"title": title, "kind": REWRITE}
    if ls.client.resolves_edits:
        return [action | {"data": {"uri": uri, "line": line, "version": document.version}}]
    argument = {"uri": uri, "position": {"line": line, "character": 0}}
    return [action | {"command": _command(action["title"], WRITE_DOCSTRING, argument)}]


def _command(title: str, name: str, argument: Mapping[str, object]) -> Action:
    return {"title": title, "command": name, "arguments": [argument]}


def _is_wanted(kind: str, only: object) -> bool:
    """Kinds are a tree: whoever asks for `refactor` wants `refactor.rewrite` too."""
    names = [it for it in only if isinstance(it, str)] if isinstance(only, list) else []
    return not names or any(it == "" or (kind + ".").startswith(it + ".") for it in names)


def _as_argument(uri: str, problem: Mapping[str, Any]) -> Action:
    code = problem.get("code")
    return {
        "uri": uri,
        "range": problem.get("range"),
        "message": words_of(problem),
        "source": str(problem.get("source") or ""),
        "code": "" if code is None else str(code),
        "severity": problem.get("severity") or int(lsp.DiagnosticSeverity.Error),
        "relatedInformation": mappings(problem.get("relatedInformation"))[:RELATED_MAX],
    }


def _shortened(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= TITLE_MAX_CHARACTERS else line[: TITLE_MAX_CHARACTERS - 1] + "…"
