/** Where the text of a request comes from: a person's question, the clipboard, the terminal. */

import * as vscode from "vscode";

/** A question in free words, or undefined if the person thought better of it. */
export async function question(): Promise<string | undefined> {
  const asked = await vscode.window.showInputBox({
    title: "Ask about this repository",
    placeHolder: "Where is the tax rate read?",
    prompt: "Name a function, a class, a file or an error, and what you want to know of it.",
    ignoreFocusOut: true,
  });
  return asked?.trim() ? asked : undefined;
}

/** What was copied: a traceback, or what a compiler printed. */
export async function clipboardText(): Promise<string | undefined> {
  const text = await vscode.env.clipboard.readText();
  if (text.trim()) {
    return text;
  }
  void vscode.window.showInformationMessage("Copy a traceback or a compiler's message first.");
  return undefined;
}

/** The selection in the terminal. Only the clipboard leads there; what was in it is put back. */
export async function terminalText(): Promise<string | undefined> {
  const before = await vscode.env.clipboard.readText();
  let selected: string;
  try {
    await vscode.env.clipboard.writeText("");
    await vscode.commands.executeCommand("workbench.action.terminal.copySelection");
    selected = await vscode.env.clipboard.readText();
  } finally {
    await vscode.env.clipboard.writeText(before);
  }
  if (selected.trim()) {
    return selected;
  }
  void vscode.window.showInformationMessage("Select the traceback or the compiler's message in the terminal first.");
  return undefined;
}
