"""How a model server is asked to write on; which ways it knows depends on the program."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from lsp_server.cancellation import Cancellation
from lsp_server.model.port import GenerationRequest, TokenCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What came at once. Of a healed prompt the part that it spelled already is left out."""

    text: str
    tokens: int = 1
    logprobs: tuple[float, ...] = ()
    counts: TokenCounts | None = None  # the server's own, with the last one
    is_cut: bool = False  # the last one: the limit of tokens ended it


class Way(Protocol):
    """Blocking; what a server sends may raise anything, which `model.web.heard` puts into words."""

    def words(self, request: GenerationRequest, cancellation: Cancellation) -> Iterator[Word]: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...

    def close(self) -> None: ...
