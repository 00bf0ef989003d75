/**
 * Text to read, beside the code. A model wrote it, perhaps after reading hostile code: HTML stays text, links and
 * images are not followed, nothing can run, and the page may load nothing. What can be clicked are the places of the
 * repository that the server found.
 */

import { randomBytes } from "node:crypto";
import MarkdownIt from "markdown-it";
import * as vscode from "vscode";

/** A place that the server found; *text* is what stands for it in the answer. */
export interface Place {
  readonly text: string;
  readonly uri: string;
  readonly line: number;
}

const OPEN = "kibitz.openPlace";

export class AnswerPanel {
  #panel: vscode.WebviewPanel | undefined;
  #places: readonly Place[] = [];
  #command = vscode.commands.registerCommand(OPEN, (index: unknown) => this.#openPlace(index));

  /** Show *markdown* in the panel beside the code; the cursor stays where it is. */
  show(title: string, markdown: string, places: readonly Place[]): void {
    const panel = this.#panel ?? this.#open();
    this.#places = places;
    panel.title = title;
    panel.webview.html = page(title, markdown, places);
    panel.reveal(undefined, true);
  }

  /** Show the beginning of an answer that is still being written; a panel that was closed meanwhile stays closed. */
  begin(title: string, markdown: string, isFirst: boolean): void {
    if (isFirst) {
      this.show(title, markdown, []);
    } else if (this.#panel) {
      this.#panel.webview.html = page(title, markdown, []);
    }
  }

  #open(): vscode.WebviewPanel {
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel("kibitz.answer", "Kibitz", place, {
      enableScripts: false,
      enableCommandUris: [OPEN],
      enableForms: false,
      enableFindWidget: true,
      localResourceRoots: [],
    });
    panel.onDidDispose(() => { this.#panel = undefined; });
    this.#panel = panel;
    return panel;
  }

  /** A link names its place by number, so that no text of an answer can lead anywhere else. */
  async #openPlace(index: unknown): Promise<void> {
    const place = typeof index === "number" ? this.#places[index] : undefined;
    if (place === undefined) {
      return;
    }
    const beside = vscode.window.visibleTextEditors.find((editor) => editor.viewColumn !== this.#panel?.viewColumn);
    await vscode.window.showTextDocument(vscode.Uri.parse(place.uri), {
      viewColumn: beside?.viewColumn ?? vscode.ViewColumn.One,
      selection: new vscode.Range(place.line, 0, place.line, 0),
    });
  }

  dispose(): void {
    this.#command.dispose();
    this.#panel?.dispose();
  }
}

const reader = new MarkdownIt({ html: false, linkify: false }).disable("image");
reader.renderer.rules["link_open"] = () => "";
reader.renderer.rules["link_close"] = () => "";
reader.renderer.rules["code_inline"] = (tokens, number, _options, env) => {
  const text = tokens[number]?.content ?? "";
  const code = `<code>${reader.utils.escapeHtml(text)}</code>`;
  const places = (env?.["places"] ?? []) as readonly Place[];
  const index = places.findIndex((place) => place.text === text);
  return index < 0 ? code : `<a href="command:${OPEN}?${encodeURIComponent(JSON.stringify([index]))}">${code}</a>`;
};

function page(title: string, markdown: string, places: readonly Place[]): string {
  const nonce = randomBytes(16).toString("base64");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}';">
<title>${reader.utils.escapeHtml(title)}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body><main>${reader.render(markdown, { places })}</main></body>
</html>`;
}

const STYLE = `
body { padding: 0 1.5em 2em; line-height: 1.55; }
main { max-width: 46em; overflow-wrap: break-word; }
h1, h2, h3 { font-weight: 600; line-height: 1.25; margin: 1.2em 0 .5em; }
h1 { font-size: 1.5em; } h2 { font-size: 1.25em; } h3 { font-size: 1.1em; }
p, ul, ol, table, blockquote { margin: .7em 0; }
li { margin: .25em 0; }
code { font-family: var(--vscode-editor-font-family); font-size: .95em; }
:not(pre) > code { background: var(--vscode-textCodeBlock-background); border-radius: 3px; padding: .1em .3em; }
pre { background: var(--vscode-textCodeBlock-background); border-radius: 4px; padding: .8em 1em; overflow-x: auto; }
pre code { background: none; padding: 0; color: var(--vscode-editor-foreground); white-space: pre; }
blockquote { border-left: 3px solid var(--vscode-textBlockQuote-border); padding-left: 1em; margin-left: 0; }
table { border-collapse: collapse; }
th, td { border: 1px solid var(--vscode-panel-border); padding: .3em .7em; text-align: left; }
hr { border: 0; border-top: 1px solid var(--vscode-panel-border); margin: 1.5em 0; }
`;
