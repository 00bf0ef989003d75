// tsc's own language service, kept alive: node typescript.js TYPESCRIPT ROOT
// One request a line on stdin, {"path", "text"}; one line out, what tsc says of that file.
const fs = require("fs");
const nodePath = require("path");
const ts = require(process.argv[2]);
const root = process.argv[3];

const versions = new Map(); // path → [version, text], of what differs from the disk
const options = {
  strict: true, noEmit: true, skipLibCheck: true, types: [], noImplicitReturns: true,
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler, allowImportingTsExtensions: true,
};
const files = ts.sys.readDirectory(root, [".ts"], [], []);
const host = {
  ...ts.sys,
  useCaseSensitiveFileNames: () => true,
  getCompilationSettings: () => options,
  getScriptFileNames: () => files,
  getScriptVersion: (file) => String(versions.get(file)?.[0] ?? 0),
  getScriptSnapshot: (file) => {
    const text = versions.get(file)?.[1] ?? ts.sys.readFile(file);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => root,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
};
const service = ts.createLanguageService(host, ts.createDocumentRegistry());

function place(file, start) {
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return [line + 1, character + 1];
}

function said(it) {
  const [line, column] = place(it.file, it.start);
  const [end_line, end_column] = place(it.file, it.start + it.length);
  const related = (it.relatedInformation ?? []).filter((each) => each.file).map((each) => ({
    path: nodePath.relative(root, each.file.fileName),
    line: place(each.file, each.start)[0] - 1,
    message: ts.flattenDiagnosticMessageText(each.messageText, "\n"),
  }));
  const message = ts.flattenDiagnosticMessageText(it.messageText, "\n");
  return { line, column, end_line, end_column, message, related };
}

require("readline").createInterface({ input: process.stdin }).on("line", (request) => {
  const { path, text } = JSON.parse(request);
  const file = nodePath.join(root, path);
  versions.set(file, [(versions.get(file)?.[0] ?? 0) + 1, text]);
  const found = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)];
  versions.set(file, [versions.get(file)[0] + 1, fs.readFileSync(file, "utf8")]);
  process.stdout.write(JSON.stringify(found.map(said)) + "\n");
});
