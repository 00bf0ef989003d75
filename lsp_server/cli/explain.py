"""`kibitz explain`: what an error means here, from what the repository says."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.markdown import Markdown

from lsp_server.cancellation import Cancellation
from lsp_server.cli.console import fails_clearly, out, print_json, progress
from lsp_server.cli.endpoint import endpoint_options
from lsp_server.cli.place import Place, PlaceType
from lsp_server.errors import UnreadableFile
from lsp_server.explanation.explain import explain_problem, explain_traceback
from lsp_server.explanation.explain_code import explain_code
from lsp_server.explanation.problem import Explanation, Problem
from lsp_server.explanation.safe_markdown import one_line
from lsp_server.settings import LANGUAGES
from lsp_server.text.document import Document

STAGE_MAX = 100  # characters, so that it stays on one line


@click.command("explain")
@click.argument("place", type=PlaceType(columns="optional"), required=False)
@click.option("--message", metavar="TEXT", help="The error, as the tool printed it.")
@click.option("--source", default="", help="The tool: pyright, rustc, …")
@click.option("--code", default="", help="The tool's code for it: E0433, reportUndefinedVariable, …")
@click.option(
    "--traceback", "traceback", metavar="FILE|-", help="A traceback or compiler output; - reads it."
)
@click.option("--root", type=click.Path(path_type=Path), help="The repository. Default: found upwards.")
@click.option(
    "--model", default="", metavar="NAME|FILE.gguf", help="Default: what `kibitz models use` chose."
)
@endpoint_options
@click.option("--language", type=click.Choice(LANGUAGES), default="auto", help="The reader's language.")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@fails_clearly
def explain_command(
    *,
    place: Place | None,
    message: str | None,
    source: str,
    code: str,
    traceback: str | None,
    root: Path | None,
    model: str,
    endpoint: str,
    endpoint_model: str,
    language: str,
    wants_json: bool,
) -> None:
    """Say what an error means here, why, and what to do; or, without one, what a piece of code is.

    Looks the names up in the repository first; a chat model, if one is used, then tells the story.

    \b
    kibitz explain src/cart.py:12
    kibitz explain src/cart.py:12 --message "name 'pric' is not defined"
    python app.py 2>&1 | kibitz explain --traceback -
    """
    if (traceback is None) == (place is None) or (place is None and message):
        raise click.UsageError("Give PATH:LINE, with --message for an error there, or --traceback.")
    from lsp_server.app.session import open_session
    from lsp_server.app.talking import Endpoint, chat_of, storyteller

    start = place.path if place is not None else (root or Path.cwd()) / "."
    with (
        progress("Reading the repository …") as say,
        open_session(start, root=root, model=model, say=say) as session,
    ):
        say("Looking things up …")
        shared: dict[str, Any] = {
            "snapshot": session.snapshot,
            "storyteller": storyteller(
                chat_of(session.loaded, Endpoint(url=endpoint, model=endpoint_model)), session.snapshot
            ),
            "language": language,
            "cancellation": Cancellation(),
            "on_text": lambda text: say(stage(text)),
        }
        if place is not None and not message:
            document = session.document(place.path)
            offset = place.offset_in(document)
            explanation = explain_code(document, offset, offset, **shared)
        elif place is not None:
            document = session.document(place.path)
            problem = problem_at(place, document, message or "", source, code)
            explanation = explain_problem(problem, document, **shared)
        else:
            explanation = explain_traceback(_text_of(traceback or "-"), read=session.read, **shared)
    _print(explanation, wants_json=wants_json)


def stage(markdown: str) -> str:
    """What an unfinished answer waits for: the part that it says is being read, or the writing."""
    last = markdown.rstrip().rpartition("\n")[2]
    reads = last.startswith("*") and last.endswith("…*")
    return one_line(last.strip("*").replace("`", ""), STAGE_MAX) if reads else "Writing …"


def problem_at(place: Place, document: Document, message: str, source: str = "", code: str = "") -> Problem:
    """From the column, or the line's first character, to the line's end. Raises BadPosition."""
    start = place.offset_in(document)
    end = document.offset_at(place.line - 1, 1_000_000)
    if place.column is None:
        text = document.line_text(place.line - 1)
        start += len(text) - len(text.lstrip())
    return Problem(message=message, start=start, end=max(start, end), source=source, code=code)


def _text_of(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    try:
        return Path(name).read_text("utf-8", "replace")
    except OSError as error:
        raise UnreadableFile(
            f"{name} cannot be read: {error.strerror}", hint="Name a file, or - for standard input."
        ) from error


def _print(explanation: Explanation, *, wants_json: bool) -> None:
    if wants_json:
        print_json(
            {
                "title": explanation.title,
                "markdown": explanation.markdown,
                "evidence": [asdict(it) | {"line": it.line + 1} for it in explanation.evidence],
            }
        )
    elif out.is_terminal:
        out.print(Markdown(explanation.markdown))
    else:
        click.echo(explanation.markdown, nl=False)
