"""`kibitz serve`: the language server on standard input and output."""

import sys
from pathlib import Path

import click

from lsp_server.editor.connection import Connection
from lsp_server.editor.stdio import private_stdio

# A request goes from thread to thread some eight times, and each time waits so long for one that computes,
# such as what is read ahead in a pause; Python's own 5 ms would make that 40.
SWITCH_S = 0.0005


@click.command("serve")
@click.option(
    "--log", "log_file", type=click.Path(path_type=Path), help="Write the log to this file, not to stderr."
)
@click.option("--stdio", is_flag=True, hidden=True, help="The only way there is; many editors say it anyway.")
def serve_command(*, log_file: Path | None, stdio: bool) -> None:
    """Run the language server over standard input and output; an editor starts it.

    Without a model it starts all the same, and says in its status what is missing.
    """
    sys.setswitchinterval(SWITCH_S)
    connection = Connection(*private_stdio(log_file))  # it greets the editor while the rest is loaded

    from lsp_server.app.kibitz import Kibitz
    from lsp_server.app.local_models import model_for_editor
    from lsp_server.editor.server import KibitzServer

    KibitzServer(Kibitz(model_for_editor)).serve(connection)
