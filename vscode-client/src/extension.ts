/** The Kibitz client: starts the language server and shows what it says. All thinking is in the server. */

import * as vscode from "vscode";

import { AnswerPanel } from "./answerPanel";
import { showMenu } from "./menu";
import { Server } from "./server";
import { terminalText } from "./sources";
import { StatusItem } from "./status";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Kibitz", { log: true });
  const status = new StatusItem();
  const panel = new AnswerPanel();
  const running = new Server({ output, status, panel, home: context.extensionPath });
  server = running;

  const command = (name: string, run: () => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(name, run);
  context.subscriptions.push(
    output,
    status,
    panel,
    command("kibitz.menu", () => showMenu(status)),
    command("kibitz.restart", () => running.restart()),
    command("kibitz.stop", () => running.stop()),
    command("kibitz.showOutput", () => { output.show(); }),
    command("kibitz.toggleCompletion", toggleCompletion),
    command("kibitz.explainTerminal", explainTerminal),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.trust()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (["enabled", "server.command", "server.python"].some((name) => change.affectsConfiguration(`kibitz.${name}`))) {
        void running.restart();
      }
      if (change.affectsConfiguration("kibitz.completion.enabled")) {
        status.refresh();
      }
    }),
  );
  await running.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

async function explainTerminal(): Promise<unknown> {
  const text = await terminalText();
  return text && await vscode.commands.executeCommand("kibitz.explainOutput", { text });
}

/** Flip the setting where the user has set it; the server reads the change like any other. */
async function toggleCompletion(): Promise<void> {
  const name = "completion.enabled";
  const settings = vscode.workspace.getConfiguration("kibitz");
  const isSetHere = settings.inspect(name)?.workspaceValue !== undefined;
  const isOn = settings.get<boolean>(name, true);
  await settings.update(name, !isOn, isSetHere ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global);
  vscode.window.setStatusBarMessage(`Kibitz: completion is ${isOn ? "off" : "on"}.`, 3000);
}
