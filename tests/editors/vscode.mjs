// A person at VS Code in a browser, by remote control: one command per line on stdin, one answer per line on stdout.
// Every command waits for what it wants to see, up to its own limit; nothing here sleeps for a fixed time.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { chromium } = createRequire(process.env.KIBITZ_EDITORS + "/package.json")("playwright-core");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.KIBITZ_BROWSER, args: flags });
const page = await browser.newPage({
  viewport: { width: 1280, height: 800 }, permissions: ["clipboard-read", "clipboard-write"],
});
const foreign = [];
page.context().on("request", (request) => {
  const { protocol, hostname } = new URL(request.url());
  if (protocol.startsWith("http") && hostname !== "127.0.0.1") foreign.push(request.url());
});
const GHOST = ".ghost-text, .ghost-text-decoration, .ghost-text-decoration-preview";

// One piece of ghost text per syntax colour: put the pieces of a line together again.
function textByLine(selector) {
  const lines = new Map();
  for (const piece of document.querySelectorAll(selector)) {
    if (piece.parentElement.closest(selector)) continue;
    const line = piece.closest(".view-line") ?? piece;
    lines.set(line, (lines.get(line) ?? "") + piece.textContent);
  }
  // The lines after the first are in a layer of their own, which the page has before the text.
  const top = ([line]) => line.getBoundingClientRect().top;
  const texts = [...lines].sort((one, other) => top(one) - top(other)).map(([, text]) => text);
  return texts.join("\n").replaceAll("\u00a0", " ").trimEnd();
}

// The line of a quick-pick list that Enter would take. The list is filtered a moment after the typing.
function chosen(text) {
  return page.locator(".quick-input-list .monaco-list-row.focused", { hasText: text });
}

// A cold editor may put its own text into the input after ours, or open the list late: try again like a person.
async function pick(key, text, name, opened = "") {
  const widget = page.locator(".quick-input-widget");
  for (let left = 3; ; left--) {
    await page.keyboard.press(key);
    try {
      await widget.locator("input").fill(text, { timeout: 5000 });
      await chosen(name).first().waitFor({ timeout: left > 1 ? 5000 : 30000 });
      await page.keyboard.press("Enter");
      if (opened) await page.locator(".quick-input-widget", { hasText: opened }).waitFor({ timeout: 5000 });
      else await widget.waitFor({ state: "hidden", timeout: 5000 });
      return;
    } catch (error) {
      if (left <= 1) throw error;
      await page.keyboard.press("Escape");
    }
  }
}

const commands = {
  async visit({ url }) {
    await page.goto(url);
    await page.locator(".monaco-workbench .part.editor").waitFor({ timeout: 60000 });
  },

  async open({ file }) {
    const name = file.split("/").pop();
    await pick("Control+p", file, name);
    await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await page.locator(".monaco-editor.focused").waitFor();
  },

  async go({ line, column }) {
    await page.keyboard.press("Control+g");
    await page.locator(".quick-input-widget input").fill(`:${line}:${column}`);
    await page.keyboard.press("Enter");
    await page.locator(".monaco-editor.focused").waitFor();
  },

  async type({ text, delay_ms }) {
    await page.keyboard.type(text, { delay: delay_ms });
  },

  async press({ key }) {
    await page.keyboard.press(key);
  },

  // The text that is shown but is not in the file yet, or null if none comes.
  async ghost({ timeout_ms }) {
    const ghost = page.locator(GHOST).filter({ hasText: /\S/ }).first();
    try {
      await ghost.waitFor({ timeout: timeout_ms });
    } catch {
      return null;
    }
    return await page.evaluate(textByLine, GHOST);
  },

  // *opened*: what the command asks for in turn, in an input of its own.
  async command({ name, opened }) {
    await pick("F1", `>${name}`, name, opened);
  },

  async saved() {
    await page.keyboard.press("Control+s");
    await page.locator(".tab.active:not(.dirty)").waitFor();
  },

  async see({ selector, text, timeout_ms }) {
    const found = page.locator(selector, text ? { hasText: text } : {}).first();
    await found.waitFor({ timeout: timeout_ms });
    return await found.innerText();
  },

  async label({ selector }) {
    return await page.locator(selector).first().getAttribute("aria-label");
  },

  async click({ selector, text }) {
    await page.locator(selector, text ? { hasText: text } : {}).first().click();
  },

  async hover({ selector }) {
    await page.locator(selector).first().hover();
  },

  async texts({ selector }) {
    return await page.locator(selector).allInnerTexts();
  },

  // The text of the answer panel whose title begins so: a page inside a page inside the page.
  async answer({ title, timeout_ms }) {
    const end = Date.now() + timeout_ms;
    while (Date.now() < end) {
      for (const frame of page.frames()) {
        if (!(await frame.title().catch(() => "")).startsWith(title)) continue;
        const text = await frame.locator("main").innerText({ timeout: 1000 }).catch(() => "");
        if (text.trim()) return text;
      }
      await page.waitForTimeout(100);
    }
    return null;
  },

  // The markup that the answer panel was given to show, and what the whole window asked other machines for.
  async markup({ title }) {
    for (const frame of page.frames()) {
      if ((await frame.title().catch(() => "")).startsWith(title)) return await frame.locator("main").innerHTML();
    }
  },

  // Click a place that the answer names.
  async place({ title, text }) {
    for (const frame of page.frames()) {
      if (!(await frame.title().catch(() => "")).startsWith(title)) continue;
      return await frame.locator("main a", { hasText: text }).first().click();
    }
    throw new Error(`no answer called ${title}`);
  },

  async copy({ text }) {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  },

  async copied() {
    return await page.evaluate(() => navigator.clipboard.readText());
  },

  async foreign() {
    return foreign;
  },

  async screenshot({ path }) {
    await page.screenshot({ path });
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...options } = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await commands[command](options)) ?? null };
  } catch (error) {
    answer = { error: `${command}: ${error.message}` };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
await browser.close();
