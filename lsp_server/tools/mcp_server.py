"""The registry as a server of the Model Context Protocol; one function of it knows the protocol's types."""

from collections.abc import Callable
from functools import partial
from typing import Any

import anyio.to_thread
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from lsp_server import __version__
from lsp_server.cancellation import Cancellation
from lsp_server.index.snapshot import Snapshot
from lsp_server.tools.registry import Registry

INSTRUCTIONS = (
    "Looks names and text up in one repository, as Kibitz has indexed it. Nothing is changed or run. "
    "Ignored files are not there and secrets are blanked. Paths are relative to the root, lines count from 1."
)


async def serve(registry: Registry, snapshot: Callable[[], Snapshot]) -> None:
    """Until standard input ends. *snapshot* is asked again for each call; it may block."""
    server = made(registry, snapshot)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def made(registry: Registry, snapshot: Callable[[], Snapshot]) -> Server[Any]:
    async def list_tools(
        context: object, parameters: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=it.name,
                    description=it.description,
                    input_schema=dict(it.schema()),
                    annotations=types.ToolAnnotations(
                        read_only_hint=True,
                        destructive_hint=False,
                        idempotent_hint=True,
                        open_world_hint=False,
                    ),
                )
                for it in registry.tools.values()
            ]
        )

    async def call_tool(context: object, parameters: types.CallToolRequestParams) -> types.CallToolResult:
        with Cancellation() as cancellation:
            result = await anyio.to_thread.run_sync(
                lambda: registry.call(parameters.name, parameters.arguments or {}, snapshot(), cancellation),
                abandon_on_cancel=True,
            )
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=result.text)], is_error=result.is_error
        )

    return Server(
        "kibitz",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def serve_blocking(registry: Registry, snapshot: Callable[[], Snapshot]) -> None:
    anyio.run(partial(serve, registry, snapshot))
