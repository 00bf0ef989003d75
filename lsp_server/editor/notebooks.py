"""Notebooks: each cell is a document of its own to the editor, and a part of one text to everything else.

The code cells stand below each other in that text, as in a script that was exported. What the core
answers for the text is shifted back into the cell.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lsp_server.editor.adoption import adopt_root
from lsp_server.editor.arguments import at, mappings, text_at
from lsp_server.editor.documents import OpenDocuments, tell_soon
from lsp_server.editor.uris import document_path, key_of
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

_CODE = 2
_MAGIC = re.compile(r"^([ \t]*)[%!]", re.MULTILINE)  # a command to the notebook, no code


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A document as the core sees it; of a cell, the whole notebook, in which it begins at *before*."""

    document: Document
    before: int = 0


class Notebooks:
    """Which cells belong together, in their order. The texts are with `OpenDocuments`."""

    def __init__(self, documents: OpenDocuments) -> None:
        self._documents = documents
        self._cells: dict[str, list[str]] = {}  # key of the notebook → URIs of its code cells, in order
        self._notebook_of: dict[str, str] = {}  # key of the cell → URI of its notebook

    def page(self, uri: str) -> Page | None:
        """What to look at for a request in the document *uri*; None if that is not open."""
        document = self._documents.current(uri)
        notebook = self._notebook_of.get(key_of(uri))
        if document is None or notebook is None:
            return None if document is None else Page(document=document)
        text, before = "", 0
        for cell in self._code_cells(notebook):
            part = self._documents.current(cell)
            if part is document:
                before = len(text)
                text += part.text + "\n"
            elif part is not None and part.language == document.language:
                text += _without_magic(part.text) + "\n"
        path = document_path(notebook, self._documents.root)
        return Page(document=replace(document, path=path, text=text.removesuffix("\n")), before=before)

    def first_cell(self, uri: str) -> str | None:
        """Of the notebook *uri*, one whose page is the notebook."""
        return next(iter(self._code_cells(uri)), None)

    def take(self, uri: str, cells: Sequence[Mapping[str, Any]], start: int, removed: int) -> None:
        """Put *cells* into the notebook *uri* in place of the *removed* ones from *start* on."""
        known = self._cells.setdefault(key_of(uri), [])
        start = min(start, len(known))
        for gone in known[start : start + removed]:
            self._notebook_of.pop(key_of(gone), None)
        new = [text_at(it, "document") for it in cells]
        known[start : start + removed] = new
        for cell, facts in zip(new, cells, strict=True):
            if facts.get("kind") == _CODE:
                self._notebook_of[key_of(cell)] = uri

    def forget(self, uri: str) -> list[str]:
        """All cells of a notebook that was closed."""
        cells = self._cells.pop(key_of(uri), [])
        for cell in cells:
            self._notebook_of.pop(key_of(cell), None)
        return cells

    def _code_cells(self, uri: str) -> list[str]:
        return [it for it in self._cells.get(key_of(uri), []) if key_of(it) in self._notebook_of]


def did_open(ls: "KibitzServer", params: object) -> None:
    notebook = at(params, "notebookDocument")
    uri = text_at(notebook, "uri")
    adopt_root(ls, uri)
    for item in mappings(at(params, "cellTextDocuments")):
        ls.documents.open(item)
    ls.notebooks.forget(uri)
    ls.notebooks.take(uri, mappings(at(notebook, "cells")), 0, 0)
    _tell(ls, uri)


def did_change(ls: "KibitzServer", params: object) -> None:
    """Cells come, go and move first; then their texts change."""
    uri = text_at(at(params, "notebookDocument"), "uri")
    cells = at(at(params, "change"), "cells")
    structure = at(cells, "structure")
    for item in mappings(at(structure, "didOpen")):
        ls.documents.open(item)
    array = at(structure, "array")
    if array is not None:
        new = mappings(at(array, "cells"))
        ls.notebooks.take(uri, new, _count(array, "start"), _count(array, "deleteCount"))
    for closed in mappings(at(structure, "didClose")):
        ls.running.supersede(text_at(closed, "uri"))
        ls.documents.close(text_at(closed, "uri"))
    for change in mappings(at(cells, "textContent")):
        identifier = at(change, "document")
        ls.running.supersede(text_at(identifier, "uri"))
        ls.documents.change(identifier, at(change, "changes"))
    _tell(ls, uri)


def did_close(ls: "KibitzServer", params: object) -> None:
    uri = text_at(at(params, "notebookDocument"), "uri")
    named = [text_at(it, "uri") for it in mappings(at(params, "cellTextDocuments"))]
    for cell in [*ls.notebooks.forget(uri), *named]:
        ls.running.supersede(cell)
        ls.documents.close(cell)
    ls.services.close_document(document_path(uri, ls.client.base))


def _tell(ls: "KibitzServer", uri: str) -> None:
    cell = ls.notebooks.first_cell(uri)
    if cell is not None:
        tell_soon(ls, cell)


def _count(tree: object, name: str) -> int:
    value = at(tree, name)
    return max(0, value) if isinstance(value, int) else 0


def _without_magic(text: str) -> str:
    """As long as before; a cell in another language (`%%bash`) says nothing here."""
    return "" if text.lstrip().startswith("%%") else _MAGIC.sub(r"\1#", text)
