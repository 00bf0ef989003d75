"""Every tool there is. A new one is a Tool in one of these modules; chats and MCP clients then have it."""

from lsp_server.tools import looking_up, reading
from lsp_server.tools.registry import Registry
from lsp_server.tools.tool import ToolLimits


def registry(limits: ToolLimits) -> Registry:
    return Registry((*looking_up.TOOLS, *reading.TOOLS), limits)
