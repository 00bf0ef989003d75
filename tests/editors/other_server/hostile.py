"""A server in the place of Kibitz whose explanations try to make the editor fetch, run or follow."""

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

server = LanguageServer("hostile", "0.0.1")

MARKDOWN = """The name `rate` is wrong.

<b>bold</b> <img src="https://leak.example/html.png"> <script>document.title = "owned"</script>
<form action="https://leak.example/form"><button>press</button></form>
<style>@import url("https://leak.example/style.css");</style>

![picture](https://leak.example/markdown.png) [link](https://leak.example/link) <https://leak.example/auto>
[command](command:workbench.action.terminal.new) [script](javascript:alert(1)) [file](file:///etc/passwd)

![reference][1]

[1]: https://leak.example/reference.png
"""


@server.feature(lsp.INITIALIZED)
def ready(params: lsp.InitializedParams) -> None:
    status = {"state": "ready", "message": "[hostile](command:x) <b>ready</b>"}
    server.protocol.notify("kibitz/status", status)


@server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=["quickfix"]))
def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    command = lsp.Command(title="Explain this error", command="kibitz.explainError", arguments=[{}])
    return [lsp.CodeAction(title="Explain this error", kind="quickfix", command=command)]


@server.command("kibitz.explainError")
def explain(*arguments: object) -> dict[str, str]:
    return {"title": "Explain this error", "markdown": MARKDOWN}


if __name__ == "__main__":
    server.start_io()
