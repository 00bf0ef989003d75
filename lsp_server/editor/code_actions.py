"""`textDocument/codeAction`: explain a problem that any server reported; write a missing docstring."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from lsp_server.editor import docstring_edit
from lsp_server.editor.commands import EXPLAIN_ERROR, WRITE_DOCSTRING
from lsp_server.editor.convert import position_of
from lsp_server.errors import KibitzError

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

EXPLANATIONS_MAX = 5
TITLE_MAX_CHARACTERS = 60
QUICK_FIX, REWRITE = lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.RefactorRewrite

Actions = list[lsp.CodeAction | lsp.Command]


async def code_action(ls: "KibitzServer", params: lsp.CodeActionParams) -> Actions:
    actions: Actions = []
    if not ls.settings.enabled:
        return actions
    if _is_wanted(QUICK_FIX, params.context.only):
        actions += _explanations(ls, params)
    if _is_wanted(REWRITE, params.context.only):
        actions += await _docstrings(ls, params)
    if not ls.client.has_action_literals:
        return [it.command for it in actions if isinstance(it, lsp.CodeAction) and it.command is not None]
    return actions


async def resolve(ls: "KibitzServer", action: lsp.CodeAction) -> lsp.CodeAction:
    """The same action with its edit. Raises KibitzError."""
    data = action.data
    if not isinstance(data, Mapping) or "uri" not in data:
        return action
    uri, line, version = str(data["uri"]), data.get("line"), data.get("version")
    document = ls.documents.current(uri)
    if document is None or document.version != version or not isinstance(line, int):
        raise KibitzError("the text has changed meanwhile", hint="Ask for the action again.")
    action.edit = await docstring_edit.written(ls, uri, line)
    return action


def _explanations(ls: "KibitzServer", params: lsp.CodeActionParams) -> Actions:
    uri = params.text_document.uri
    if ls.documents.current(uri) is None:
        return []
    problems = list(params.context.diagnostics)[:EXPLANATIONS_MAX]
    actions: Actions = []
    for problem in problems:
        title = "Explain this error"
        if len(problems) > 1:
            title += ": " + _shortened(problem.message)
        command = lsp.Command(title=title, command=EXPLAIN_ERROR, arguments=[_as_argument(uri, problem)])
        actions.append(lsp.CodeAction(title=title, kind=QUICK_FIX, diagnostics=[problem], command=command))
    return actions


async def _docstrings(ls: "KibitzServer", params: lsp.CodeActionParams) -> Actions:
    uri, line = params.text_document.uri, params.range.start.line
    document = ls.documents.current(uri)
    if document is None or line >= document.line_count:
        return []
    if not await ls.running.action(lambda cancellation: ls.services.can_write_docstring(document, line)):
        return []
    title = "Write docstring"
    if ls.client.resolves_edits:
        data = {"uri": uri, "line": line, "version": document.version}
        return [lsp.CodeAction(title=title, kind=REWRITE, data=data)]
    start = position_of(document, document.line_starts[line], ls.encoding)
    argument = {"uri": uri, "position": {"line": start.line, "character": start.character}}
    command = lsp.Command(title=title, command=WRITE_DOCSTRING, arguments=[argument])
    return [lsp.CodeAction(title=title, kind=REWRITE, command=command)]


def _is_wanted(kind: lsp.CodeActionKind, only: Any) -> bool:
    """Kinds are a tree: whoever asks for `refactor` wants `refactor.rewrite` too."""
    names = [str(getattr(it, "value", it)) for it in only or ()]
    return not names or any(it == "" or (kind.value + ".").startswith(it + ".") for it in names)


def _as_argument(uri: str, problem: lsp.Diagnostic) -> dict[str, object]:
    start, end = problem.range.start, problem.range.end
    return {
        "uri": uri,
        "range": {
            "start": {"line": start.line, "character": start.character},
            "end": {"line": end.line, "character": end.character},
        },
        "message": problem.message,
        "source": problem.source or "",
        "code": "" if problem.code is None else str(problem.code),
        "severity": int(problem.severity or lsp.DiagnosticSeverity.Error),
    }


def _shortened(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= TITLE_MAX_CHARACTERS else line[: TITLE_MAX_CHARACTERS - 1] + "…"
