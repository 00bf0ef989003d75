"""`kibitz docstring`: a diff that adds documentation to the definition at one place, or applies it."""

from pathlib import Path

import click
from rich.syntax import Syntax

from lsp_server.cancellation import Cancellation
from lsp_server.cli.changed_file import unified_diff, write_atomically
from lsp_server.cli.console import fails_clearly, out, print_json, progress
from lsp_server.cli.place import Place, PlaceType


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
    """Write the docstring of the function or class at PATH:LINE, or bring it up to date.

    Prints a unified diff that `git apply` and `patch` take. Parameters, returns and raises come from the
    code, the first sentence from the model. Nothing is offered unless it provably leaves the code as it is.

    What a person wrote stays: parameters that are missing are put in, renamed ones are renamed, and those
    that are gone are taken out (in Python).

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
            write_atomically(path, document.text, edit.applied_to(document.text), encoding)
    diff = unified_diff(document, edit.applied_to(document.text), encoding)
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
