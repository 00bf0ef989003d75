"""`kibitz symbols`: where a name is defined, all over the repository."""

from collections.abc import Iterable
from pathlib import Path

import click
from rich.text import Text

from lsp_server.cli.console import err, fails_clearly, out, print_json, progress
from lsp_server.errors import KibitzError
from lsp_server.explanation.where import symbols_like


class NoSuchSymbol(KibitzError):
    """Nothing of that name is defined."""


@click.command("symbols")
@click.argument("name")
@click.option("--root", type=click.Path(path_type=Path), help="The repository. Default: found upwards.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@fails_clearly
def symbols_command(*, name: str, root: Path | None, limit: int, wants_json: bool) -> None:
    """List the definitions of NAME with signature and first line of documentation.

    A dotted name asks for a member. Where nothing is called so, the nearest names are listed.

    \b
    kibitz symbols net_price
    kibitz symbols Cart.total --json
    """
    from lsp_server.app.session import open_session

    with (
        progress("Reading the repository …") as say,
        open_session((root or Path.cwd()) / ".", root=root, model=None, say=say) as session,
    ):
        found, is_exact = symbols_like(session.snapshot, name, limit)
    if wants_json:
        definitions = [
            {
                "name": it.name,
                "owner": it.owner,
                "kind": it.kind,
                "path": it.path,
                "line": it.name_line + 1,
                "signature": it.signature,
                "doc": it.doc,
            }
            for it in found
        ]
        print_json({"name": name, "exact": is_exact, "definitions": definitions})
        return
    if not found:
        raise NoSuchSymbol(
            f"nothing here is called {name!r} or alike", hint="`kibitz index` says which files were read."
        )
    if not is_exact:
        err.print(f"Nothing is called {name!r}; the nearest names:", markup=False)
    print_places((it.path, it.name_line, it.kind, it.signature or it.name, it.doc) for it in found)


def print_places(places: Iterable[tuple[str, int, str, str, str]]) -> None:
    """`path:line: kind  text`, its documentation below; of (path, 0-based line, kind, text, doc)."""
    for path, line, kind, text, doc in places:
        row = Text(f"{path}:{line + 1}", style="bold")
        row.append(f": {kind}  ", style="dim not bold")
        row.append(" ".join(text.split()), style="not bold")
        out.print(row)
        if doc:
            out.print(Text(f"    {doc}", style="dim"))
