/** Which program is the server: what the user's settings name, else `kibitz` on PATH. */

import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";

import type { WorkspaceConfiguration } from "vscode";

export interface Program {
  command: string;
  args: string[];
}

/** The program to start, or undefined if Kibitz is not installed where we look. */
export async function findProgram(settings: WorkspaceConfiguration): Promise<Program | undefined> {
  const [command, ...args] = settings.get<string[]>("server.command", []);
  if (command) {
    return { command, args };
  }
  const python = settings.get<string>("server.python", "");
  if (python) {
    // -P: a folder named lsp_server wherever the process happens to start is never imported.
    return { command: python, args: ["-P", "-m", "lsp_server", "serve"] };
  }
  const installed = await findOnPath(process.platform === "win32" ? "kibitz.exe" : "kibitz");
  return installed === undefined ? undefined : { command: installed, args: ["serve"] };
}

/** The absolute path of *name*; relative entries of PATH could lead into an opened folder, so they are skipped. */
async function findOnPath(name: string): Promise<string | undefined> {
  // An editor started from a desktop often lacks the user's own folder, where pipx and uv install to.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), join(homedir(), ".local", "bin")];
  for (const path of folders.filter(isAbsolute).map((folder) => join(folder, name))) {
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
