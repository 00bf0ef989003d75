"""Fixes as code actions that hold their edit: what it does is in the title, whether it was checked too."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from lsprotocol import types as lsp

from lsp_server.cancellation import Cancellation
from lsp_server.editor.arguments import range_at, words_of
from lsp_server.editor.capabilities import QUICK_FIX
from lsp_server.editor.convert import offset_of, range_of
from lsp_server.editor.notebooks import Page
from lsp_server.editor.related import related_of
from lsp_server.editor.services import OfferedFix, Problem
from lsp_server.errors import KibitzError
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

ANNOTATION = "kibitz"
WITH_MODEL = "Fix with the model"
NOT_CHECKED = " (not verified)"


class LookUp(Protocol):
    """Of `Services`: `fixes` or `checked_fixes`."""

    def __call__(
        self, document: Document, problem: Problem, *, cancellation: Cancellation
    ) -> Sequence[OfferedFix]: ...


async def fix_actions(
    ls: "KibitzServer",
    uri: str,
    document: Document,
    page: Page,
    problem: dict[str, Any],
    look_up: LookUp,
) -> list[dict[str, Any]]:
    """*problem*, as the editor sent it, is one of *document*, which is all of *page* or one cell of it."""
    asked = _problem(ls, document, page, problem)
    fixes = await ls.running.action(
        lambda cancellation: look_up(page.document, asked, cancellation=cancellation)
    )
    return [
        {
            "title": f"Fix: {fix.title}" + ("" if fix.is_verified else NOT_CHECKED),
            "kind": QUICK_FIX,
            "diagnostics": [problem],
            "isPreferred": fix.is_verified and number == 0,
            "edit": _edit(ls, uri, document, page, fix),
        }
        for number, fix in enumerate(_inside(document, page, fixes))
    ]


def offer_of_model(uri: str, document: Document, problem: dict[str, Any]) -> dict[str, Any]:
    """To ask a model, once a person has chosen it; `written_by_model` then has the edit."""
    data = {"uri": uri, "version": document.version, "problem": problem}
    return {"title": WITH_MODEL, "kind": QUICK_FIX, "diagnostics": [problem], "data": data}


async def written_by_model(
    ls: "KibitzServer", uri: str, document: Document, problem: Mapping[str, Any]
) -> lsp.WorkspaceEdit:
    """What a model proposes and what was verified. Raises KibitzError."""
    page = ls.notebooks.page(uri)
    assert page is not None  # it was one when the action was made, and the version is the same
    asked = _problem(ls, document, page, problem)
    fixes = await ls.running.action(
        lambda cancellation: ls.services.model_fixes(page.document, asked, cancellation=cancellation)
    )
    inside = _inside(document, page, fixes)
    if not inside:
        raise KibitzError("the fix lies in another cell", hint="Ask for it there.")
    return _edit(ls, uri, document, page, inside[0])


def _problem(ls: "KibitzServer", document: Document, page: Page, problem: Mapping[str, Any]) -> Problem:
    where = range_at(problem, "range")
    start, end = sorted(offset_of(document, it, ls.encoding) for it in (where.start, where.end))
    return Problem(
        start=page.before + start,
        end=page.before + end,
        message=words_of(problem),
        source=str(problem.get("source") or ""),
        code=str(problem.get("code") or ""),
        related=related_of(problem, ls.documents.root),
    )


def _inside(document: Document, page: Page, fixes: Sequence[OfferedFix]) -> list[OfferedFix]:
    here = range(page.before, page.before + len(document.text) + 1)
    return [it for it in fixes if all(each.start in here and each.end in here for each in it.replacements)]


def _edit(ls: "KibitzServer", uri: str, document: Document, page: Page, fix: OfferedFix) -> lsp.WorkspaceEdit:
    def range_in(start: int, end: int) -> lsp.Range:
        return range_of(document, start - page.before, end - page.before, ls.encoding)

    if not ls.client.has_versioned_edits:
        plain = [lsp.TextEdit(range=range_in(it.start, it.end), new_text=it.text) for it in fix.replacements]
        return lsp.WorkspaceEdit(changes={uri: plain})
    edits: Sequence[lsp.TextEdit | lsp.AnnotatedTextEdit]
    if ls.client.has_annotations:
        edits = [
            lsp.AnnotatedTextEdit(
                range=range_in(it.start, it.end), new_text=it.text, annotation_id=ANNOTATION
            )
            for it in fix.replacements
        ]
    else:
        edits = [lsp.TextEdit(range=range_in(it.start, it.end), new_text=it.text) for it in fix.replacements]
    versioned = lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=document.version)
    by = f" with {fix.checked_by}" if fix.checked_by else ""
    checked = f"checked on a copy{by}" if fix.is_verified else f"not verified{by}"
    checked = f"written by the model, {checked}" if fix.is_by_model else checked
    return lsp.WorkspaceEdit(
        document_changes=[lsp.TextDocumentEdit(text_document=versioned, edits=edits)],
        change_annotations={
            ANNOTATION: lsp.ChangeAnnotation(label="Generated by Kibitz", description=checked)
        }
        if ls.client.has_annotations
        else None,
    )
