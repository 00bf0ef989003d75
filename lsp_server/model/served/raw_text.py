"""`/v1/completions` with the prompt as text: what every server of the OpenAI protocol offers.

The server reads the special tokens from the text. A prompt that ends inside a word is cut back to the word's
start; an answer that does not spell what was typed is given up, and the prompt asked as it was.
"""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

from lsp_server.cancellation import Cancellation
from lsp_server.model.port import GenerationRequest, SpecialToken
from lsp_server.model.served.way import Word
from lsp_server.model.token_boundary import unsafe_tail

CHARACTERS_PER_TOKEN = 3.0  # fewer than most code has, so that a counted prompt fits for sure
STOPS_MAX = 4  # that the protocol allows


class RawText:
    def __init__(self, client: Callable[[], Any], model: str) -> None:
        """*client*: of `WebServer.client`, made when it is needed first: it takes long to load."""
        self._made = client
        self._model = model

    def words(self, request: GenerationRequest, cancellation: Cancellation) -> Iterator[Word]:
        prompt = _prompt(request)
        tail = _typed(request)
        if tail:
            with closing(self._streamed(request, prompt.removesuffix(tail))) as streamed:
                healed = _without(tail, streamed)
                first = next(healed, None)
                if first is not None:
                    yield first
                    yield from healed
                    return
        yield from self._streamed(request, prompt)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Estimates: there is nobody to ask."""
        return [int(len(it.encode("utf-8", "replace")) / CHARACTERS_PER_TOKEN) + 1 for it in texts]

    def close(self) -> None:
        self._made().close()

    def _streamed(self, request: GenerationRequest, prompt: str) -> Generator[Word]:
        stream = self._made().completions.create(
            model=self._model,
            prompt=prompt,
            max_tokens=request.max_tokens,
            temperature=request.temperature,
            seed=request.seed,
            stop=list(request.stop_tokens[:STOPS_MAX]) or None,
            stream=True,
        )
        count = 0
        with stream:
            for chunk in stream:
                for choice in chunk.choices[:1]:
                    count += 1
                    yield Word(text=choice.text or "", is_cut=count >= request.max_tokens)


def _prompt(request: GenerationRequest) -> str:
    special = [it.text for it in request.pieces if isinstance(it, SpecialToken)]
    meaningful = [*special, *request.stop_tokens]
    return "".join(
        it.text if isinstance(it, SpecialToken) else _harmless(it, meaningful) for it in request.pieces
    )


def _harmless(text: str, special: Sequence[str]) -> str:
    """*text* so that no server takes a part of it for a special token."""
    for token in special:
        if token in text:
            text = re.sub(re.escape(token), f"{token[0]} {token[1:]}", text)
    return text


def _typed(request: GenerationRequest) -> str:
    """The beginning of a word that the prompt ends with; spaces and signs are asked for as they stand."""
    last = request.pieces[-1] if request.is_healed and request.pieces else ""
    tail = unsafe_tail(last) if isinstance(last, str) else ""
    return tail if tail[-1:].isalpha() or tail[-1:] == "_" else ""


def _without(tail: str, words: Iterator[Word]) -> Iterator[Word]:
    """*words* after *tail*; nothing at all if they do not begin with it."""
    said = ""
    for word in words:
        said += word.text
        if len(said) < len(tail) and tail.startswith(said) and not word.is_cut:
            continue
        if not said.startswith(tail):
            return
        yield Word(text=said[len(tail) :], is_cut=word.is_cut)
        yield from words
        return
