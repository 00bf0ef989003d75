"""`kibitz docstring`: a diff that adds documentation to the definition at one place, or applies it."""

import difflib
import os
import re
import tempfile
from pathlib import Path

import click
from rich.syntax import Syntax

from lsp_server.cancellation import Cancellation
from lsp_server.cli.console import fails_clearly, out, print_json, progress
from lsp_server.cli.place import Place, PlaceType
from lsp_server.docstring.edit import CannotDocument, DocstringEdit
from lsp_server.text.document import Document


@click.command("docstring")
@click.argument("place", type=PlaceType(columns="optional"))
@click.option("--root", type=click.Path(path_type=Path), help="The repository. Default: found upwards.")
@click.option(
    "--model", default="", metavar="NAME|FILE.gguf", help="Default: what `kibitz models use` chose."
)
@click.option("--write", "wants_write", is_flag=True, help="Change the file in place of printing a diff.")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@fails_clearly
def docstring_command(
    *, place: Place, root: Path | None, model: str, wants_write: bool, wants_json: bool
) -> None:
    """Write the docstring of the function or class at PATH:LINE.

    Prints a unified diff that `git apply` and `patch` take. Parameters, returns and raises come from the
    code, the first sentence from the model. Nothing is offered unless it provably leaves the code as it is.

    \b
    kibitz docstring src/shop/cart.py:12
    kibitz docstring src/shop/cart.py:12 --write
    """
    from lsp_server.app.actions import docstring_edit
    from lsp_server.app.session import open_session

    with (
        progress("Reading the repository …") as say,
        open_session(place.path, root=root, model=model, say=say) as session,
    ):
        document = session.document(place.path)
        encoding = session.encoding(place.path)
        place.offset_in(document)
        say("Writing …")
        edit = docstring_edit(
            session.snapshot, document, place.line - 1, session.loaded, cancellation=Cancellation()
        )
        if wants_write:
            path = session.workspace.root / document.path
            write_atomically(
                path,
                encoded(document.text, encoding, edit.name),
                encoded(edit.applied_to(document.text), encoding, edit.name),
            )
    diff = unified_diff(document, edit, mark="\ufeff" if encoding == "utf-8-sig" else "")
    if wants_json:
        print_json(
            {"path": edit.path, "name": edit.name, "style": edit.style, "text": edit.text, "diff": diff}
        )
    elif wants_write:
        out.print(f"Wrote the docstring of [bold]{edit.name}[/] into {place.path}", highlight=False)
    elif out.is_terminal:
        out.print(Syntax(diff, "diff", background_color="default"))
    else:
        click.echo(diff, nl=False)


def unified_diff(document: Document, edit: DocstringEdit, *, mark: str) -> str:
    """*mark* is what the file has before its text: a byte order mark, or nothing."""
    before = _lines(mark + document.text)
    after = _lines(mark + edit.applied_to(document.text))
    lines = difflib.unified_diff(before, after, f"a/{document.path}", f"b/{document.path}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str) -> list[str]:
    """As `patch` counts them: a form feed or U+2028 ends none."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def encoded(text: str, encoding: str, name: str) -> bytes:
    """Raises CannotDocument where the file's encoding lacks a character."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise CannotDocument(
            f"the docstring of {name} cannot be written as {encoding}: {error.reason}",
            hint="Nothing was changed. Save the file as UTF-8 first.",
        ) from error


def write_atomically(path: Path, before: bytes, after: bytes) -> None:
    """Put *after* in place of *before*, all or nothing, mode kept. Raises CannotDocument."""
    try:
        if path.read_bytes() != before:
            raise CannotDocument(f"{path} has changed meanwhile", hint="Ask again.")
        mode = path.stat().st_mode
        handle, waiting = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(after)
            Path(waiting).chmod(mode & 0o7777)
            Path(waiting).replace(path)
        except OSError:
            Path(waiting).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CannotDocument(
            f"{path} cannot be written: {error.strerror}", hint="Nothing was changed. Check its permissions."
        ) from error
