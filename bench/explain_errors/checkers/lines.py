"""A checker that stays alive: one request and one answer a line, both JSON."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bench.explain_errors.said import Said
from lsp_server.explanation.problem import Related


class LineChecker:
    """The program answers `{"path", "text"}` with a list of what it says."""

    def __init__(self, command: Sequence[str | Path], *, cwd: Path | None = None) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=cwd
        )

    def ask(self, path: str, text: str) -> list[Said]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"path": path, "text": text}) + "\n")
        self._process.stdin.flush()
        return [_said(it) for it in json.loads(self._process.stdout.readline())]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def _said(it: dict[str, object]) -> Said:
    fields = {key: value for key, value in it.items() if key != "related"}
    related = it.get("related", [])
    assert isinstance(related, list)
    return Said(**fields, related=tuple(Related(**each) for each in related))  # type: ignore[arg-type]
