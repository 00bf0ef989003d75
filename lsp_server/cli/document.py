"""`kibitz document`: the docstrings that a file or a folder lacks, as one diff to look at, or written."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
from rich.syntax import Syntax

from lsp_server.cancellation import Cancellation
from lsp_server.cli.changed_file import unified_diff, write_atomically
from lsp_server.cli.console import err, fails_clearly, out, print_json, progress
from lsp_server.errors import KibitzError, UnreadableFile


@click.command("document")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--all", "wants_all", is_flag=True, help="Also what begins with an underscore.")
@click.option("--update", "may_update", is_flag=True, help="Also docstrings that no longer fit the code.")
@click.option("--root", type=click.Path(path_type=Path), help="The repository. Default: found upwards.")
@click.option(
    "--model", default="", metavar="NAME|FILE.gguf", help="Default: what `kibitz models use` chose."
)
@click.option("--write", "wants_write", is_flag=True, help="Change the files in place of printing a diff.")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@fails_clearly
def document_command(
    *,
    paths: tuple[Path, ...],
    wants_all: bool,
    may_update: bool,
    root: Path | None,
    model: str,
    wants_write: bool,
    wants_json: bool,
) -> None:
    """Write the docstrings that the public functions and classes of files or folders lack.

    Prints one unified diff that `git apply` and `patch` take, to be looked at first. Each docstring was
    proved to change nothing else. Ignored files are left out.

    \b
    kibitz document src/shop/cart.py
    kibitz document src/shop > docs.patch && git apply docs.patch
    kibitz document src/shop --update --write
    """
    from lsp_server.app.session import open_session
    from lsp_server.docstring.whole_file import document_file

    with (
        progress("Reading the repository …") as say,
        open_session(paths[0], root=root, model=model, say=say) as session,
    ):
        files = _files(session.snapshot.paths, [session.relative(it) for it in paths])
        done, problems = [], list[str]()
        for number, path in enumerate(files):
            where = f"{path}, file {number + 1} of {len(files)}"
            try:
                document = session.document(session.workspace.root / path)
                encoding = session.encoding(session.workspace.root / path)
                found = document_file(
                    document,
                    is_public_only=not wants_all,
                    may_update=may_update,
                    snapshot=session.snapshot,
                    model=None if session.loaded is None else session.loaded.model,
                    family=None if session.loaded is None else session.loaded.family,
                    cancellation=Cancellation(),
                    on_step=partial(_say_where, say, where),
                )
                problems += found.left_alone
                if not found.names:
                    continue
                if wants_write:
                    write_atomically(session.workspace.root / path, document.text, found.after, encoding)
            except KibitzError as error:
                problems.append(f"{path}: {error}. {error.hint}")
                continue
            done.append((path, found.names, unified_diff(document, found.after, encoding)))
    _tell(done, problems, len(files), wants_write=wants_write, wants_json=wants_json)


def _say_where(say: Callable[[str], None], where: str, step: int, of: int) -> None:
    say(f"Writing: {where}, {step} of {of} …")


def _files(known: frozenset[str], wanted: list[str]) -> list[str]:
    """Those of the repository that are meant and can be documented. Raises UnreadableFile for none."""
    from lsp_server.docstring.whole_file import LANGUAGES
    from lsp_server.syntax.languages import language_of

    folders = ["" if it == "." else f"{it}/" for it in wanted]
    meant = [it for it in known if it in wanted or it.startswith(tuple(folders))]
    found = sorted(it for it in meant if language_of(it) in LANGUAGES)
    if not found:
        raise UnreadableFile(
            f"nothing under {', '.join(wanted)[:200]} can be documented",
            hint=f"Name files or folders of the repository with {', '.join(sorted(LANGUAGES))} in them.",
        )
    return found


def _tell(
    done: list[tuple[str, tuple[str, ...], str]],
    problems: list[str],
    files: int,
    *,
    wants_write: bool,
    wants_json: bool,
) -> None:
    count = sum(len(names) for _, names, _ in done)
    if wants_json:
        changed = [{"path": path, "names": list(names), "diff": diff} for path, names, diff in done]
        print_json({"files": changed, "left_alone": problems})
        return
    if not wants_write:
        for _, _, diff in done:
            if out.is_terminal:
                out.print(Syntax(diff, "diff", background_color="default"))
            else:
                click.echo(diff, nl=False)
    for problem in problems:
        err.print(f"left alone: {problem}", markup=False, style="dim")
    verb = "Wrote" if wants_write else "Would write"
    err.print(f"{verb} {count} docstrings in {len(done)} of {files} files.", markup=False)
