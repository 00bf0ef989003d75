"""What is offered: text to insert at one offset of one document, proved to change nothing else."""

from dataclasses import dataclass

from lsp_server.errors import KibitzError


class CannotDocument(KibitzError):
    """There is nothing to document here, or it could not be done with proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocstringEdit:
    path: str
    offset: int  # code points
    end_offset: int  # of what is replaced; equal to `offset` but for a body on the header's line
    text: str
    name: str  # of what is documented
    style: str

    def applied_to(self, text: str) -> str:
        return text[: self.offset] + self.text + text[self.end_offset :]
