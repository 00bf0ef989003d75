"""Run the real `kibitz` in a process of its own, with a home of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS_MAX = 60


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: str | Path, home: Path, cwd: Path, stdin: str = "") -> Outcome:
    home.mkdir(exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "KIBITZ_"))
    } | {"HOME": str(home), "NO_COLOR": "1", "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, "-m", "lsp_server", *map(str, arguments)],
        capture_output=True,
        text=True,
        input=stdin,
        cwd=cwd,
        env=environment,
        timeout=SECONDS_MAX,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
