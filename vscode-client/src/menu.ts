/** What a click on the status bar offers. */

import * as vscode from "vscode";

import type { StatusItem } from "./status";

export async function showMenu(status: StatusItem): Promise<void> {
  const isOn = vscode.workspace.getConfiguration("kibitz").get<boolean>("completion.enabled", true);
  const { state, message, hint } = status.current;
  const isInTrouble = state === "error" || state === "noModel";
  const entries = [
    ...(isInTrouble ? [{ label: `$(warning) ${message}`, detail: hint ?? "", command: "kibitz.showOutput" }] : []),
    { label: isOn ? "$(eye-closed) Turn completion off" : "$(eye) Turn completion on", command: "kibitz.toggleCompletion" },
    { label: "$(comment-discussion) Explain this code", command: "kibitz.explainCode", needsServer: true },
    { label: "$(question) Ask about this repository", command: "kibitz.ask", needsServer: true },
    { label: "$(clippy) Explain the error in the clipboard", command: "kibitz.explainOutput", needsServer: true },
    { label: "$(search) What Kibitz sees here", command: "kibitz.showContext", needsServer: true },
    { label: "$(refresh) Restart the model", command: "kibitz.restartModel", needsServer: true },
    { label: "$(debug-restart) Restart the server", command: "kibitz.restart" },
    { label: "$(output) Show the output", command: "kibitz.showOutput" },
    { label: "$(gear) Settings", command: "workbench.action.openSettings", argument: "kibitz" },
  ];
  const isRunning = !["off", "error", "starting"].includes(state);
  const chosen = await vscode.window.showQuickPick(
    entries.filter((entry) => isRunning || !entry.needsServer),
    { title: "Kibitz", placeHolder: isInTrouble ? "What do you want to do?" : message },
  );
  if (chosen) {
    await vscode.commands.executeCommand(chosen.command, ...(chosen.argument ? [chosen.argument] : []));
  }
}
