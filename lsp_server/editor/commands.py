"""`workspace/executeCommand`: what a person asks for by name. Failures say why and what to do."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.editor import docstring_edit
from lsp_server.editor.arguments import position_at, range_at, text_at, words_of
from lsp_server.editor.capabilities import (
    ASK,
    DOCUMENT_FILE,
    EXPLAIN_CODE,
    EXPLAIN_ERROR,
    EXPLAIN_OUTPUT,
    RESTART_MODEL,
    SHOW_CONTEXT,
    WRITE_DOCSTRING,
)
from lsp_server.editor.convert import offset_of
from lsp_server.editor.documents import announce
from lsp_server.editor.notebooks import Page
from lsp_server.editor.related import related_of
from lsp_server.editor.services import Answer, Problem, Severity
from lsp_server.editor.showing import show
from lsp_server.editor.streaming import streamed
from lsp_server.editor.uris import uri_of
from lsp_server.errors import KibitzError
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

Argument = Mapping[str, Any]
_SEVERITIES: dict[object, Severity] = {1: "error", 2: "warning", 3: "information", 4: "hint"}


async def execute_command(ls: "KibitzServer", params: lsp.ExecuteCommandParams) -> object:
    run = _COMMANDS.get(params.command)
    if run is None:
        raise JsonRpcInvalidParams(f"there is no command {params.command[:100]}")
    announce(ls)
    first = (params.arguments or [{}])[0]
    if not isinstance(first, Mapping):
        raise JsonRpcInvalidParams(f"the argument of {params.command} is an object")
    return await run(ls, first)


async def _explain_error(ls: "KibitzServer", argument: Argument) -> object:
    document, page = _document(ls, argument)
    where = range_at(argument, "range")
    start, end = sorted(offset_of(document, it, ls.encoding) for it in (where.start, where.end))
    problem = Problem(
        start=page.before + start,
        end=page.before + end,
        message=words_of(argument),
        source=str(argument.get("source") or ""),
        code=str(argument.get("code") or ""),
        severity=_SEVERITIES.get(argument.get("severity"), "error"),
        related=related_of(argument, ls.documents.root),
    )
    answer = await ls.running.action(
        lambda cancellation: ls.services.explain(
            page.document, problem, cancellation=cancellation, on_text=streamed(ls, argument)
        )
    )
    return await _answered(ls, answer)


async def _explain_code(ls: "KibitzServer", argument: Argument) -> object:
    document, page = _document(ls, argument)
    where = range_at(argument, "range")
    start, end = (page.before + offset_of(document, it, ls.encoding) for it in (where.start, where.end))
    answer = await ls.running.action(
        lambda cancellation: ls.services.explain_code(
            page.document, start, end, cancellation=cancellation, on_text=streamed(ls, argument)
        )
    )
    return await _answered(ls, answer)


async def _explain_output(ls: "KibitzServer", argument: Argument) -> object:
    text = text_at(argument, "text")
    answer = await ls.running.action(
        lambda cancellation: ls.services.explain_output(
            text, cancellation=cancellation, on_text=streamed(ls, argument)
        )
    )
    return await _answered(ls, answer)


async def _ask(ls: "KibitzServer", argument: Argument) -> object:
    question = text_at(argument, "question")
    answer = await ls.running.action(
        lambda cancellation: ls.services.ask(
            question, cancellation=cancellation, on_text=streamed(ls, argument)
        )
    )
    return await _answered(ls, answer)


async def _show_context(ls: "KibitzServer", argument: Argument) -> object:
    document, page = _document(ls, argument)
    offset = page.before + offset_of(document, position_at(argument, "position"), ls.encoding)
    answer = await ls.running.action(
        lambda cancellation: ls.services.show_context(page.document, offset, cancellation=cancellation)
    )
    return await _answered(ls, answer)


async def _write_docstring(ls: "KibitzServer", argument: Argument) -> object:
    _document(ls, argument)
    await docstring_edit.write(ls, str(argument["uri"]), position_at(argument, "position").line)
    return None


async def _document_file(ls: "KibitzServer", argument: Argument) -> object:
    _document(ls, argument)
    await docstring_edit.write_all(ls, str(argument["uri"]))
    return None


async def _restart_model(ls: "KibitzServer", argument: Argument) -> object:
    await ls.running.action(lambda cancellation: ls.services.restart_model())
    return None


_COMMANDS: dict[str, Callable[["KibitzServer", Argument], Awaitable[object]]] = {
    EXPLAIN_ERROR: _explain_error,
    EXPLAIN_CODE: _explain_code,
    EXPLAIN_OUTPUT: _explain_output,
    ASK: _ask,
    WRITE_DOCSTRING: _write_docstring,
    DOCUMENT_FILE: _document_file,
    SHOW_CONTEXT: _show_context,
    RESTART_MODEL: _restart_model,
}


async def _answered(ls: "KibitzServer", answer: Answer) -> object:
    if not ls.client.shows_explanations:
        await show(ls, answer)
    places = [
        {"text": it.text, "uri": uri_of(_absolute(ls, it.path)), "line": it.line} for it in answer.places
    ]
    return {"title": answer.title, "markdown": answer.markdown, "places": places}


def _absolute(ls: "KibitzServer", path: str) -> Path:
    return Path(path) if ls.client.base is None else ls.client.base / path


def _document(ls: "KibitzServer", argument: Argument) -> tuple[Document, Page]:
    """The one that positions are meant for, and what it is to the core."""
    uri = text_at(argument, "uri")
    document, page = ls.documents.current(uri), ls.notebooks.page(uri)
    if document is None or page is None:
        raise KibitzError(
            "Kibitz does not follow that document", hint="Open it in the editor; very long ones are left out."
        )
    return document, page
