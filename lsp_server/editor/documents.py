"""The documents that are open in the editor, in its own words at every moment.

Nothing is ever read from disk here: what was not opened is not known.
"""

import asyncio
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.editor.adoption import adopt_root
from lsp_server.editor.arguments import at, mappings, spot_at, text_at
from lsp_server.editor.convert import span_of
from lsp_server.editor.counting import DEFAULT_ENCODING, Encoding
from lsp_server.editor.text_store import TextStore
from lsp_server.editor.uris import document_path, is_local, key_of
from lsp_server.syntax.languages import LANGUAGES, language_of
from lsp_server.text.document import Document

if TYPE_CHECKING:
    from lsp_server.editor.server import KibitzServer

_log = logging.getLogger(__name__)

TEXT_MAX_CHARACTERS = 20_000_000
QUIET_S = 0.05  # edits that come closer together are told of as one
LONG_LINES, LONG_QUIET_S = 20_000, 1.0  # a text of so many lines takes a while to be put together

_HALF = re.compile("[\ud800-\udfff]")

# What editors call a language that we call otherwise.
_LANGUAGE_IDS = {
    "javascriptreact": "javascript", "typescriptreact": "tsx", "shellscript": "bash", "sh": "bash",
    "zsh": "bash", "c++": "cpp", "py": "python", "js": "javascript", "ts": "typescript", "golang": "go",
}  # fmt: skip


class OpenDocument:
    """One document; the value `document` is made anew after each change, if it is asked for."""

    def __init__(self, uri: str, path: str, language: str, version: int, text: str, *, text_max: int) -> None:
        self.uri = uri
        self.path = path
        self._language = language
        self.version = version
        self._store: TextStore | None = None
        self._document: Document | None = None
        self._text_max = text_max
        self._keep(text)

    @property
    def document(self) -> Document | None:
        """None while the text is longer than what we follow."""
        if self._document is None and self._store is not None:
            self._document = Document(
                path=self.path,
                text=_sound(self._store.text),
                language=self._language,
                version=self.version,
            )
        return self._document

    def rename(self, path: str) -> None:
        if path != self.path:
            self.path, self._document = path, None

    @property
    def line_count(self) -> int:
        return 0 if self._store is None else len(self._store.lines)

    def apply(self, version: int | None, changes: object, encoding: Encoding) -> None:
        """Raises invalid params; then the text cannot be known until it is opened again."""
        if version is None or version != self.version + 1:
            _log.info("%s goes from version %s to %s", self.path, self.version, version)
        self.version = self.version + 1 if version is None else version
        self._document = None
        try:
            for change in mappings(changes):
                text = text_at(change, "text")
                where = change.get("range")
                if where is None:
                    self._keep(text)
                elif self._store is not None:
                    spots = spot_at(where, "start"), spot_at(where, "end")
                    self._store.replace(*span_of(self._store, *spots, encoding), text)
        except JsonRpcInvalidParams:
            self._store = None
            raise

    def _keep(self, text: str) -> None:
        if len(text) > self._text_max:
            _log.warning("%s is too long to be followed; Kibitz rests there", self.path)
            self._store = None
        else:
            self._store = TextStore(text)


class OpenDocuments:
    """*text_max* is in characters; longer documents are not followed."""

    def __init__(self, *, text_max: int) -> None:
        self._text_max = text_max
        self.encoding: Encoding = DEFAULT_ENCODING
        self.root: Path | None = None  # what paths are relative to; see `move`
        self.changed: set[str] = set()  # URIs of those that nobody was told of yet
        self._by_key: dict[str, OpenDocument] = {}

    def move(self, root: Path | None) -> None:
        """From now on paths are relative to *root*: those of the documents that are open, too."""
        self.root = root
        for known in self._by_key.values():
            known.rename(document_path(known.uri, root))

    def current(self, uri: str) -> Document | None:
        """The document as it is now; None if it is not open."""
        known = self._by_key.get(key_of(uri))
        return None if known is None else known.document

    def open(self, item: object) -> Document | None:
        """Raises invalid params."""
        uri, text = text_at(item, "uri"), text_at(item, "text")
        path = document_path(uri, self.root)
        language = _language(str(at(item, "languageId")), path, is_file=is_local(uri))
        opened = OpenDocument(uri, path, language, _version(item) or 0, text, text_max=self._text_max)
        self._by_key[key_of(uri)] = opened
        return opened.document

    def change(self, identifier: object, changes: object) -> None:
        """Raises invalid params."""
        known = self._by_key.get(key_of(text_at(identifier, "uri")))
        if known is None:
            _log.info("a change of a document that is not open was ignored")
        else:
            known.apply(_version(identifier), changes, self.encoding)

    def close(self, uri: str) -> str | None:
        """Forget it; its path, None if it was not open."""
        known = self._by_key.pop(key_of(uri), None)
        return None if known is None else known.path

    def is_long(self, uri: str) -> bool:
        known = self._by_key.get(key_of(uri))
        return known is not None and known.line_count > LONG_LINES

    def all(self) -> list[Document]:
        return [it.document for it in self._by_key.values() if it.document is not None]


def did_open(ls: "KibitzServer", params: object) -> None:
    item = at(params, "textDocument")
    adopt_root(ls, text_at(item, "uri"))
    document = ls.documents.open(item)
    if document is not None:
        ls.services.open_document(document)


def did_change(ls: "KibitzServer", params: object) -> None:
    identifier = at(params, "textDocument")
    uri = text_at(identifier, "uri")
    ls.running.supersede(uri)
    ls.documents.change(identifier, at(params, "contentChanges"))
    tell_soon(ls, uri)


def tell_soon(ls: "KibitzServer", uri: str) -> None:
    if not ls.documents.changed:
        quiet_s = LONG_QUIET_S if ls.documents.is_long(uri) else QUIET_S
        asyncio.get_running_loop().call_later(quiet_s, announce, ls)
    ls.documents.changed.add(uri)


def announce(ls: "KibitzServer") -> None:
    """Let the services know what changed; once for many edits, and before anything is asked of them."""
    pages = [ls.notebooks.page(uri) for uri in ls.documents.changed]
    ls.documents.changed.clear()
    for page in pages:
        if page is not None:
            ls.services.change_document(page.document)


def did_close(ls: "KibitzServer", params: object) -> None:
    uri = text_at(at(params, "textDocument"), "uri")
    ls.running.supersede(uri)
    announce(ls)
    path = ls.documents.close(uri)
    if path is not None:
        ls.services.close_document(path)


def did_save(ls: "KibitzServer", params: object) -> None:
    uri = text_at(at(params, "textDocument"), "uri")
    document = ls.documents.current(uri)
    if document is not None and is_local(uri):
        ls.services.refresh([document.path])


def _version(tree: object) -> int | None:
    version = at(tree, "version")
    return version if isinstance(version, int) else None


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
