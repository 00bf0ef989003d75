"""The other server for editors that speak the protocol themselves: it marks the name `rate` as an error."""

import re

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

server = LanguageServer("other-server", "0.0.1")


@server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
@server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
def check(params: lsp.DidOpenTextDocumentParams | lsp.DidChangeTextDocumentParams) -> None:
    document = server.workspace.get_text_document(params.text_document.uri)
    problems = [
        lsp.Diagnostic(
            range=lsp.Range(lsp.Position(line, found.start()), lsp.Position(line, found.end())),
            message='"rate" is not defined', source="other server", code="undefined-name",
            severity=lsp.DiagnosticSeverity.Error,
        )
        for line, text in enumerate(document.lines)
        for found in re.finditer(r"\brate\b", text)
    ]  # fmt: skip
    report = lsp.PublishDiagnosticsParams(uri=document.uri, diagnostics=problems)
    server.text_document_publish_diagnostics(report)


if __name__ == "__main__":
    server.start_io()
