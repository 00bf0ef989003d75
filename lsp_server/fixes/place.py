"""What the rules are given: the problem, what its message was read as, and what was looked up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lsp_server.explanation.kinds import Reading
from lsp_server.explanation.problem import Evidence, Problem
from lsp_server.fixes.python_code import PythonCode
from lsp_server.index.snapshot import Snapshot
from lsp_server.text.document import Document


@dataclass(frozen=True, kw_only=True)
class Place:
    document: Document
    problem: Problem
    reading: Reading
    evidence: Sequence[Evidence]
    snapshot: Snapshot

    @property
    def line(self) -> int:
        return self.document.line_of(self.problem.start)

    @property
    def name(self) -> str:
        return self.reading.groups.get("name", "")

    @cached_property
    def code(self) -> PythonCode | None:
        """None for other languages, and where the text does not parse."""
        if self.document.language != "python":
            return None
        try:
            return PythonCode(self.document)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def span_of(self, name: str) -> tuple[int, int] | None:
        """Where *name* stands: at the problem's start, else first on its line, else nowhere."""
        word = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
        start = self.document.line_starts[self.line]
        text = self.document.line_text(self.line)
        for match in (word.match(text, self.problem.start - start), word.search(text)):
            if name and match is not None:
                return start + match.start(), start + match.end()
        return None
