"""llama-server's `/infill`: it knows from the model's own file how a text with a hole is laid out.

For models that nobody wrote a family file for. A prompt of such a family is made of three pieces that the
markers below begin; https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md#post-infill-for-code-infilling
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from lsp_server.cancellation import Cancellation
from lsp_server.model.port import GenerationRequest, SpecialToken
from lsp_server.model.served.as_tokens import AsTokens, grammar_after, written
from lsp_server.model.served.llama_server import LlamaServer
from lsp_server.model.served.way import Word
from lsp_server.model.token_boundary import unsafe_tail

MARKERS: Mapping[str, str] = {role: f"<{role} of /infill>" for role in ("prefix", "suffix", "middle")}


class Infill:
    def __init__(self, server: LlamaServer, special: Mapping[str, int]) -> None:
        self._server = server
        self._counting = AsTokens(server, special)

    def words(self, request: GenerationRequest, cancellation: Cancellation) -> Iterator[Word]:
        parts = _parts(request)
        # What was typed since the prompt was laid out belongs to the end of the prefix.
        prefix = parts["prefix"] + parts["middle"]
        tail = unsafe_tail(prefix) if request.is_healed else ""
        body = {
            "input_prefix": prefix.removesuffix(tail),
            "input_suffix": parts["suffix"],
            "n_predict": request.max_tokens + len(tail),
            "temperature": request.temperature,
            "seed": request.seed,
            "cache_prompt": True,
            "n_probs": 1,
            "return_tokens": True,
            "grammar": grammar_after(tail) if tail else "",
        }
        yield from written(self._server.streamed("/infill", body, cancellation), tail, set())

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._counting.count_tokens(texts)

    def close(self) -> None:
        self._server.close()


def _parts(request: GenerationRequest) -> dict[str, str]:
    parts = dict.fromkeys(MARKERS, "")
    roles = {text: role for role, text in MARKERS.items()}
    for before, piece in pairwise((SpecialToken(MARKERS["prefix"]), *request.pieces)):
        if isinstance(before, SpecialToken) and isinstance(piece, str):
            parts[roles[before.text]] += piece
    return parts
