"""Edits in the buffer of a real Neovim, which tells the server in its own words. Counted in edits.

Needs `python -m tests.editors.setup`. Runs in tries of one Neovim each, with its whole time.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.editors.sandbox import private_home
from tests.editors.setup import neovim
from tests.fuzz.edits import changed
from tests.fuzz.effort import Effort

START = "x = 1\n"
LOOKS = 5_000  # of one Neovim, each after 20 edits
SCRIPT = Path(__file__).with_name("neovim.lua")
ROOT = SCRIPT.parents[2]


def fuzz(effort: Effort) -> None:
    command = neovim()
    for random in effort:
        home = Path(tempfile.mkdtemp(prefix="kibitz-fuzz-"))
        result = home / "result.json"
        environment = {
            **os.environ, **private_home(home), "PYTHON": sys.executable, "STORE": str(home / "index"),
            "CWD": str(ROOT), "SECONDS": str(effort.seconds), "TRIES": str(LOOKS), "RESULT": str(result),
            "SEED": str(random.randrange(1 << 31)),
        }  # fmt: skip
        try:
            (home / "a.py").write_text(START)
            subprocess.run(
                [*command, "--headless", "-i", "NONE", "-n", "-u", "NONE", str(home / "a.py"), "-S", str(SCRIPT)],
                cwd=home, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True,
                timeout=effort.seconds + 60,
            )  # fmt: skip
            told = json.loads(result.read_text("utf-8"))
        finally:
            shutil.rmtree(home, ignore_errors=True)
        assert "failure" not in told, f"seed {effort.seed}, try {effort.number}: {told['failure']}"
        check(told["log"], f"seed {effort.seed}, try {effort.number}")
        effort.done += told["done"]
        effort.note(told["misstated"], "buffers that Neovim told of wrongly")


def check(log: list[dict[str, Any]], where: str) -> None:
    """What the server has is what Neovim told, by the specification."""
    text = ""
    for number, said in enumerate(log):
        if "server" in said:
            assert said["server"] == text, f"{where}: after {log[max(0, number - 30) : number]}"
            continue
        span = said.get("range")
        spots = span and tuple((span[it]["line"], span[it]["character"]) for it in ("start", "end"))
        text = changed(text, (spots, said["text"]), "utf-8")
