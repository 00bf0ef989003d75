"""The exported model as llama.cpp serves it: greedy text after a prompt, and the cost of a text."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from llama_cpp import Llama
from numpy.typing import NDArray

TOKENS_OUT_MAX = 40


class Served:
    """One loaded model; every question starts from an empty context."""

    def __init__(self, path: Path, *, threads: int) -> None:
        self._llama = Llama(
            str(path), n_ctx=0, n_batch=1024, logits_all=True, n_threads=threads, verbose=False
        )
        self.window: int = self._llama.n_ctx()
        count = self._llama.n_vocab()
        self._bytes = [self._llama.detokenize([number], special=False) for number in range(count)]

    def special(self, name: str) -> int:
        [number] = self._llama.tokenize(name.encode(), add_bos=False, special=True)
        return int(number)

    def ids(self, text: str) -> list[int]:
        return list(self._llama.tokenize(text.encode(), add_bos=False, special=False))

    def bytes_of(self, ids: Sequence[int]) -> bytes:
        return b"".join(self._bytes[number] for number in ids)

    def log_probabilities(self, ids: Sequence[int]) -> NDArray[np.float64]:
        """Return the log probability of each token but the first."""
        self._llama.reset()  # type: ignore[no-untyped-call]
        self._llama.eval(list(ids))
        logits = np.array(self._llama.scores[: len(ids) - 1], dtype=np.float64)
        logits -= logits.max(-1, keepdims=True)
        chosen = logits[np.arange(len(ids) - 1), list(ids[1:])]
        found: NDArray[np.float64] = chosen - np.log(np.exp(logits).sum(-1))
        return found

    def line_after(self, ids: Sequence[int], end: int) -> str:
        """Return what the model greedily writes after *ids*, up to a line break or the token *end*.

        The last token is healed: it is taken back, and the first new ones must spell it again.
        """
        kept, owed = list(ids[:-1]), self._bytes[ids[-1]]
        spelled = owed
        self._llama.reset()  # type: ignore[no-untyped-call]
        self._llama.eval(kept)
        written = b""
        for _ in range(TOKENS_OUT_MAX):
            logits = np.array(self._llama.scores[self._llama.n_tokens - 1])
            if owed:
                fits = [bool(it) and (it.startswith(owed) or owed.startswith(it)) for it in self._bytes]
                logits = np.where(fits, logits, -np.inf)
            best = int(logits.argmax())
            if best == end:
                break
            owed = owed[len(self._bytes[best]) :]
            written += self._bytes[best]
            if b"\n" in written[len(spelled) :]:
                break
            self._llama.eval([best])
        return written[len(spelled) :].split(b"\n")[0].decode("utf-8", "replace")
