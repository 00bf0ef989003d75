"""The documents that are open in the editor, in its own words at every moment.

Nothing is ever read from disk here: what was not opened is not known.
"""

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from lsp_server.editor.convert import DEFAULT_ENCODING, Encoding, document_path, is_local, key_of, span_of
from lsp_server.editor.text_store import TextStore
from lsp_server.syntax.languages import LANGUAGES, language_of
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

_log = logging.getLogger(__name__)

TEXT_MAX_CHARACTERS = 20_000_000

_HALF = re.compile("[\ud800-\udfff]")

# What editors call a language that we call otherwise.
_LANGUAGE_IDS = {
    "javascriptreact": "javascript", "typescriptreact": "tsx", "shellscript": "bash", "sh": "bash",
    "zsh": "bash", "c++": "cpp", "py": "python", "js": "javascript", "ts": "typescript", "golang": "go",
}  # fmt: skip


class OpenDocument:
    """One document; the value `document` is made anew after each change, if it is asked for."""

    def __init__(self, uri: str, path: str, language: str, version: int, text: str) -> None:
        self.uri = uri
        self._path = path
        self._language = language
        self.version = version
        self._store: TextStore | None = None
        self._document: Document | None = None
        self._keep(text)

    @property
    def document(self) -> Document | None:
        """None while the text is longer than what we follow."""
        if self._document is None and self._store is not None:
            self._document = Document(
                path=self._path,
                text=_sound(self._store.text),
                language=self._language,
                version=self.version,
            )
        return self._document

    def apply(
        self, version: int, changes: list[lsp.TextDocumentContentChangeEvent], encoding: Encoding
    ) -> None:
        if version <= self.version:
            _log.info("%s goes from version %d to %d", self._path, self.version, version)
        for change in changes:
            if isinstance(change, lsp.TextDocumentContentChangePartial):
                if self._store is not None:
                    self._store.replace(*span_of(self._store, change.range, encoding), change.text)
            else:
                self._keep(change.text)
        self.version = version
        self._document = None

    def _keep(self, text: str) -> None:
        if len(text) > TEXT_MAX_CHARACTERS:
            _log.warning("%s is too long to be followed; Kibitz rests there", self._path)
            self._store = None
        else:
            self._store = TextStore(text)


class OpenDocuments:
    def __init__(self) -> None:
        self.encoding: Encoding = DEFAULT_ENCODING
        self.root: Path | None = None
        self._by_key: dict[str, OpenDocument] = {}

    def __getitem__(self, uri: str) -> OpenDocument:
        return self._by_key[key_of(uri)]

    def current(self, uri: str) -> Document | None:
        """The document as it is now; None if it is not open."""
        known = self._by_key.get(key_of(uri))
        return None if known is None else known.document

    def open(self, item: lsp.TextDocumentItem) -> Document | None:
        path = document_path(item.uri, self.root)
        language = _language(item.language_id, path, is_file=is_local(item.uri))
        opened = OpenDocument(item.uri, path, language, item.version, item.text)
        self._by_key[key_of(item.uri)] = opened
        return opened.document

    def change(self, params: lsp.DidChangeTextDocumentParams) -> Document | None:
        known = self._by_key.get(key_of(params.text_document.uri))
        if known is None:
            _log.info("a change of a document that is not open was ignored")
            return None
        known.apply(params.text_document.version, list(params.content_changes), self.encoding)
        return known.document

    def close(self, uri: str) -> str | None:
        """Forget it; its path, None if it was not open."""
        known = self._by_key.pop(key_of(uri), None)
        return None if known is None else document_path(known.uri, self.root)

    def all(self) -> list[Document]:
        return [it.document for it in self._by_key.values() if it.document is not None]


def did_open(ls: "KibitzServer", params: lsp.DidOpenTextDocumentParams) -> None:
    document = ls.documents.open(params.text_document)
    if document is not None:
        ls.services.open_document(document)


def did_change(ls: "KibitzServer", params: lsp.DidChangeTextDocumentParams) -> None:
    ls.running.supersede(params.text_document.uri)
    document = ls.documents.change(params)
    if document is not None:
        ls.services.change_document(document)


def did_close(ls: "KibitzServer", params: lsp.DidCloseTextDocumentParams) -> None:
    ls.running.supersede(params.text_document.uri)
    path = ls.documents.close(params.text_document.uri)
    if path is not None:
        ls.services.close_document(path)


def did_save(ls: "KibitzServer", params: lsp.DidSaveTextDocumentParams) -> None:
    document = ls.documents.current(params.text_document.uri)
    if document is not None and is_local(params.text_document.uri):
        ls.services.refresh([document.path])


def _language(language_id: str, path: str, *, is_file: bool) -> str:
    """By its name on disk, and else by what the editor calls it."""
    by_name = language_of(path) if is_file else "plain"
    if by_name != "plain":
        return by_name
    name = _LANGUAGE_IDS.get(language_id.lower(), language_id.lower())
    return name if name in LANGUAGES else "plain"


def _sound(text: str) -> str:
    """*text* without halves of characters: no encoding, hash or parser takes those. As long as before."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)
