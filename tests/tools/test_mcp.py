"""`kibitz mcp` in a process of its own, spoken to by the protocol's own client."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from lsp_server.tools.all_tools import registry
from lsp_server.tools.tool import ToolLimits


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "shop").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".gitignore").write_text("hidden.py\n")
    (folder / "hidden.py").write_text("def unseen(): ...\n")
    (folder / "shop" / "price.py").write_text("def net(gross, rate):\n    return gross / rate\n")
    return folder


def server(shop: Path) -> StdioServerParameters:
    home = shop.parent / "home"
    home.mkdir()
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "lsp_server", "mcp", "--root", str(shop)],
        env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")},
    )


async def test_an_agent_finds_the_same_tools_and_is_answered(shop):
    known = registry(ToolLimits(seconds=1, characters_max=1000)).tools
    async with Client(server(shop)) as client:
        listed = (await client.list_tools()).tools
        assert {it.name: dict(it.input_schema) for it in listed} == {
            name: dict(it.schema()) for name, it in known.items()
        }
        assert all(it.annotations is not None and it.annotations.read_only_hint for it in listed)

        found = await client.call_tool("find_definition", {"name": "net"})
        assert not found.is_error
        assert "shop/price.py:1: function def net(gross, rate):" in found.content[0].text


async def test_what_an_agent_gets_wrong_is_told_and_ignored_files_stay_unseen(shop):
    async with Client(server(shop)) as client:
        for name, arguments, says in [
            ("find_definition", {"nam": "net"}, "name: Field required"),
            ("read_lines", {"path": "../../etc/passwd"}, "no file ../../etc/passwd was read"),
            ("read_lines", {"path": "hidden.py"}, "no file hidden.py was read"),
            ("remove_everything", {}, "There is no tool"),
        ]:
            result = await client.call_tool(name, arguments)
            assert result.is_error
            assert says in result.content[0].text


def test_other_commands_do_not_pay_for_it():
    code = "import sys, lsp_server.__main__, lsp_server.app.kibitz; sys.exit(any(m in sys.modules for m in ('mcp', 'pydantic')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
