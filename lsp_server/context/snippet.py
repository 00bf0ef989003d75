"""One piece of the repository that a model may be shown, and why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    path: str  # repository-relative, POSIX
    start_line: int  # 0-based
    end_line: int  # 0-based, inclusive
    text: str  # whole lines, no trailing newline; secrets already removed
    reason: str  # for a person: "defines net, used on the cursor line"
    score: float  # compares snippets of one request only

    def touches(self, path: str, first: int, last: int) -> bool:
        """Whether it shows any of the lines from *first* to *last*, inclusive, of the file at *path*."""
        return self.path == path and self.start_line <= last and first <= self.end_line
