"""What a text costs a model, token by token, as llama.cpp computes it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from llama_cpp import Llama
from numpy.typing import NDArray


class Served:
    """One loaded model; every question starts from an empty context."""

    def __init__(self, path: Path, *, threads: int) -> None:
        self._llama = Llama(
            str(path),
            n_ctx=0,
            n_batch=1024,
            logits_all=True,
            n_threads=threads,
            n_threads_batch=threads,
            verbose=False,
        )
        self.window: int = self._llama.n_ctx()
        self.vocabulary: int = self._llama.n_vocab()

    def special(self, name: str) -> int:
        """Raises ValueError if the vocabulary has no such token."""
        [number] = self._llama.tokenize(name.encode(), add_bos=False, special=True)
        return int(number)

    def ids(self, text: str) -> list[int]:
        return list(self._llama.tokenize(text.encode(), add_bos=False, special=False))

    def bytes_of(self, ids: Sequence[int]) -> bytes:
        return b"".join(self._llama.detokenize([number], special=False) for number in ids)

    def log_probabilities(self, ids: Sequence[int]) -> NDArray[np.float64]:
        """Return the log probability of each token but the first."""
        self._llama.reset()  # type: ignore[no-untyped-call]
        self._llama.eval(list(ids))
        logits = np.array(self._llama.scores[: len(ids) - 1], dtype=np.float64)
        logits -= logits.max(-1, keepdims=True)
        chosen = logits[np.arange(len(ids) - 1), list(ids[1:])]
        found: NDArray[np.float64] = chosen - np.log(np.exp(logits).sum(-1))
        return found
