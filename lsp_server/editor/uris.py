"""Between the editor's URIs and our paths. Nothing here reads a file."""

import os
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_DRIVE = re.compile(r"^/?([A-Za-z])[:|](?=/|$)")


@lru_cache(1024)
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
