// Stands for any other language extension: it reports one error, and knows nothing of Kibitz.
const vscode = require("vscode");

const CRASHED = `$ python -m shop.receipt
Traceback (most recent call last):
  File "/srv/app/shop/receipt.py", line 13, in discounted
    return total * (1 - rate)
NameError: name 'rate' is not defined
`;

exports.activate = (context) => {
  const problems = vscode.languages.createDiagnosticCollection("other server");
  const check = (document) => {
    if (document.languageId !== "python") return;
    const found = [...document.getText().matchAll(/\brate\b/g)].map(({ index }) => {
      const range = new vscode.Range(document.positionAt(index), document.positionAt(index + "rate".length));
      const problem = new vscode.Diagnostic(range, "\"rate\" is not defined", vscode.DiagnosticSeverity.Error);
      problem.source = "other server";
      problem.code = "undefined-name";
      return problem;
    });
    problems.set(document.uri, found);
  };
  // A terminal with a program in it that crashed; a shell would need a native module that is not always there.
  const crash = () => {
    const written = new vscode.EventEmitter();
    const pty = {
      onDidWrite: written.event,
      open: () => written.fire(CRASHED.replaceAll("\n", "\r\n")),
      close: () => {},
    };
    vscode.window.createTerminal({ name: "crashed", pty }).show();
  };
  context.subscriptions.push(
    problems,
    vscode.commands.registerCommand("otherServer.crash", crash),
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.workspace.onDidChangeTextDocument(({ document }) => check(document)),
  );
  vscode.workspace.textDocuments.forEach(check);
};
