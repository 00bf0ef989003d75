/** The server process: start, stop, restart, and what it is told at the start. */

import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import * as vscode from "vscode";
import { LanguageClient, State, type LanguageClientOptions } from "vscode-languageclient/node";

import type { AnswerPanel } from "./answerPanel";
import { showAnswers } from "./answers";
import { findProgram } from "./program";
import type { Status, StatusItem } from "./status";

interface Surroundings {
  readonly output: vscode.LogOutputChannel;
  readonly status: StatusItem;
  readonly panel: AnswerPanel;
  /** Where the process starts: a folder of ours, never one that the user merely opened. */
  readonly home: string;
}

export class Server {
  #client: LanguageClient | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(readonly surroundings: Surroundings) {}

  start(): Promise<void> {
    return this.#inTurn(() => this.#start());
  }

  stop(): Promise<void> {
    return this.#inTurn(() => this.#stop());
  }

  restart(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  /** One start or stop at a time, in the order asked for. */
  #inTurn(action: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(action, action);
    return this.#turn;
  }

  async #start(): Promise<void> {
    const { status, output, home } = this.surroundings;
    const settings = vscode.workspace.getConfiguration("kibitz");
    if (!settings.get<boolean>("enabled", true)) {
      status.show({ state: "off", message: "Kibitz is turned off.", hint: "Turn on the setting kibitz.enabled." });
      return;
    }
    const program = await findProgram(settings);
    if (program === undefined) {
      status.show(NOT_INSTALLED);
      void offerSettings(NOT_INSTALLED);
      return;
    }
    const client = new LanguageClient("kibitz", "Kibitz", { ...program, options: { cwd: home } }, this.#options());
    this.#client = client;
    client.onNotification("kibitz/status", (told: Status) => { status.show(told, client); });
    client.onDidChangeState(({ newState }) => {
      void vscode.commands.executeCommand("setContext", "kibitz.running", newState === State.Running);
      if (newState === State.Starting) {
        status.show({ state: "starting", message: "The server is starting." });
      } else if (newState === State.Stopped && this.#client === client) {
        status.show(STOPPED);
      }
    });
    try {
      await client.start();
    } catch (error) {
      output.error(error instanceof Error ? error : String(error));
      status.show({
        state: "error",
        message: `The server did not start: ${program.command}`,
        hint: "The output channel “Kibitz” says why.",
      });
    }
  }

  /** The person trusts the folder now: settings that pick what runs count. */
  async trust(): Promise<void> {
    await this.#client?.sendNotification("kibitz/workspaceTrusted");
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) {
      // A server that never came up, or that died, has nothing left to stop.
      await client.dispose().catch((error: unknown) => { this.surroundings.output.debug(String(error)); });
    }
    this.surroundings.status.show({ state: "off", message: "The server is stopped.", hint: "Run “Kibitz: Restart Server”." });
  }

  #options(): LanguageClientOptions {
    const { output, panel } = this.surroundings;
    return {
      documentSelector: [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-notebook-cell" }],
      initializationOptions: () => ({ kibitz: settingsTree(), kibitzClient: { showsExplanations: true, isTrusted: vscode.workspace.isTrusted } }),
      outputChannel: output,
      markdown: { isTrusted: false, supportHtml: false },
      stdioOptions: { stdout: passOn, stderr: passOn },
      middleware: {
        executeCommand: (command, args, next) => {
          const client = this.#client;
          return client ? showAnswers(client, panel, command, args, next) : undefined;
        },
      },
    };
  }
}

const NOT_INSTALLED: Status = {
  state: "error",
  message: "The Kibitz server is not installed.",
  hint: "Install it so that kibitz is on PATH, or name its Python in the setting kibitz.server.python.",
};

const STOPPED: Status = {
  state: "error",
  message: "The server has stopped.",
  hint: "Run “Kibitz: Restart Server”; the output channel “Kibitz” says why it stopped.",
};

/** Pass log lines on as they are: the server chose what to write (`kibitz.log.level`), and a line is no error in itself. */
function passOn(stream: Readable, output: vscode.LogOutputChannel): void {
  createInterface({ input: stream }).on("line", (line) => { output.info(line); });
}

/** All settings of the section, as plain data. */
function settingsTree(): unknown {
  return JSON.parse(JSON.stringify(vscode.workspace.getConfiguration("kibitz")));
}

async function offerSettings(status: Status): Promise<void> {
  const open = "Open Settings";
  const chosen = await vscode.window.showWarningMessage(`${status.message} ${status.hint ?? ""}`, open);
  if (chosen === open) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "kibitz.server");
  }
}
