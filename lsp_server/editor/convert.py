"""Between the protocol's terms and ours: positions and offsets, URIs and paths.

No other file knows how an editor counts characters. A position may lie anywhere: past the end of its
line it means that end, past the last line the end of the text, inside a character the start of it.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import quote, unquote

from lsprotocol import types as lsp

from lsp_server.editor.text_store import TextStore
from lsp_server.text.document import Document

Encoding = Literal["utf-8", "utf-16", "utf-32"]
DEFAULT_ENCODING: Encoding = "utf-16"


# Positions


def chosen_encoding(offered: Sequence[object]) -> Encoding:
    """The first that both sides know; UTF-16 if the editor names none."""
    known: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
    return next((it for name in offered for it in known if it == name), DEFAULT_ENCODING)


def column_of(line: str, units: int, encoding: Encoding) -> int:
    """The column, in code points, *units* into *line*, which is without its end."""
    if encoding == "utf-32" or line.isascii():
        return min(units, len(line))
    if encoding == "utf-16":
        encoded = line.encode("utf-16-le", "surrogatepass")
        if len(encoded) == 2 * len(line):
            return min(units, len(line))
        return _characters_before_unit(line, units)
    data = line.encode("utf-8", "surrogatepass")
    end = min(units, len(data))
    while end < len(data) and data[end] & 0xC0 == 0x80:
        end -= 1
    return len(data[:end].decode("utf-8", "surrogatepass"))


def units_of(line: str, column: int, encoding: Encoding) -> int:
    """How an editor counts the *column* code points before a place in *line*."""
    before = line[:column]
    if encoding == "utf-32" or before.isascii():
        return len(before)
    if encoding == "utf-16":
        return len(before.encode("utf-16-le", "surrogatepass")) // 2
    return len(before.encode("utf-8", "surrogatepass"))


def _characters_before_unit(line: str, units: int) -> int:
    column = min(len(line), units)
    # Each character beyond the BMP takes two units, so the column is at most this far and maybe less.
    counted = units_of(line, column, "utf-16")
    while counted > units:
        # Step back by at least half of what is too much; a character has one or two units.
        column -= max(1, (counted - units) // 2)
        counted = units_of(line, column, "utf-16")
    return column


def place_of(store: TextStore, position: lsp.Position, encoding: Encoding) -> tuple[int, int]:
    """(line, column) of *position*, clamped into the text."""
    last = len(store.lines) - 1
    if position.line > last:
        return last, len(store.lines[last])
    return position.line, column_of(store.body(position.line), position.character, encoding)


def span_of(
    store: TextStore, where: lsp.Range, encoding: Encoding
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Both ends of *where*, in order."""
    start, end = place_of(store, where.start, encoding), place_of(store, where.end, encoding)
    return (start, end) if start <= end else (end, start)


def offset_of(document: Document, position: lsp.Position, encoding: Encoding) -> int:
    if position.line >= document.line_count:
        return len(document.text)
    column = column_of(document.line_text(position.line), position.character, encoding)
    return document.line_starts[position.line] + column


def position_of(document: Document, offset: int, encoding: Encoding) -> lsp.Position:
    line = document.line_of(offset)
    column = offset - document.line_starts[line]
    return lsp.Position(line=line, character=units_of(document.line_text(line), column, encoding))


def range_of(document: Document, start: int, end: int, encoding: Encoding) -> lsp.Range:
    return lsp.Range(start=position_of(document, start, encoding), end=position_of(document, end, encoding))


# URIs

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_DRIVE = re.compile(r"^/?([A-Za-z])[:|](?=/|$)")


def key_of(uri: str) -> str:
    """One key for all spellings of a URI: `%3A` and `:`, `C:` and `c:`, `FILE:` and `file:`."""
    scheme = _SCHEME.match(uri)
    if scheme is None:
        return unquote(uri)
    rest = unquote(uri[scheme.end() :])
    name = scheme[1].lower()
    if name != "file":
        return f"{name}:{rest}"
    path = local_path(uri)
    return f"file:{rest}" if path is None else f"file:{path}"


def local_path(uri: str) -> str | None:
    """The absolute path that *uri* names on this machine; None for other schemes and other machines."""
    scheme = _SCHEME.match(uri)
    if scheme is None or scheme[1].lower() != "file":
        return None
    rest = uri[scheme.end() :].partition("#")[0].partition("?")[0]
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if host.lower() not in ("", "localhost"):
            return None
        rest = slash + path
    path = unquote(rest)
    if not path.startswith("/") or path.startswith("//") or "\0" in path:
        return None
    drive = _DRIVE.match(path)
    return f"{drive[1].upper()}:{path[drive.end() :] or '/'}" if drive else path


def uri_of(path: Path) -> str:
    posix = path.absolute().as_posix()
    return "file://" + quote(posix if posix.startswith("/") else "/" + posix, safe="/-._~")


def document_path(uri: str, root: Path | None) -> str:
    """What a Document of *uri* is called: below *root*, relative to it; else absolute; else the URI."""
    local = local_path(uri)
    if local is None:
        return key_of(uri)
    path = PurePosixPath(local) if os.name != "nt" else PurePosixPath(Path(local).as_posix())
    if ".." in path.parts:
        path = PurePosixPath(os.path.normpath(path))
    if root is None:
        return path.as_posix()
    if path.is_relative_to(root.as_posix()):
        return path.relative_to(root.as_posix()).as_posix()
    # The folder may be reached through a link; which name of it the editor uses is the editor's choice.
    real = PurePosixPath(os.path.realpath(path.parent)) / path.name
    real_root = os.path.realpath(root)
    return real.relative_to(real_root).as_posix() if real.is_relative_to(real_root) else path.as_posix()


def is_local(uri: str) -> bool:
    return local_path(uri) is not None
