"""A changed file as a diff that `git apply` and `patch` take, or written in place of the old one."""

import difflib
import os
import re
import tempfile
from pathlib import Path

from lsp_server.errors import KibitzError
from lsp_server.text.document import Document


class CannotChange(KibitzError):
    """The file stays as it was."""


def unified_diff(document: Document, after: str, encoding: str) -> str:
    """*encoding*: with "utf-8-sig" the file has a byte order mark before its text."""
    mark = "\ufeff" if encoding == "utf-8-sig" else ""
    lines = difflib.unified_diff(
        _lines(mark + document.text), _lines(mark + after), f"a/{document.path}", f"b/{document.path}"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def write_atomically(path: Path, before: str, after: str, encoding: str) -> None:
    """Put *after* in place of *before*, all or nothing, mode kept. Raises CannotChange."""
    try:
        if path.read_bytes() != before.encode(encoding):
            raise CannotChange(f"{path} has changed meanwhile", hint="Ask again.")
        content = after.encode(encoding)
        mode = path.stat().st_mode
        handle, waiting = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(waiting).chmod(mode & 0o7777)
            Path(waiting).replace(path)
        except OSError:
            Path(waiting).unlink(missing_ok=True)
            raise
    except UnicodeEncodeError as error:
        raise CannotChange(
            f"the change of {path} cannot be written as {encoding}: {error.reason}",
            hint="Nothing was changed. Save the file as UTF-8 first.",
        ) from error
    except OSError as error:
        raise CannotChange(
            f"{path} cannot be written: {error.strerror}", hint="Nothing was changed. Check its permissions."
        ) from error


def _lines(text: str) -> list[str]:
    """As `patch` counts them: a form feed or U+2028 ends none."""
    return [line for line in re.split(r"(?<=\n)", text) if line]
