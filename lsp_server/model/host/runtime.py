"""The only file that talks to llama.cpp: one model, one context, and the calls we need, checked.

Not thread-safe but for `tokenize`, `token_id` and `abort`: one thread owns the rest.
"""

import ctypes
import re
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lsp_server.errors import ModelUnavailable
from lsp_server.model.host.bindings import llama
from lsp_server.model.host.vocabulary import Kind, Vocabulary
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.machine import SMALLER

Logits = npt.NDArray[np.float32]

OK, NO_ROOM, ABORTED = 0, 1, 2  # what `decode` returns; anything else is a failure

WARNING = 3  # ggml's log levels: 1 debugging, 2 information, 3 warning, 4 error, 5 more of the line before
CONTINUED = 5
LOG_LINES_KEPT = 30
MMAP = 1  # LLAMA_LOAD_MODE_MMAP
NO_FLASH_ATTENTION = 0
PIECE_BYTES_MAX = 1024
SHORT_OF_MEMORY = re.compile(r"alloc|memory|mmap failed", re.IGNORECASE)  # in what llama.cpp complains of
FIM_ROLES = ("pre", "suf", "mid", "pad", "rep", "sep")
UNKNOWN, UNUSED, CONTROL, USER_DEFINED = 1 << 0, 1 << 1, 1 << 3, 1 << 4  # token attributes


class Runtime:
    """A loaded model. Raises ModelUnavailable with llama.cpp's own reason if it cannot be loaded."""

    def __init__(
        self, path: Path, settings: HostSettings, threads: int, on_progress: Callable[[float], None]
    ) -> None:
        self._log = deque[str](maxlen=LOG_LINES_KEPT)
        self._kept: list[Any] = [llama.llama_log_callback(self._on_log)]  # C holds these, Python must too
        llama.llama_log_set(self._kept[0], ctypes.c_void_p(0))
        llama.llama_backend_init()
        self._model = self._load_model(path, on_progress)
        self._vocab: Any = llama.llama_model_get_vocab(self._model)
        self._context = self._make_context(settings, threads)
        self._memory: Any = llama.llama_get_memory(self._context)
        self.vocabulary_size: int = llama.llama_vocab_n_tokens(self._vocab)
        trained: int = llama.llama_model_n_ctx_train(self._model)
        self.context_tokens: int = min(llama.llama_n_ctx_seq(self._context), trained or 1 << 30)
        self.can_trim = not (
            llama.llama_model_is_recurrent(self._model) or llama.llama_model_is_hybrid(self._model)
        )
        self.begin: int | None = (
            llama.llama_vocab_bos(self._vocab) if llama.llama_vocab_get_add_bos(self._vocab) else None
        )
        self._abort_flag = ctypes.create_string_buffer(b"\0\0")
        self._allow_abort()
        self._threads = threads
        self._batch = _Batch(settings.step_tokens)
        self._logits: dict[int, Logits] = {}
        self._protected: re.Pattern[str] | None = None

    def vocabulary(self) -> Vocabulary:
        """Asked for once, after loading."""
        fim = {getattr(llama, f"llama_vocab_fim_{role}")(self._vocab) for role in FIM_ROLES}
        kinds = [self._kind(number, fim) for number in range(self.vocabulary_size)]
        vocabulary = Vocabulary(kinds, self._piece)
        self._protected = vocabulary.special_texts_in_plain_text()
        return vocabulary

    def _kind(self, number: int, fim: set[int]) -> Kind:
        attributes = llama.llama_vocab_get_attr(self._vocab, number)
        if number in fim or llama.llama_vocab_is_eog(self._vocab, number):
            return Kind.END
        if attributes & (CONTROL | UNKNOWN | UNUSED):
            return Kind.SPECIAL
        return Kind.USER_DEFINED if attributes & USER_DEFINED else Kind.TEXT

    def _piece(self, number: int) -> bytes:
        buffer = ctypes.create_string_buffer(PIECE_BYTES_MAX)
        length = llama.llama_token_to_piece(self._vocab, number, buffer, PIECE_BYTES_MAX, 0, True)  # noqa: FBT003
        return buffer.raw[:length] if length > 0 else b""

    def tokenize(self, text: str) -> list[int]:
        """The tokens of plain text: whatever it holds, none of them is a special token."""
        if self._protected is None or not self._protected.search(text):
            return self._tokenize(text, is_special=False)
        # User-defined tokens are recognised in any text, so a text is cut inside their spelling.
        tokens: list[int] = []
        start = 0
        for match in self._protected.finditer(text):
            tokens += self._tokenize(text[start : match.start() + 1], is_special=False)
            start = match.start() + 1
        return tokens + self._tokenize(text[start:], is_special=False)

    def token_id(self, text: str) -> int | None:
        """The one token with this text, special or not."""
        tokens = self._tokenize(text, is_special=True)
        return tokens[0] if len(tokens) == 1 else None

    def decode(self, tokens: Sequence[int], position: int, sequence: int, *, wanted: int) -> int:
        """Evaluate *tokens*; afterwards there are `logits` of the last *wanted* of them."""
        batch = self._batch.filled(tokens, position, sequence, wanted=wanted)
        code: int = llama.llama_decode(self._context, batch)
        return code

    def touch_weights(self) -> None:
        """Bring the file's pages into memory before the first answer needs them all: half a second for 0.5 GB
        that the system has read already."""
        if self.decode([0], 0, 0, wanted=1) == OK:
            self.trim(0, 0)
        else:
            self.forget_everything()

    def compute_with(self, threads: int) -> None:
        if threads != self._threads:
            self._threads = threads
            llama.llama_set_n_threads(self._context, threads, threads)

    def logits(self, from_end: int) -> Logits:
        """Of the token so many from the last, which is 1. A view that the next `decode` overwrites."""
        pointer = llama.llama_get_logits_ith(self._context, -from_end)
        address = ctypes.addressof(pointer.contents)
        known = self._logits.get(address)
        if known is None:
            numbers = (ctypes.c_float * self.vocabulary_size).from_address(address)
            known = self._logits[address] = np.ctypeslib.as_array(numbers)
        return known

    def abort(self) -> None:
        """Make a `decode` that runs now return ABORTED soon. From any thread."""
        self._abort_flag[0] = b"\1"

    def allow(self) -> None:
        """Take an `abort` back."""
        self._abort_flag[0] = b"\0"

    def trim(self, sequence: int, start: int) -> bool:
        """Forget *sequence* from position *start* on; False if a part of it cannot be forgotten."""
        done: bool = llama.llama_memory_seq_rm(self._memory, sequence, start, -1)
        return done

    def copy(self, source: int, target: int, end: int) -> None:
        """Let *target*, which is empty, begin with the first *end* tokens of *source*."""
        llama.llama_memory_seq_cp(self._memory, source, target, 0, end if self._is_shared else -1)
        if not self._is_shared:
            self.trim(target, end)

    def state(self, sequence: int) -> bytes:
        """What is in memory of *sequence*, for `restore`."""
        size = llama.llama_state_seq_get_size(self._context, sequence)
        buffer = (ctypes.c_uint8 * size)()
        written: int = llama.llama_state_seq_get_data(self._context, buffer, size, sequence)
        return bytes(memoryview(buffer)[:written])

    def restore(self, sequence: int, state: bytes) -> bool:
        """Put into *sequence* what `state` returned for the same model, library and settings.

        Nothing else: llama.cpp believes it.
        """
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        used: int = llama.llama_state_seq_set_data(self._context, buffer, len(state), sequence)
        return used == len(state)

    def forget_everything(self) -> None:
        llama.llama_memory_clear(self._memory, False)  # noqa: FBT003

    def length(self, sequence: int) -> int:
        """How many tokens of *sequence* are in memory, as llama.cpp sees it."""
        last: int = llama.llama_memory_seq_pos_max(self._memory, sequence)
        return last + 1

    def _tokenize(self, text: str, *, is_special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (ctypes.c_int32 * room)()
        count = llama.llama_tokenize(self._vocab, data, len(data), tokens, room, False, is_special)  # noqa: FBT003
        if count < 0:
            raise ModelUnavailable("A text could not be cut into tokens.", hint="Choose another model.")
        return tokens[:count]

    def _load_model(self, path: Path, on_progress: Callable[[float], None]) -> Any:
        parameters = llama.llama_model_default_params()
        parameters.n_gpu_layers = 0
        parameters.load_mode = MMAP

        def progressed(share: float, _data: object) -> bool:
            on_progress(share)
            return True

        self._kept.append(llama.llama_progress_callback(progressed))
        parameters.progress_callback = self._kept[-1]
        model = llama.llama_model_load_from_file(str(path).encode(), parameters)
        if not model:
            raise self._failed(f"llama.cpp cannot load {path.name}", "Choose another file of this model.")
        return model

    def _make_context(self, settings: HostSettings, threads: int) -> Any:
        parameters = llama.llama_context_default_params()
        trained: int = llama.llama_model_n_ctx_train(self._model)
        # With a memory of its own for each prompt, others cost a token nothing, and attention is faster in
        # the plain way than in the one ("flash") that skips what others hold: with the bundled model and six
        # prompts 1.08 ms a token were measured instead of 1.44, and 3.4 instead of 6.1 for eight at once.
        self._is_shared = not 0 < trained * settings.sequences <= settings.context_tokens
        parameters.n_ctx = settings.context_tokens if self._is_shared else trained * settings.sequences
        parameters.n_batch = parameters.n_ubatch = settings.step_tokens
        parameters.n_seq_max = settings.sequences
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.kv_unified = self._is_shared
        if not self._is_shared:
            parameters.flash_attn_type = NO_FLASH_ATTENTION
        parameters.no_perf = True
        context = llama.llama_init_from_model(self._model, parameters)
        if not context:
            raise self._failed("llama.cpp cannot make a context", "Ask for a smaller context.")
        return context

    def _allow_abort(self) -> None:
        """Let llama.cpp look at our flag between operations, without the interpreter's lock.

        It wants a C function `bool f(void *)`. `strlen` is one: 0 for "" and 1 for one character.
        """
        library = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        address = ctypes.cast(library.strlen, ctypes.c_void_p).value
        self._kept.append(llama.ggml_abort_callback(address or 0))
        flag = ctypes.cast(self._abort_flag, ctypes.c_void_p)
        llama.llama_set_abort_callback(self._context, self._kept[-1], flag)

    def _on_log(self, level: int, text: bytes, _data: object) -> None:
        line = text.decode("utf-8", "replace").rstrip()
        if line and WARNING <= level < CONTINUED:
            self._log.append(line)
            sys.stderr.write(line + "\n")

    def _failed(self, what: str, hint: str) -> ModelUnavailable:
        if any(SHORT_OF_MEMORY.search(line) for line in self._log):
            hint = SMALLER
        reasons = [line.partition(": ")[2] or line for line in self._log if "error" in line.lower()]
        return ModelUnavailable(f"{what}: {reasons[0]}." if reasons else f"{what}.", hint=hint)


class _Batch:
    """One reusable `llama_batch` for tokens of one sequence."""

    def __init__(self, size: int) -> None:
        self.tokens = (ctypes.c_int32 * size)()
        self.positions = (ctypes.c_int32 * size)()
        self.sequence = ctypes.c_int32()
        pointer = ctypes.pointer(self.sequence)
        self.counts = (ctypes.c_int32 * size)(*[1] * size)
        self.sequences = (ctypes.POINTER(ctypes.c_int32) * size)(*[pointer] * size)
        self.wanted = (ctypes.c_int8 * size)()
        self.asked = 0, 0  # for the scores of which tokens the last batch did
        self.batch = llama.llama_batch(
            n_tokens=0,
            token=self.tokens,
            embd=None,
            pos=self.positions,
            n_seq_id=self.counts,
            seq_id=self.sequences,
            logits=self.wanted,
        )

    def filled(self, tokens: Sequence[int], position: int, sequence: int, *, wanted: int) -> Any:
        count = len(tokens)
        self.tokens[:count] = list(tokens)
        self.positions[:count] = list(range(position, position + count))
        self.sequence.value = sequence
        start, end = self.asked
        self.wanted[start:end] = [0] * (end - start)
        self.asked = count - wanted, count
        self.wanted[count - wanted : count] = [1] * wanted
        self.batch.n_tokens = count
        return self.batch
