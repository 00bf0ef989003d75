"""javac, kept alive, for one module of the JDK: the file in question replaces the JDK's own."""

import base64
import json
import subprocess
from pathlib import Path

from bench.explain_errors.said import Said
from lsp_server.text.document import Document

SOURCE = Path(__file__).parent / "Javac.java"


class Javac:
    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            ["java", "-Xmx1g", SOURCE, module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            encoding="utf-8",
        )  # fmt: skip

    def ask(self, path: str, text: str) -> list[Said]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path}\t{base64.b64encode(text.encode()).decode()}\n")
        self._process.stdin.flush()
        document = Document(path=path, text=text, language="java")
        return [_said(document, **it) for it in json.loads(self._process.stdout.readline())]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def _said(document: Document, start: int, end: int, message: str) -> Said:
    places = []
    for offset in (start, max(start, end)):
        line = document.line_of(min(offset, len(document.text)))
        places += [line + 1, offset - document.line_starts[line] + 1]
    return Said(places[0], places[1], message, places[2], places[3])
