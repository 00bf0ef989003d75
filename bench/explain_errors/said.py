"""What a checker says of a text, and where."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from lsp_server.explanation.problem import Related


@dataclass(frozen=True, slots=True)
class Said:
    line: int  # from 1
    column: int  # from 1
    message: str  # as an editor is given it
    end_line: int = 0  # from 1; 0 where the tool names a place only
    end_column: int = 0  # from 1
    related: tuple[Related, ...] = ()

    @property
    def key(self) -> str:
        """The same for the same finding on another line."""
        return re.sub(r"\bline \d+", "line", self.message)

    @property
    def is_warning(self) -> bool:
        return any(it in self.message for it in ("never used", "not used", "unused"))


class Checker(Protocol):
    """Checks files of one project, each as *text* says, the others as they lie on disk."""

    def ask(self, path: str, text: str) -> list[Said]: ...

    def close(self) -> None: ...


def added(before: list[Said], after: list[Said]) -> list[Said]:
    """Those of *after* that *before* has not."""
    known = Counter(it.key for it in before)
    new = []
    for each in after:
        if known[each.key]:
            known[each.key] -= 1
        else:
            new.append(each)
    return new
