"""Text of the repository as tools show it: from the snapshot alone, secrets blanked.

The snapshot was read through the guarded opening and the ignore rules, so a tool never touches the disk
and no path that a model makes up leads anywhere.
"""

from fnmatch import fnmatchcase

from lsp_server.index.snapshot import Snapshot
from lsp_server.text.lines import lines_of
from lsp_server.text.secrets import is_secret_file, redact
from lsp_server.tools.tool import NothingFound

LINE_SHOWN = 300  # characters


def need_lines(snapshot: Snapshot, path: str) -> list[str]:
    """Raises NothingFound if the index has no such file; what is open in the editor goes first."""
    file = snapshot.file(path)
    if file is None or is_secret_file(path):
        near = sorted(it for it in snapshot.paths if it.rpartition("/")[2] == path.rpartition("/")[2])
        hint = f"there is {', '.join(near[:5])}" if near else "list_files shows what there is"
        raise NothingFound(f"no file {path[:200]} was read", hint=hint)
    document = snapshot.documents.get(path)
    return lines_of(redact(document.text)) if document is not None else file.lines


def line_at(path: str, number: int, text: str) -> str:
    """*number*: 0-based."""
    text = text.strip()
    return f"{path}:{number + 1}: {text[:LINE_SHOWN]}{'…' if len(text) > LINE_SHOWN else ''}"


def path_matches(path: str, wanted: str) -> bool:
    """Whether *path* is *wanted*, lies below it or is matched by it: `src`, `src/*.py`; "" is all."""
    if not wanted or wanted in (".", "./"):
        return True
    wanted = wanted.removeprefix("./").rstrip("/")
    return path == wanted or path.startswith(wanted + "/") or fnmatchcase(path, wanted)
