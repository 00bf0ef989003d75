"""`kibitz complete`: the suggestion at one place, as an editor would show it."""

import sys
from pathlib import Path

import click
from rich.text import Text

from lsp_server.cancellation import Cancellation
from lsp_server.cli.console import err, fails_clearly, out, print_json, progress
from lsp_server.cli.place import Place, PlaceType
from lsp_server.completion.completion import Completion, as_json
from lsp_server.text.document import Document

SHOWN_LINES_ABOVE = 4
SHOWN_LINES_BELOW = 2


@click.command("complete")
@click.argument("place", type=PlaceType(columns="required"))
@click.option(
    "--root", type=click.Path(path_type=Path), help="The repository. Default: found upwards from PATH."
)
@click.option(
    "--model", default="", metavar="NAME|FILE.gguf", help="Default: what `kibitz models use` chose."
)
@click.option(
    "--max-lines", type=click.IntRange(1, 64), default=8, show_default=True, help="Most lines to show."
)
@click.option(
    "--stdin", "from_stdin", is_flag=True, help="Take the text from standard input in place of the file's."
)
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@fails_clearly
def complete_command(
    *, place: Place, root: Path | None, model: str, max_lines: int, from_stdin: bool, wants_json: bool
) -> None:
    """Complete the code at PATH:LINE:COLUMN (from 1; columns in characters).

    \b
    kibitz complete src/shop/cart.py:12:5
    kibitz complete --stdin --json src/shop/cart.py:12:5 < buffer
    """
    from lsp_server.app.session import open_session

    text = sys.stdin.read() if from_stdin else None
    with (
        progress("Reading the repository …") as say,
        open_session(place.path, root=root, model=model, max_lines=max_lines, say=say) as session,
    ):
        document = session.document(place.path, text)
        offset = place.offset_in(document)
        say("Completing …")
        completion = session.complete(document, offset, Cancellation())
    if wants_json:
        print_json(as_json(completion))
        return
    show(document, completion)


def show(document: Document, completion: Completion) -> None:
    """Print the lines around the cursor with the suggestion in them as ghost text, then what it cost."""
    line = document.line_of(completion.offset)
    first = max(0, line - SHOWN_LINES_ABOVE)
    last = min(document.line_count - 1, line + SHOWN_LINES_BELOW)
    shown = Text()
    for number in range(first, last + 1):
        shown.append(f"{number + 1:5} │ ", style="dim")
        content = document.line_text(number)
        if number != line:
            shown.append(content + "\n")
            continue
        shown.append(content[: completion.column])
        shown.append(_with_gutter(completion.text) or "▏", style="bold cyan")
        shown.append(content[completion.replace_end_column :] + "\n")
    out.print(shown, end="")
    if not completion.text:
        reason = f" ({completion.dropped_by} left nothing)" if completion.dropped_by else ""
        out.print(f"Nothing worth suggesting here{reason}.", style="yellow")
    _show_cost(completion)


def _with_gutter(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\n      ┊ ")


def _show_cost(completion: Completion) -> None:
    for snippet in completion.context:
        lines = f"{snippet.path}:{snippet.start_line + 1}-{snippet.end_line + 1}"
        out.print(f"[dim]  saw[/] {lines} [dim]— {snippet.reason}[/]", highlight=False)
    tokens, times = completion.tokens, completion.milliseconds
    if completion.source == "imports":
        what = "what the file uses and lacks, and where the repository has it"
        out.print(f"[dim]  {what}; no model asked; {times.total:.0f} ms[/]", highlight=False)
        return
    out.print(
        f"[dim]  {completion.model_name}: {tokens.prompt} prompt tokens ({tokens.reused} reused), "
        f"{tokens.generated} written; {times.total:.0f} ms "
        f"(context {times.context:.0f}, prompt {times.prompt:.0f}, generation {times.generation:.0f})[/]",
        highlight=False,
    )
    if err.is_terminal and not completion.context:
        out.print("[dim]  no other file of the repository was needed[/]", highlight=False)
