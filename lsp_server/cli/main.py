"""`kibitz`: one group, one command per file, each imported only when it is asked for."""

import importlib
from typing import Any

import click

from lsp_server import __version__

# name → (module, attribute, the line in `kibitz --help`); importing all of them would cost every call.
COMMANDS = {
    "complete": ("complete", "complete_command", "Complete the code at PATH:LINE:COLUMN."),
    "docstring": (
        "docstring",
        "docstring_command",
        "Write the docstring of the function or class at PATH:LINE.",
    ),
    "document": ("document", "document_command", "Write the docstrings that files or folders lack."),
    "explain": ("explain", "explain_command", "Say what an error means here, why, and what to do."),
    "ask": ("ask", "ask_command", "Answer a question about the repository."),
    "fix": ("fix", "fix_command", "Repair an error at PATH:LINE, checked on a copy."),
    "context": ("context", "context_command", "Show exactly what a model would be shown, and why."),
    "symbols": ("symbols", "symbols_command", "List the definitions of a name."),
    "where": ("where", "where_command", "Say where the name at PATH:LINE:COLUMN is defined."),
    "index": ("index", "index_command", "Read a repository and say what was found."),
    "models": ("models", "models_command", "List, inspect and choose models."),
    "doctor": ("doctor", "doctor_command", "Check the set-up; name each fault and its cure."),
    "stats": ("stats", "stats_command", "Show how fast ghost text came and how much of it was accepted."),
    "mcp": ("mcp", "mcp_command", "Serve look-ups of a repository to agents, over MCP."),
    "serve": ("serve", "serve_command", "Run the language server over standard input and output."),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"lsp_server.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from rapidfuzz import process

            near = process.extractOne(args[0], list(COMMANDS), score_cutoff=60) if args else None
            if near is not None:
                raise click.UsageError(f"{error.message} Did you mean '{near[0]}'?", ctx) from error
            raise


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Try: kibitz complete examples/library/library/loans.py:34:1    (lines and columns count from 1)",
)
@click.version_option(__version__, prog_name="kibitz")
def main() -> None:
    """Code completion, docstrings and error explanations from a model on your own machine.

    Every command has --help; those that answer have --json for programs. Exit code 2 means that the
    input or the set-up is at fault, and one sentence says how to go on.
    """
