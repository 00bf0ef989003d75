"""`--help` teaches, and a mistake is answered with the way on."""

import pytest
from click.testing import CliRunner

from lsp_server.cli.main import COMMANDS, main


def test_every_command_is_listed_with_what_it_does():
    out = CliRunner().invoke(main, ["--help"]).output
    for name, (_, _, line) in COMMANDS.items():
        assert name in out
        assert line in out.replace("\n", " ").replace("  ", " ") or line.split()[0] in out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own(name):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Usage:")
    assert len(result.output.splitlines()) > 5


def test_a_misspelt_command_is_guessed():
    result = CliRunner().invoke(main, ["complet"])
    assert result.exit_code == 2
    assert "complete" in result.output
