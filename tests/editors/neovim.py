"""A person at Neovim, by remote control: keys go in, what is on the screen comes out."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.editors.sandbox import private_home
from tests.editors.setup import neovim

ANSWER_SECONDS_MAX = 10.0
LOOK_SECONDS = 0.05  # pause between two looks at the editor
KEY_SECONDS = 0.06  # a quick typist
LOOK_UP_SECONDS = 2.0  # how long a person who waits for a suggestion looks at the screen

GHOST_TEXT = """
(function()
  local lines = {}
  local namespace = vim.api.nvim_create_namespace('nvim.lsp.inline_completion')
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
    local shown = { mark[4].virt_text or {} }
    vim.list_extend(shown, mark[4].virt_lines or {})
    for _, pieces in ipairs(shown) do
      table.insert(lines, table.concat(vim.tbl_map(function(piece) return piece[1] end, pieces)))
    end
  end
  return table.concat(lines, '\\n')
end)()
"""

WINDOWS = """
vim.tbl_map(function(window)
  local buffer = vim.api.nvim_win_get_buf(window)
  return {
    name = vim.api.nvim_buf_get_name(buffer),
    text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\\n'),
    current = window == vim.api.nvim_get_current_win(),
  }
end, vim.api.nvim_list_wins())
"""


class Neovim:
    """One running Neovim without a screen."""

    def __init__(self, command: Sequence[str], address: Path) -> None:
        self._command = [*command, "--server", str(address)]

    def keys(self, keys: str) -> None:
        """Press *keys*, in Neovim's own notation: `<Esc>` is a key."""
        self._remote("--remote-send", keys)

    def type(self, text: str) -> None:
        """Type *text* key by key, as fast as a person does."""
        for character in text:
            self.keys({"<": "<lt>", "\n": "<CR>"}.get(character, character))
            time.sleep(KEY_SECONDS)

    def lua(self, expression: str) -> Any:
        """The value of a Lua expression."""
        quoted = f"vim.json.encode({expression})".replace("'", "''")
        return json.loads(self._remote("--remote-expr", f"luaeval('{quoted}')".replace("\n", " ")))

    def open(self, file: Path) -> None:
        self.keys(f"<Cmd>edit {file}<CR>")

    def text(self) -> str:
        """The text of the current buffer."""
        return str(self.lua("table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')"))

    def type_until_ghost_text(self, text: str) -> str:
        """Type on, looking up after every key, until there is grey text; that text."""
        for character in text:
            self.type(character)
            deadline = time.monotonic() + LOOK_UP_SECONDS
            while time.monotonic() < deadline:
                suggestion = str(self.lua(GHOST_TEXT))
                if suggestion.strip():
                    return suggestion
                time.sleep(LOOK_SECONDS)
        raise AssertionError(f"no grey text while typing {text!r}:\n{self.text()}")

    def windows(self) -> list[dict[str, Any]]:
        return list(self.lua(WINDOWS))

    def wait_for_client(self, name: str, *, seconds: float) -> None:
        """Wait until the language server *name* looks after the current buffer."""
        clients = f"vim.lsp.get_clients({{ bufnr = 0, name = '{name}' }})"
        ready = f"vim.iter({clients}):any(function(client) return client.initialized end)"
        self.wait_for(lambda: self.lua(ready), f"the server {name}", seconds=seconds)

    def wait_until_ready(self, *, seconds: float) -> None:
        """Wait until Kibitz says that its model is there."""
        self.wait_for(lambda: self.lua("vim.g.kibitz_status == 'Ready'"), "model", seconds=seconds)

    def wait_for(self, look: Callable[[], Any], what: str, *, seconds: float) -> Any:
        """What *look* finds, as soon as it finds something."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = look()
            if found:
                return found
            time.sleep(LOOK_SECONDS)
        said = self.lua("vim.fn.execute('messages')")
        raise AssertionError(f"no {what} within {seconds:.0f} s; Neovim said: {said}\n{self.text()}")

    def _remote(self, *arguments: str) -> str:
        finished = subprocess.run(
            [*self._command, *arguments],
            capture_output=True, text=True, timeout=ANSWER_SECONDS_MAX, check=False,
        )  # fmt: skip
        if finished.returncode != 0:
            raise AssertionError(f"Neovim did not take {arguments}: {finished.stderr}")
        return finished.stdout


@contextmanager
def running_neovim(folder: Path, home: Path, config: Path, path: Path) -> Iterator[Neovim]:
    """Neovim in *folder* with *config* alone, a home of its own, and *path* first on PATH."""
    command, address = neovim(), home / "nvim.sock"
    environment = {**os.environ, **private_home(home), "PATH": f"{path}{os.pathsep}{os.environ['PATH']}"}
    log = (home / "nvim.log").open("w")
    process = subprocess.Popen(
        [*command, "--headless", "--listen", str(address), "-i", "NONE", "-n", "-u", str(config)],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + ANSWER_SECONDS_MAX
        while not address.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"Neovim did not start: {(home / 'nvim.log').read_text()}")
            time.sleep(LOOK_SECONDS)
        yield Neovim(command, address)
    finally:
        process.terminate()
        try:
            process.wait(ANSWER_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()
