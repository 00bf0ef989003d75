"""What an editor says of itself is understood as far as it can be; nothing in it is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.editor.client import Client, client_of
from tests.lsp.editor import NEOVIM, OLDER_EDITOR, VS_CODE

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "capabilities",
        "initializationOptions",
        "processId",
        "workspaceFolders",
        "rootUri",
        "rootPath",
        "locale",
    ]
)
INNER = st.sampled_from(
    ["general", "textDocument", "workspace", "window", "kibitz", "kibitzClient", "codeAction", "uri"]
)


@given(st.dictionaries(NAMES, JSON | st.dictionaries(INNER, JSON | st.dictionaries(INNER, JSON))))
def test_no_greeting_is_too_strange(params: dict[str, object]) -> None:
    assert isinstance(client_of(params), Client)


def test_editors_are_known_by_what_they_can_do() -> None:
    vs_code, neovim, older = (client_of({"capabilities": it}) for it in (VS_CODE, NEOVIM, OLDER_EDITOR))
    assert (vs_code.encoding, neovim.encoding, older.encoding) == ("utf-16", "utf-8", "utf-16")
    assert (vs_code.resolves_edits, neovim.resolves_edits, older.resolves_edits) == (True, False, False)
    assert [it.has_inline_completion for it in (vs_code, neovim, older)] == [True, True, False]
    assert [it.has_action_literals for it in (vs_code, neovim, older)] == [True, True, False]


@pytest.mark.parametrize(
    ("params", "root"),
    [
        ({"workspaceFolders": [{"uri": "file:///a", "name": "a"}], "rootUri": "file:///b"}, "/a"),
        ({"workspaceFolders": None, "rootUri": "file:///b%20c"}, "/b c"),
        ({"workspaceFolders": [], "rootUri": None, "rootPath": "/c"}, "/c"),
        ({"workspaceFolders": [{"uri": "vscode-vfs://github/a/b", "name": "b"}]}, None),
        ({"rootPath": "relative"}, None),
        ({}, None),
    ],
)
def test_the_root_is_the_first_folder_on_this_machine(params: dict[str, object], root: str | None) -> None:
    assert client_of(params).root == (None if root is None else Path(root))


def test_further_folders_are_kept() -> None:
    folders = [
        {"uri": "file:///a", "name": "a"},
        {"uri": "git:/x", "name": "x"},
        {"uri": "file:///b", "name": "b"},
    ]
    client = client_of({"workspaceFolders": folders})
    assert (client.root, client.extra_roots) == (Path("/a"), (Path("/b"),))
