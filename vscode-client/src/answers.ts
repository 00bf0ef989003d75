/** Commands whose answer is text to read: send them so that they can be cancelled, and show what comes back. */

import * as vscode from "vscode";
import { ExecuteCommandRequest, type ExecuteCommandSignature, type LanguageClient } from "vscode-languageclient/node";

import type { AnswerPanel, Place } from "./answerPanel";
import { clipboardText, question } from "./sources";

interface Answer {
  readonly title: string;
  readonly markdown: string;
  /** Servers before 0.2 name none. */
  readonly places?: readonly Place[];
}

const WAITING: Record<string, string> = {
  "kibitz.explainError": "Kibitz is looking at the error",
  "kibitz.explainCode": "Kibitz is looking at the code",
  "kibitz.explainOutput": "Kibitz is looking at the error",
  "kibitz.ask": "Kibitz is looking for an answer",
  "kibitz.showContext": "Kibitz is collecting what it sees",
};

/** Show what a command with a readable answer returns; any other command passes through untouched. */
export async function showAnswers(
  client: LanguageClient, panel: AnswerPanel, command: string, args: unknown[], next: ExecuteCommandSignature,
): Promise<unknown> {
  const title = WAITING[command];
  if (command === "kibitz.documentFile" && !isPlace(args[0])) {
    const place = placeOfCursor(client);
    return place && await next(command, place);
  }
  if (title === undefined) {
    return await next(command, args);
  }
  const sent = await argumentsOf(client, command, args);
  if (sent === undefined) {
    return undefined;
  }
  const answer = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_, token) => whileWritten(client, panel, title, sent, (named) => ask(client, command, named, token)),
  );
  if (answer) {
    panel.show(answer.title, answer.markdown, answer.places ?? []);
  }
  return answer;
}

/** What *command* was given, or else what the person says when asked for it. */
async function argumentsOf(client: LanguageClient, command: string, args: unknown[]): Promise<unknown[] | undefined> {
  if (command === "kibitz.ask") {
    const asked = textOf(args[0], "question") ?? await question();
    return asked === undefined ? undefined : [{ question: asked }];
  }
  if (command === "kibitz.explainOutput") {
    const text = textOf(args[0], "text") ?? await clipboardText();
    return text === undefined ? undefined : [{ text }];
  }
  if (command === "kibitz.explainError" || isPlace(args[0])) {
    return args;
  }
  const place = placeOfCursor(client);
  if (place === undefined) {
    void vscode.window.showInformationMessage("Open a file and put the cursor where you want to know it.");
  }
  return place;
}

let answers = 0;

/** Show what the server has written so far, again and again, until *answer* is there. */
async function whileWritten(
  client: LanguageClient, panel: AnswerPanel, title: string, args: unknown[],
  answer: (args: unknown[]) => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  const answerId = `answer-${String(++answers)}`;
  let isFirst = true;
  const listening = client.onNotification("kibitz/answer", (written: { answerId: string; markdown: string }) => {
    if (written.answerId === answerId) {
      panel.begin(title, written.markdown, isFirst);
      isFirst = false;
    }
  });
  try {
    return await answer([{ ...(args[0] as object), answerId }]);
  } finally {
    listening.dispose();
  }
}

async function ask(
  client: LanguageClient, command: string, args: unknown[], token: vscode.CancellationToken,
): Promise<Answer | undefined> {
  try {
    const answer: unknown = await client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args }, token);
    if (isAnswer(answer)) {
      return answer;
    }
    throw new Error("the server sent no answer. The output channel “Kibitz” may say why.");
  } catch (error) {
    if (!token.isCancellationRequested) {
      void vscode.window.showErrorMessage(`Kibitz: ${error instanceof Error ? error.message : String(error)}`);
    }
    return undefined;
  }
}

/** The active cursor in the protocol's terms; a menu passes arguments of its own, which say less. */
function placeOfCursor(client: LanguageClient): unknown[] | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return undefined;
  }
  const { code2ProtocolConverter: convert } = client;
  const { document, selection } = editor;
  return [{
    uri: convert.asUri(document.uri), position: convert.asPosition(selection.active), range: convert.asRange(selection),
  }];
}

/** Arguments of the server's own, as code actions carry them. */
function isPlace(value: unknown): boolean {
  return typeof value === "object" && value !== null && "range" in value && "uri" in value && typeof value.uri === "string";
}

function textOf(value: unknown, name: string): string | undefined {
  const text: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  return typeof text === "string" ? text : undefined;
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null
    && "title" in value && typeof value.title === "string"
    && "markdown" in value && typeof value.markdown === "string";
}
