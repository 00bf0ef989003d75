// Stands for any other language extension: it reports one error, and knows nothing of Kibitz.
const vscode = require("vscode");

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
  context.subscriptions.push(
    problems,
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.workspace.onDidChangeTextDocument(({ document }) => check(document)),
  );
  vscode.workspace.textDocuments.forEach(check);
};
