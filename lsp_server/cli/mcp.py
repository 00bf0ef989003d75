"""`kibitz mcp`: the tools that look things up, for any agent."""

from pathlib import Path

import click

from lsp_server.cli.console import fails_clearly, print_json


@click.command("mcp")
@click.option("--root", type=click.Path(path_type=Path), help="The repository. Default: found upwards.")
@click.option("--list", "wants_list", is_flag=True, help="Print the tools and their schemas as JSON.")
@fails_clearly
def mcp_command(*, root: Path | None, wants_list: bool) -> None:
    """Serve read-only look-ups of a repository as MCP tools over standard input and output.

    Definitions, references, symbols, lines, search, files, problems. An agent starts it, for example
    with {"command": "kibitz", "args": ["mcp", "--root", "/path/to/repository"]} in its list of servers.
    Ignored files are not there, secrets are blanked, nothing is changed and nothing leaves this machine
    but through the agent that asked.

    \b
    kibitz mcp --list
    kibitz mcp --root ~/src/shop
    """
    from lsp_server.tools.all_tools import registry
    from lsp_server.tools.tool import ToolLimits

    tools = registry(ToolLimits(seconds=10.0, characters_max=24_000))
    if wants_list:
        print_json(
            [
                {"name": it.name, "description": it.description, "schema": it.schema()}
                for it in tools.tools.values()
            ]
        )
        return
    from lsp_server.app.session import open_session
    from lsp_server.tools.mcp_server import serve_blocking

    with open_session((root or Path.cwd()) / ".", root=root, model=None) as session:
        serve_blocking(tools, lambda: session.snapshot)
