"""Have a model write a given number of lines, though it would rather say less.

An editor asks once and takes what comes; a baseline that writes three lines in any case, and is never
post-processed, cannot be put beside that. So the same request is asked again as if each answer had been
accepted and the next line begun, until the lines are full.
"""

from collections.abc import Sequence
from dataclasses import replace

from lsp_server.cancellation import Cancellation
from lsp_server.model.port import Generation, GenerationRequest, Model, ModelInfo, OnText


class Overheard:
    """A model that remembers the last request for text."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.request: GenerationRequest | None = None

    @property
    def info(self) -> ModelInfo:
        return self._model.info

    def generate(
        self, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None = None
    ) -> Generation:
        self.request = request
        return self._model.generate(request, cancellation, on_text)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._model.count_tokens(texts)

    def close(self) -> None:
        self._model.close()


def written_out(model: Model, request: GenerationRequest, lines: int) -> str:
    """Return up to *lines* lines that *model* writes for *request*: fewer only where its tokens run out.

    Where it would end before, a line break is put and it is asked to go on.
    """
    text = ""
    tokens_left = request.max_tokens
    *head, last = request.pieces
    while True:
        if isinstance(last, str):
            pieces = (*head, last + text)
        else:
            pieces = (*head, last, text) if text else (*head, last)
        answer = model.generate(
            replace(request, pieces=pieces, max_tokens=tokens_left, min_tokens=1),
            Cancellation(),
            lambda more, before=text: f"{before}{more}".count("\n") < lines,  # type: ignore[misc]
        )
        text += answer.text
        tokens_left -= answer.tokens.generated
        if answer.stop != "end" or tokens_left <= 0 or text.count("\n") >= lines - 1:
            return "\n".join(text.split("\n")[:lines])
        text += "\n"
