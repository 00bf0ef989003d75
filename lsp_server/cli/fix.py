"""`kibitz fix`: the change that repairs an error, as a diff or written at once."""

import shlex
from pathlib import Path

import click
from rich.syntax import Syntax

from lsp_server.cancellation import Cancellation
from lsp_server.cli.changed_file import CannotChange, unified_diff, write_atomically
from lsp_server.cli.console import fails_clearly, out, print_json, progress
from lsp_server.cli.place import Place, PlaceType

CHECKING_S_MAX = 120.0  # who runs a command would rather wait
PROPOSING_S_MAX = 60.0


@click.command("fix")
@click.argument("place", type=PlaceType(columns="optional"))
@click.option("--message", metavar="TEXT", required=True, help="The error, as the tool printed it.")
@click.option("--root", type=click.Path(path_type=Path), help="The repository. Default: found upwards.")
@click.option(
    "--number",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Which one, if there are several.",
)
@click.option(
    "--checker",
    metavar="COMMAND",
    default="",
    help='Try fixes with it too, on a copy: "mypy", "tsc --noEmit {file}", …',
)
@click.option("--model", metavar="NAME|FILE.gguf", help="Let this model propose, too; `bundled` is one.")
@click.option("--write", "wants_write", is_flag=True, help="Change the file, if the fix is verified.")
@click.option("--json", "wants_json", is_flag=True, help="All of them as one JSON object, for programs.")
@fails_clearly
def fix_command(
    *,
    place: Place,
    message: str,
    root: Path | None,
    number: int,
    checker: str,
    model: str | None,
    wants_write: bool,
    wants_json: bool,
) -> None:
    """Repair the error at PATH:LINE.

    Prints a unified diff that `git apply` and `patch` take. Each fix was applied to a copy and looked at
    again: "verified" means that the problem was gone and no new one had come.
    A checker of your own runs on a copy in a temporary folder and sees no configuration of the repository.

    \b
    kibitz fix src/shop/cart.py:12 --message "undefined name 'pric'"
    kibitz fix src/shop/cart.py:12 --message "undefined name 'pric'" --write
    """
    from lsp_server.app.fixing import proposers
    from lsp_server.app.session import open_session
    from lsp_server.app.talking import Endpoint, chat_of
    from lsp_server.cli.explain import problem_at
    from lsp_server.fixes.find import fixes_for
    from lsp_server.fixes.from_model import model_fixes, one_after_the_other
    from lsp_server.fixes.own_checker import OwnChecker, rechecked

    with (
        progress("Reading the repository …") as say,
        open_session(place.path, root=root, model=model, say=say) as session,
    ):
        document = session.document(place.path)
        encoding = session.encoding(place.path)
        say("Trying fixes …")
        problem = problem_at(place, document, message)
        fixes = fixes_for(problem, document, session.snapshot)
        if session.loaded is not None:
            say("Asking the model …")
            asked = proposers(session.loaded, chat_of(session.loaded, Endpoint()), session.snapshot)
            proposed = model_fixes(
                problem, document, session.snapshot, one_after_the_other(asked),
                seconds=PROPOSING_S_MAX, cancellation=Cancellation(),
            )  # fmt: skip
            known = {it.after for it in fixes}
            fixes += [it for it in proposed if it.after not in known]
        if checker:
            own = OwnChecker(command=tuple(shlex.split(checker)), seconds=CHECKING_S_MAX)
            say(f"Asking {own.name} …")
            fixes = rechecked(fixes, problem, document, session.snapshot, own, session.read, Cancellation())
        fixes = [it for it in fixes if it.is_verified or not it.is_by_model]
        if wants_json:
            print_json(
                {
                    "path": document.path,
                    "fixes": [
                        {
                            "title": it.title,
                            "verified": it.is_verified,
                            "checked_by": it.checked_by,
                            "by_model": it.is_by_model,
                            "diff": unified_diff(document, it.after, encoding),
                        }
                        for it in fixes
                    ],
                }
            )
            return
        if len(fixes) < number:
            found = f"{len(fixes)} fixes are" if fixes else "no fix is"
            raise CannotChange(
                f"{found} known for that message at {place.path}:{place.line}",
                hint="`kibitz explain` says what was found out about it.",
            )
        fix = fixes[number - 1]
        if wants_write and not fix.is_verified:
            raise CannotChange(
                f'the fix "{fix.title}" could not be verified',
                hint="Nothing was changed. Without --write its diff is printed, for `git apply`.",
            )
        if wants_write:
            write_atomically(session.workspace.root / document.path, document.text, fix.after, encoding)
            click.echo(f"Fixed {place.path}:{place.line}: {fix.title}")
            return
    by = " by the model" if fix.is_by_model else ""
    checker_name = f" with {fix.checked_by}" if fix.checked_by else ""
    label = f"verified{checker_name}" if fix.is_verified else "not verified"
    click.echo(f"{fix.title}{by} ({label})", err=True)
    diff = unified_diff(document, fix.after, encoding)
    if out.is_terminal:
        out.print(Syntax(diff, "diff", background_color="default"))
    else:
        click.echo(diff, nl=False)
