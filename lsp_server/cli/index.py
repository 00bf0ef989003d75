"""`kibitz index`: read a repository and say what was found, what was left out, and how fast."""

import time
from contextlib import closing
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from lsp_server.cli.console import err, fails_clearly, out, print_json
from lsp_server.errors import UnreadableFile
from lsp_server.syntax.languages import LANGUAGES
from lsp_server.workspace.indexing import Progress
from lsp_server.workspace.repository import Workspace
from lsp_server.workspace.roots import find_root

SKIPPED_SHOWN = 10


@click.command("index")
@click.argument("root", type=click.Path(path_type=Path), required=False)
@click.option(
    "--exclude", multiple=True, metavar="PATTERN", help="Leave these files out; as in a .gitignore."
)
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@fails_clearly
def index_command(*, root: Path | None, exclude: tuple[str, ...], wants_json: bool) -> None:
    """Read the repository at ROOT (default: around the current folder) and say what was found.

    What was read is kept in your cache folder, so that the next call reads only what changed.
    """
    top = find_root(Path.cwd()) if root is None else root.resolve()
    if not top.is_dir():
        raise UnreadableFile(f"{top} is not a folder", hint="Name the folder of a repository.")
    started = time.perf_counter()
    found = _read(top, exclude)
    seconds = time.perf_counter() - started
    if wants_json:
        print_json(_as_json(top, found, seconds))
    else:
        _show(found, seconds)


def _read(root: Path, exclude: tuple[str, ...]) -> Progress:
    bar = ProgressBar(
        TextColumn("Reading {task.fields[name]}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=err, transient=True, disable=not err.is_terminal,
    )  # fmt: skip
    with bar, closing(Workspace(root, exclude=exclude)) as workspace:
        task = bar.add_task("index", name=root.name, total=None)
        workspace.start(lambda it: bar.update(task, total=it.files, completed=it.done))
        workspace.wait_until_indexed(None)
        return workspace.progress


def _as_json(root: Path, found: Progress, seconds: float) -> dict[str, object]:
    return {
        "root": str(root),
        "files": found.done,
        "unchanged": found.unchanged,
        "lines": found.lines,
        "definitions": found.definitions,
        "languages": {
            name: {"files": files, "lines": lines} for name, (files, lines) in found.by_language.items()
        },
        "skipped": dict(found.skipped),
        "skipped_paths": [{"path": path, "reason": reason} for path, reason in found.skipped_paths],
        "seconds": round(seconds, 3),
        "lines_per_second": round(found.lines / max(seconds, 1e-6)),
    }


def _show(found: Progress, seconds: float) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("Language")
    table.add_column("Files", justify="right")
    table.add_column("Lines", justify="right")
    for name, (files, lines) in found.by_language.items():
        table.add_row(LANGUAGES[name].title, f"{files:,}", f"{lines:,}")
    out.print(table)
    out.print(
        f"{found.done:,} files, {found.lines:,} lines, {found.definitions:,} definitions in {seconds:.2f} s "
        f"({found.lines / max(seconds, 1e-6):,.0f} lines/s; {found.unchanged:,} files were known already)"
    )
    for reason, count in found.skipped.items():
        examples = [path for path, why in found.skipped_paths if why == reason][:3]
        more = ", …" if count > len(examples) else ""
        out.print(f"[dim]left out {count:,}: {reason}[/] [dim]({_printable(', '.join(examples))}{more})[/]")


def _printable(text: str) -> str:
    return "".join(it if it.isprintable() else "�" for it in text).replace("[", "\\[")
