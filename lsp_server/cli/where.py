"""`kibitz where`: the definition of the name at a place."""

from pathlib import Path

import click

from lsp_server.cli.console import fails_clearly, print_json, progress
from lsp_server.cli.place import Place, PlaceType
from lsp_server.cli.symbols import print_places
from lsp_server.errors import BadPosition
from lsp_server.explanation.where import definitions_at, name_at


@click.command("where")
@click.argument("place", type=PlaceType(columns="required"))
@click.option("--root", type=click.Path(path_type=Path), help="The repository. Default: found upwards.")
@click.option(
    "--all", "wants_all", is_flag=True, help="Every definition it may mean, not only the likeliest."
)
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@fails_clearly
def where_command(*, place: Place, root: Path | None, wants_all: bool, wants_json: bool) -> None:
    """Say where the name at PATH:LINE:COLUMN is defined, as path:line.

    By scope, imports and names, without types: behind a dot it may be the member of another class.

    \b
    kibitz where src/shop/cart.py:12:9
    $EDITOR "$(kibitz where src/shop/cart.py:12:9 | cut -d: -f1)"
    """
    from lsp_server.app.session import open_session

    with (
        progress("Reading the repository …") as say,
        open_session(place.path, root=root, model=None, say=say) as session,
    ):
        document = session.document(place.path)
        offset = place.offset_in(document)
        name = name_at(document, offset)
        if not name:
            raise BadPosition(
                f"there is no name at {place.path}:{place.line}:{place.column}",
                hint="Point at one of its characters; lines and columns count from 1.",
            )
        found = definitions_at(session.snapshot, document, offset)
    if wants_json:
        definitions = [
            {"path": it.path, "line": it.line + 1, "kind": it.kind, "text": it.text, "doc": it.doc}
            for it in found
        ]
        print_json({"name": name, "definitions": definitions})
        return
    if not found:
        raise BadPosition(
            f"{name!r} is defined nowhere in this repository", hint="It may come from an installed package."
        )
    print_places([(it.path, it.line, it.kind, it.text, it.doc) for it in (found if wants_all else found[:1])])
