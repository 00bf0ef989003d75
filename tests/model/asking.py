"""Short ways to ask a model."""

import threading
from collections.abc import Callable

from lsp_server.cancellation import Cancellation
from lsp_server.model.port import Generation, GenerationRequest, Model, Piece, Priority

TIMEOUT_S = 30


def request(
    *pieces: Piece,
    max_tokens: int = 20,
    min_tokens: int = 0,
    priority: Priority = Priority.COMPLETION,
    is_healed: bool = False,
    stop_tokens: tuple[str, ...] = (),
    temperature: float = 0.0,
    seed: int = 0,
    may_draft: bool = False,  # the tiny model's scores are dice: rounding may decide between near equals
) -> GenerationRequest:
    return GenerationRequest(
        pieces=pieces,
        max_tokens=max_tokens,
        min_tokens=min_tokens,
        priority=priority,
        is_healed=is_healed,
        stop_tokens=stop_tokens,
        temperature=temperature,
        seed=seed,
        may_draft=may_draft,
    )


def ask(model: Model, asked: GenerationRequest) -> Generation:
    return model.generate(asked, Cancellation())


class Asking(threading.Thread):
    """A request under way in a thread of its own."""

    def __init__(
        self, model: Model, asked: GenerationRequest, on_text: Callable[[str], bool] | None = None
    ) -> None:
        super().__init__(daemon=True)
        self.cancellation = Cancellation()
        self.has_text = threading.Event()
        self.generation: Generation | None = None
        self.error: BaseException | None = None
        self._model, self._asked, self._on_text = model, asked, on_text
        self.start()

    def run(self) -> None:
        def on_text(text: str) -> bool:
            self.has_text.set()
            return self._on_text is None or self._on_text(text)

        try:
            self.generation = self._model.generate(self._asked, self.cancellation, on_text)
        except BaseException as error:  # noqa: BLE001  # told to whoever asks for the answer
            self.error = error

    def answer(self) -> Generation:
        self.join(TIMEOUT_S)
        if self.error is not None:
            raise self.error
        assert self.generation is not None, "no answer in time"
        return self.generation
