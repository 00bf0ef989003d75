"""What Kibitz asks of a model, whoever runs it.

A prompt travels as pieces: plain strings, which are never read as special tokens whatever they
hold, and `SpecialToken`s, named by their text in the model's own vocabulary. Adapters: `local.py`
(our host process, the only place with loaded weights) and `scripted.py` (for tests).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, Protocol

from lsp_server.cancellation import Cancellation
from lsp_server.prompting.pieces import Piece as Piece
from lsp_server.prompting.pieces import SpecialToken as SpecialToken


class Priority(IntEnum):
    """Lower runs first. A completion overtakes everything, and an older completion."""

    COMPLETION = 0
    PREFETCH = 1  # what would follow a suggestion that is shown; short
    PREWARM = 2  # a prompt, to have it in memory; the next keystroke ends it
    ACTION = 3  # the user asked and is waiting: explain, docstring
    BACKGROUND = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """The model's own begin token goes first by itself, if its file says that it wants one."""

    pieces: tuple[Piece, ...]
    max_tokens: int  # 0 only evaluates the prompt, so that a later request finds it in memory
    priority: Priority
    stop_tokens: tuple[str, ...] = ()  # besides the model's own end tokens
    # Token healing: the last piece's tail, up to a safe token boundary, is generated again under the
    # constraint that the text comes out the same. The healed part is not in the answer's text.
    is_healed: bool = False
    min_tokens: int = 0  # end tokens are forbidden before this many
    # How far the model may be overruled by what followed the same tokens earlier in the prompt, 0 to 1.
    # For models too small to have learned copying; 0 leaves a model's own distribution alone.
    cache_share: float = 0.0
    # Texts beside the prompt that may be copied from likewise. Each is indexed once and remembered by what it
    # says, so the same ones should come again from request to request. They are never evaluated.
    beside: tuple[str, ...] = ()
    # The answer is one JSON value of this JSON Schema, given as text: no other token can be chosen.
    schema: str = ""
    temperature: float = 0.0  # 0 is greedy
    # Guess ahead from what followed the same tokens before, and check the guesses in one go. Only how long a
    # greedy answer takes depends on it, never what it says.
    may_draft: bool = True
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCounts:
    prompt: int = 0  # = reused + evaluated
    reused: int = 0  # found in the KV cache
    evaluated: int = 0  # prompt tokens that had to be decoded for this request
    generated: int = 0
    # Speculation: tokens guessed from what followed the same ones before, and those that turned out right.
    drafted: int = 0
    accepted: int = 0  # of the drafted; they are among the generated


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    text: str
    stop: Literal["end", "length", "stopped", "cancelled"]  # stopped: by on_text
    tokens: TokenCounts
    queue_ms: float
    prompt_ms: float  # until the first token came
    generation_ms: float
    # Natural log, of each generated token under the model; of one that healing bound, among those allowed.
    logprobs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What a model's file says of itself, read without loading its weights."""

    name: str
    path: str
    sha256: str
    size_bytes: int
    architecture: str
    parameters: int | None
    quantization: str
    context_length: int  # tokens it was trained for
    vocabulary_size: int
    special_tokens: Mapping[str, int] = field(default_factory=dict)  # text → id: control and user-defined
    # "prefix", "suffix", "middle", "pad", "repo", "sep" → text
    fim_tokens: Mapping[str, str] = field(default_factory=dict)
    has_chat_template: bool = False
    licence: str = ""


OnText = Callable[[str], bool]  # the text so far → False to stop here


class Model(Protocol):
    @property
    def info(self) -> ModelInfo: ...

    def generate(
        self, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None = None
    ) -> Generation:
        """Return what follows the prompt. Blocking: call it off the event loop.

        A cancelled request returns at once with `stop="cancelled"` and what there was so far.
        Raises ModelUnavailable if no model can answer.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text under the model's own tokenizer, special tokens not parsed."""
        ...

    def close(self) -> None: ...
