"""What filters pass on to each other."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lsp_server.postprocess.site import Site


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Text to insert at the cursor; lines end with `\\n` until the last filter."""

    text: str
    replaced: int = 0  # characters right of the cursor, on its line, that `text` already holds
    is_above: bool = False  # whole lines, which push the cursor's own line down

    def with_text(self, text: str) -> "Suggestion":
        return replace(self, text=text)

    def inserted(self, site: Site) -> str:
        """What comes to stand at the cursor."""
        return f"{self.text}\n{site.line_prefix}" if self.is_above and self.text else self.text

    def is_to_line_end(self, site: Site) -> bool:
        """Nothing of the cursor's line comes behind the text."""
        return self.is_above or site.is_line_end

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def first_lines(self, count: int) -> "Suggestion":
        return self.with_text("\n".join(self.lines[:count]))


Filter = Callable[[Suggestion, Site], Suggestion]
