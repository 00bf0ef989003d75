/** The status bar item: what the server says about itself, and what the last completion cost. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

/** What the notification `kibitz/status` carries. */
export interface Status {
  readonly state: "starting" | "loading" | "ready" | "busy" | "noModel" | "error" | "off";
  readonly message: string;
  readonly hint?: string;
  readonly model?: string;
  readonly detail?: string;
}

/** The part of the answer to `kibitz/lastRequest` that is shown. */
interface LastRequest {
  readonly tokens: { readonly reused: number; readonly evaluated: number; readonly generated: number };
  readonly milliseconds: { readonly total: number };
}

const ICONS: Record<Status["state"], string> = {
  starting: "loading~spin",
  loading: "loading~spin",
  ready: "eye",
  busy: "loading~spin",
  noModel: "warning",
  error: "warning",
  off: "eye-closed",
};

export class StatusItem {
  #item = vscode.window.createStatusBarItem("kibitz.status", vscode.StatusBarAlignment.Right, 90);
  #last: LastRequest | undefined;
  current: Status = { state: "off", message: "The server has not been started." };

  constructor() {
    this.#item.name = "Kibitz";
    this.#item.command = "kibitz.menu";
    this.show(this.current);
    this.#item.show();
  }

  /** Show *status*; with a *client*, ask it what the completion cost that has just ended. */
  show(status: Status, client?: LanguageClient): void {
    const hasJustWorked = this.current.state === "busy" && status.state === "ready";
    this.current = status;
    const isTrouble = status.state === "error" || status.state === "noModel";
    this.#item.text = `$(${this.#icon}) Kibitz`;
    this.#item.backgroundColor = isTrouble ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.#item.accessibilityInformation = { label: `Kibitz: ${status.message}` };
    this.#item.tooltip = tooltip(status, this.#last);
    if (hasJustWorked && client !== undefined) {
      void this.#showCost(client);
    }
  }

  /** Draw it again: a setting has changed that it shows. */
  refresh(): void {
    this.show(this.current);
  }

  get #icon(): string {
    return this.current.state === "ready" && !isCompletionOn() ? ICONS.off : ICONS[this.current.state];
  }

  async #showCost(client: LanguageClient): Promise<void> {
    try {
      this.#last = (await client.sendRequest<LastRequest | null>("kibitz/lastRequest", {})) ?? undefined;
      this.#item.tooltip = tooltip(this.current, this.#last);
    } catch {
      // The figures are a courtesy; the server may be stopping.
    }
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function isCompletionOn(): boolean {
  return vscode.workspace.getConfiguration("kibitz").get<boolean>("completion.enabled", true);
}

/** Everything that came from outside is appended as text, so that none of it acts as markdown. */
function tooltip(status: Status, last: LastRequest | undefined): vscode.MarkdownString {
  const text = new vscode.MarkdownString("", true);
  text.appendMarkdown("**Kibitz** — ").appendText(status.message);
  if (!isCompletionOn()) {
    text.appendMarkdown("\n\nCompletion is turned off; explanations and docstrings still work.");
  }
  if (status.hint) {
    text.appendMarkdown("\n\n$(lightbulb) ").appendText(status.hint);
  }
  if (status.model) {
    text.appendMarkdown("\n\nModel: ").appendText(status.model);
  }
  if (status.detail) {
    text.appendMarkdown("\n\n").appendText(status.detail);
  }
  if (last) {
    const { tokens, milliseconds } = last;
    text.appendMarkdown(
      `\n\nLast suggestion: ${milliseconds.total.toFixed(0)} ms, ${tokens.generated.toFixed(0)} tokens written, ` +
      `${tokens.evaluated.toFixed(0)} read, ${tokens.reused.toFixed(0)} remembered`,
    );
  }
  return text;
}
