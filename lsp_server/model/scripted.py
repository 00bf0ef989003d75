"""The fake model: it says what it was told to, piece by piece, and remembers what it was asked.

Shipped beside the port so that whoever depends on a model can be tested without weights.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from lsp_server.cancellation import Cancellation
from lsp_server.errors import ModelUnavailable
from lsp_server.model.port import (
    Generation,
    GenerationRequest,
    ModelInfo,
    OnText,
    SpecialToken,
    TokenCounts,
)

Answer = str | Generation | ModelUnavailable | Callable[[GenerationRequest], str]

TOKEN = re.compile(r"\n|[^\S\n]*\w{1,6}|\w{1,6}|[^\S\n]+|[^\w\s]")
FIM_TOKENS = {
    "prefix": "<|fim_prefix|>", "suffix": "<|fim_suffix|>", "middle": "<|fim_middle|>",
    "pad": "<|fim_pad|>", "repo": "<|repo_name|>", "sep": "<|file_sep|>",
}  # fmt: skip
INFO = ModelInfo(
    name="scripted",
    path="",
    sha256="0" * 64,
    size_bytes=0,
    architecture="scripted",
    parameters=None,
    quantization="none",
    context_length=8192,
    vocabulary_size=len(FIM_TOKENS) + 1,
    special_tokens={text: number for number, text in enumerate([*FIM_TOKENS.values(), "<|endoftext|>"])},
    fim_tokens=FIM_TOKENS,
)


class ScriptedModel:
    """Gives *answers* in their order; the last one again and again once the others are used up.

    `requests` lists what was asked. With `hold()` it stops after a request has come in and before
    the first piece of the answer, until `release()`; a cancelled request does not wait.
    """

    def __init__(self, answers: Iterable[Answer] = ("",), info: ModelInfo = INFO) -> None:
        self.requests: list[GenerationRequest] = []
        self.is_closed = False
        self._info = info
        self._answers = list(answers)
        self._lock = threading.Lock()
        self._asked = threading.Event()
        self._released = threading.Condition()
        self._is_held = False

    @property
    def info(self) -> ModelInfo:
        return self._info

    def will_say(self, *answers: Answer) -> None:
        """Forget the answers that are left, and give these."""
        with self._lock:
            self._answers = list(answers)

    def hold(self) -> None:
        self._is_held = True

    def release(self) -> None:
        with self._released:
            self._is_held = False
            self._released.notify_all()

    def wait_until_asked(self, timeout_s: float = 10) -> bool:
        """Whether a request came in since this was last called, or comes within the time."""
        was_asked = self._asked.wait(timeout_s)
        self._asked.clear()
        return was_asked

    def generate(
        self, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None = None
    ) -> Generation:
        with self._lock:
            self.requests.append(request)
            answer = self._answers[0] if self._answers else ""
            if len(self._answers) > 1:
                self._answers.pop(0)
        cancellation.on_cancel(self._wake)
        self._asked.set()
        with self._released:
            self._released.wait_for(lambda: not self._is_held or cancellation.is_cancelled)
        if isinstance(answer, ModelUnavailable):
            raise answer
        if isinstance(answer, Generation):
            return answer
        text = answer if isinstance(answer, str) else answer(request)
        return self._said(text, request, cancellation, on_text)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [sum(1 for _ in TOKEN.finditer(text)) for text in texts]

    def close(self) -> None:
        self.is_closed = True

    def _wake(self) -> None:
        with self._released:
            self._released.notify_all()

    def _said(
        self, text: str, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None
    ) -> Generation:
        said, generated = "", 0
        for piece in islice(_pieces(text), request.max_tokens):
            if cancellation.is_cancelled:
                return self._generation(request, said, generated, "cancelled")
            said, generated = said + piece, generated + 1
            if on_text is not None and not on_text(said):
                return self._generation(request, said, generated, "stopped")
        if cancellation.is_cancelled:
            return self._generation(request, said, generated, "cancelled")
        return self._generation(request, said, generated, "end" if said == text else "length")

    def _generation(self, request: GenerationRequest, text: str, generated: int, stop: str) -> Generation:
        counts = (1 if isinstance(it, SpecialToken) else self.count_tokens([it])[0] for it in request.pieces)
        prompt = sum(counts)
        return Generation(
            text=text,
            stop=stop,  # type: ignore[arg-type]
            tokens=TokenCounts(prompt=prompt, evaluated=prompt, generated=generated),
            queue_ms=0.0,
            prompt_ms=0.0,
            generation_ms=0.0,
            logprobs=(-0.1,) * generated,
        )


def _pieces(text: str) -> Iterator[str]:
    """*text* in pieces of about a token; joined again they are *text*."""
    start = 0
    for match in TOKEN.finditer(text):
        yield text[start : match.end()]
        start = match.end()
    if start < len(text):
        yield text[start:]
