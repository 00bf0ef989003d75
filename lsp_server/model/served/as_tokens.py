"""llama-server asked with tokens: the prompt is exactly what our own host would read, and is counted exactly.

A prompt that ends inside a word is healed: cut back to where a token surely ended, and a grammar makes the
answer spell the rest again. https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lsp_server.cancellation import Cancellation
from lsp_server.model.port import GenerationRequest, SpecialToken, TokenCounts
from lsp_server.model.served.llama_server import LlamaServer, Token
from lsp_server.model.served.way import Word
from lsp_server.model.token_boundary import cut_back

COUNTED_KEPT, TOKENIZED_KEPT = 4_096, 32  # texts


class AsTokens:
    """*special*: the vocabulary's special tokens that are known, at least one."""

    def __init__(self, server: LlamaServer, special: Mapping[str, int]) -> None:
        self._server = server
        self._special = special
        self._begin = server.begin()
        self._counted: OrderedDict[str, int] = OrderedDict()
        self._tokenized: OrderedDict[str, list[Token]] = OrderedDict()

    def words(self, request: GenerationRequest, cancellation: Cancellation) -> Iterator[Word]:
        prompt, tail = self._prompt(request)
        ends = {self._special[it] for it in request.stop_tokens if it in self._special}
        body = {
            "prompt": prompt,
            "n_predict": request.max_tokens + len(tail),
            "temperature": request.temperature,
            "seed": request.seed,
            "cache_prompt": True,
            "n_probs": 1,
            "return_tokens": True,
            "grammar": grammar_after(tail) if tail else "",
        }
        yield from written(self._server.streamed("/completion", body, cancellation), tail, ends)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        unknown = [it for it in dict.fromkeys(texts) if it not in self._counted]
        plain = [it for it in unknown if not any(special in it for special in self._special)]
        counts = self._server.counts(plain, next(iter(self._special))) if plain else []
        self._counted.update(zip(plain, counts, strict=True))
        for text in unknown:
            if text not in self._counted:
                self._counted[text] = len(self._server.tokens(text))
        found = [self._counted[it] for it in texts]
        _forget_oldest(self._counted, COUNTED_KEPT)
        return found

    def close(self) -> None:
        self._server.close()

    def _prompt(self, request: GenerationRequest) -> tuple[list[int], str]:
        """(the tokens to read, the text that the answer spells again)."""
        prompt = list(self._begin)
        tail = b""
        for number, piece in enumerate(request.pieces, 1):
            if isinstance(piece, SpecialToken):
                prompt.append(self._special[piece.text])
                continue
            tokens = self._tokens(piece)
            if request.is_healed and number == len(request.pieces):
                kept, tail = cut_back(piece, range(len(tokens)), _PiecesOf(tokens))
                tokens = tokens[: len(kept)]
                if not _is_text(tail):
                    tokens, tail = self._tokens(piece), b""
            prompt += [it.id for it in tokens]
        return prompt, tail.decode()

    def _tokens(self, text: str) -> list[Token]:
        found = self._tokenized.get(text)
        if found is None:
            found = self._tokenized[text] = self._server.tokens(text)
            _forget_oldest(self._tokenized, TOKENIZED_KEPT)
        return found


class _PiecesOf:
    """Tokens by their number in a text."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens

    def piece(self, number: int, /) -> bytes:
        return self._tokens[number].piece


def written(events: Iterator[Mapping[str, Any]], tail: str, ends: set[int]) -> Iterator[Word]:
    """What the server's *events* say after *tail*, up to one of the tokens *ends*."""
    said = ""
    for event in events:
        if event.get("stop"):
            yield Word(text="", tokens=0, counts=_counts(event), is_cut=event.get("stop_type") == "limit")
            return
        if ends.intersection(event.get("tokens") or ()):
            return
        before, said = said, said + str(event.get("content") or "")
        if len(said) <= len(tail):
            continue
        yield Word(
            text=said[max(len(before), len(tail)) :],
            tokens=len(event.get("tokens") or (0,)),
            logprobs=tuple(float(it["logprob"]) for it in event.get("completion_probabilities") or ()),
        )


def grammar_after(tail: str) -> str:
    """GBNF: *tail*, and then anything."""
    spelled = "".join(it if it.isalnum() and it.isascii() else f"\\U{ord(it):08X}" for it in tail)
    return f'root ::= "{spelled}" [^\\x00]*'


def _counts(last: Mapping[str, Any]) -> TokenCounts:
    times = last.get("timings") or {}
    reused, evaluated = int(times.get("cache_n", 0)), int(times.get("prompt_n", 0))
    return TokenCounts(
        prompt=reused + evaluated,
        reused=reused,
        evaluated=evaluated,
        generated=int(last.get("tokens_predicted", 0)),
    )


def _is_text(tail: bytes) -> bool:
    try:
        tail.decode()
    except UnicodeDecodeError:
        return False
    return True


def _forget_oldest(kept: "OrderedDict[str, Any]", most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
