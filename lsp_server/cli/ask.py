"""`kibitz ask`: a question in free words, answered from the repository."""

from dataclasses import asdict
from pathlib import Path

import click
from rich.markdown import Markdown

from lsp_server.cancellation import Cancellation
from lsp_server.cli.console import fails_clearly, out, print_json, progress
from lsp_server.cli.endpoint import endpoint_options
from lsp_server.settings import LANGUAGES


@click.command("ask")
@click.argument("question", nargs=-1, required=True)
@click.option("--root", type=click.Path(path_type=Path), help="The repository. Default: found upwards.")
@click.option(
    "--model", default="", metavar="NAME|FILE.gguf", help="Default: what `kibitz models use` chose."
)
@endpoint_options
@click.option("--language", type=click.Choice(LANGUAGES), default="auto", help="The reader's language.")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object, for programs.")
@fails_clearly
def ask_command(
    *,
    question: tuple[str, ...],
    root: Path | None,
    model: str,
    endpoint: str,
    endpoint_model: str,
    language: str,
    wants_json: bool,
) -> None:
    """Answer a question about the repository.

    Lists the definitions that say its words; a chat model, if one is used, looks further and answers.

    \b
    kibitz ask how are loans extended
    kibitz ask "where is the tax rate read?" --endpoint http://127.0.0.1:8080/v1
    """
    from lsp_server.app.session import open_session
    from lsp_server.app.talking import Endpoint, chat_of, storyteller
    from lsp_server.explanation.ask import ask

    with (
        progress("Reading the repository …") as say,
        open_session((root or Path.cwd()) / ".", root=root, model=model, say=say) as session,
    ):
        say("Looking things up …")
        chat = chat_of(session.loaded, Endpoint(url=endpoint, model=endpoint_model))
        answer = ask(
            " ".join(question),
            snapshot=session.snapshot,
            storyteller=storyteller(chat, session.snapshot),
            language=language,
            cancellation=Cancellation(),
            on_text=lambda text: None,
        )
    if wants_json:
        print_json(
            {
                "title": answer.title,
                "markdown": answer.markdown,
                "evidence": [asdict(it) | {"line": it.line + 1} for it in answer.evidence],
            }
        )
    elif out.is_terminal:
        out.print(Markdown(answer.markdown))
    else:
        click.echo(answer.markdown, nl=False)
