"""A short session with what real editors say of themselves, as pytest-lsp has recorded it, and the real process.

pytest-lsp checks each message against those abilities; what an editor could not handle is an error here.
The recorded VS Code is older than inline completion, so that a newer one is made of it.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

from tests.lsp.editor import private, runtime_folder
from tests.lsp.raw_client import PYTHON

pytestmark = [
    pytest.mark.model,
    pytest.mark.timeout(240),
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

EDITORS = ["visual-studio-code", "visual-studio-code with inline completion", "neovim", "emacs"]
ENCODINGS = {"neovim": "utf-8", "emacs": "utf-32"}
PRICE = "def net(gross, vat_rate):\n    return gross / (1 + vat_rate)\n"
CODE = "# 😀 prices\ndef total(prices):\n    result = 0  # 😀\n    for price in prices:\n        result += "
CURSOR = lsp.Position(4, len("        result += "))


class Session:
    """One window of an editor on a repository of two files."""

    def __init__(self, name: str, root: Path) -> None:
        self.root = root
        self.abilities = client_capabilities(name.split()[0])
        if "inline" in name:
            assert self.abilities.text_document is not None
            offered = lsp.InlineCompletionClientCapabilities(dynamic_registration=True)
            self.abilities.text_document.inline_completion = offered
        self.client: LanguageClient = make_test_lsp_client()
        converter = self.client.protocol._converter

        def action(found: dict[str, Any], kind: object) -> lsp.Command | lsp.CodeAction:
            is_command = isinstance(found.get("command"), str)
            return converter.structure(found, lsp.Command if is_command else lsp.CodeAction)  # type: ignore[no-any-return]

        # lsprotocol takes every action that has a command for a command.
        converter.register_structure_hook_func(lambda kind: kind == lsp.Command | lsp.CodeAction, action)
        self.edits: list[lsp.WorkspaceEdit] = []
        self.registered: list[str] = []
        self.states: list[str] = []
        self.result = lsp.InitializeResult(capabilities=lsp.ServerCapabilities())

        @self.client.feature(lsp.WORKSPACE_APPLY_EDIT)
        def apply(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
            self.edits.append(params.edit)
            return lsp.ApplyWorkspaceEditResult(applied=True)

        @self.client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
        def register(params: lsp.RegistrationParams) -> None:
            self.registered += [it.method for it in params.registrations]

        @self.client.feature("kibitz/status")
        def status(params: Any) -> None:
            self.states.append(params.state)

    async def start(self, home: Path) -> None:
        await self.client.start_io(PYTHON, "-m", "lsp_server", "serve", env=private(home) | {"PATH": ""})
        folder = lsp.WorkspaceFolder(uri=self.root.as_uri(), name="repository")
        self.result = await self.client.initialize_session(
            lsp.InitializeParams(capabilities=self.abilities, root_uri=folder.uri, workspace_folders=[folder])
        )

    def uri(self, file: str) -> str:
        return (self.root / file).as_uri()

    def open(self, file: str, text: str) -> None:
        item = lsp.TextDocumentItem(uri=self.uri(file), language_id="python", version=1, text=text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=item))

    async def actions(self, file: str, line: int, *problems: lsp.Diagnostic) -> list[lsp.CodeAction]:
        place = lsp.Position(line, 5)
        params = lsp.CodeActionParams(
            text_document=lsp.TextDocumentIdentifier(self.uri(file)),
            range=lsp.Range(place, place),
            context=lsp.CodeActionContext(diagnostics=list(problems)),
        )
        found = await self.client.text_document_code_action_async(params)
        return [it for it in found or () if isinstance(it, lsp.CodeAction)]


@pytest.fixture(params=EDITORS)
async def session(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Session]:
    root = tmp_path / "repository"
    root.mkdir()
    (root / "price.py").write_text(PRICE)
    opened = Session(request.param, root)
    try:
        await opened.start(tmp_path)
        yield opened
    finally:
        server = opened.client._server
        if server is not None and server.returncode is None:
            server.kill()
        await opened.client.stop()
        shutil.rmtree(runtime_folder(tmp_path), ignore_errors=True)


async def test_an_editor_of_the_day_is_served_from_greeting_to_goodbye(
    session: Session, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.params["session"]
    offered = session.result.capabilities
    encoding = ENCODINGS.get(name, "utf-16")
    assert offered.position_encoding == encoding
    has_inline = "inline" in name
    assert (offered.completion_provider is None) == has_inline
    assert offered.inline_completion_provider is None  # it is registered, or not to be had

    session.open("cart.py", CODE)
    where, text = await (grey_text(session) if has_inline else menu_entry(session))
    assert where.start == where.end == CURSOR
    assert text.strip()

    await a_problem_can_be_explained(session)
    await a_docstring_can_be_written(session)

    assert ("textDocument/inlineCompletion" in session.registered) == has_inline
    assert session.client.diagnostics == {}, "problems are other servers' business"
    popped_up = [it.message for it in session.client.messages]
    assert all("vat_rate" in it for it in popped_up), (
        "nothing but what was asked for, where nothing else shows it"
    )
    await session.client.shutdown_session()
    assert session.client.error is None
    assert session.client._server is not None
    assert session.client._server.returncode == 0


async def grey_text(session: Session) -> tuple[lsp.Range, str]:
    params = lsp.InlineCompletionParams(
        text_document=lsp.TextDocumentIdentifier(session.uri("cart.py")),
        position=CURSOR,
        context=lsp.InlineCompletionContext(trigger_kind=lsp.InlineCompletionTriggerKind.Invoked),
    )
    for _ in range(200):
        found = await session.client.text_document_inline_completion_async(params)
        assert isinstance(found, lsp.InlineCompletionList)
        if found.items:
            where = found.items[0].range
            assert where is not None
            return where, str(found.items[0].insert_text)
        await asyncio.sleep(0.1)
    raise AssertionError("nothing was suggested")


async def menu_entry(session: Session) -> tuple[lsp.Range, str]:
    """It may be silent until the model is there; a menu is asked for again and again."""
    for number in range(200):
        params = lsp.CompletionParams(
            text_document=lsp.TextDocumentIdentifier(session.uri("cart.py")),
            position=CURSOR,
            context=lsp.CompletionContext(trigger_kind=lsp.CompletionTriggerKind.Invoked),
        )
        found = await session.client.text_document_completion_async(params)
        assert isinstance(found, lsp.CompletionList)
        if found.items:
            (item,) = found.items
            assert isinstance(item.text_edit, lsp.TextEdit)
            return item.text_edit.range, item.text_edit.new_text
        # Another text, since what was asked for already is remembered.
        changed = lsp.TextDocumentContentChangeWholeDocument(
            text=CODE.replace("# 😀 prices", f"# 😀 prices {number}")
        )
        version = lsp.VersionedTextDocumentIdentifier(uri=session.uri("cart.py"), version=number + 2)
        session.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(text_document=version, content_changes=[changed])
        )
    raise AssertionError("nothing was suggested")


async def a_problem_can_be_explained(session: Session) -> None:
    session.open("order.py", "from price import net\n\ntotal = net(3, rate=4)\n")
    where = lsp.Range(lsp.Position(2, 8), lsp.Position(2, 22))
    words = 'Unexpected keyword argument "rate" for "net"'
    problem = lsp.Diagnostic(where, words, severity=lsp.DiagnosticSeverity.Error, source="mypy")
    actions = await session.actions("order.py", 2, problem)
    (explain,) = [it for it in actions if it.title == "Explain this error"]
    assert explain.command is not None
    answer = await session.client.workspace_execute_command_async(
        lsp.ExecuteCommandParams(explain.command.command, arguments=explain.command.arguments)
    )
    assert "vat_rate" in str(answer)
    assert session.client.shown_documents or session.client.messages


async def a_docstring_can_be_written(session: Session) -> None:
    text = 'FACE = "😀"\n\n\ndef gross(net, vat_rate):\n    return net * (1 + vat_rate)\n'
    session.open("gross.py", text)
    (write,) = [it for it in await session.actions("gross.py", 3) if it.title == "Write docstring"]
    edit = write.edit
    if edit is None and write.command is None:
        edit = (await session.client.code_action_resolve_async(write)).edit
    if edit is None and write.command is not None:
        await session.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams(write.command.command, arguments=write.command.arguments)
        )
        (edit,) = session.edits
    assert edit is not None
    can_version = session.abilities.workspace.workspace_edit.document_changes  # type: ignore[union-attr]
    assert (edit.document_changes is not None) == bool(can_version)
    changes = (edit.changes or {}).get(session.uri("gross.py"), [])
    for change in edit.document_changes or []:
        assert isinstance(change, lsp.TextDocumentEdit)
        changes = [it for it in change.edits if isinstance(it, lsp.TextEdit)]
    (written,) = changes
    assert written.range.start == written.range.end == lsp.Position(4, 0)
    assert written.new_text.lstrip().startswith('"""')
