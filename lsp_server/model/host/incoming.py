"""A request as a client sends it, made a `Job`. From any thread."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np

from lsp_server.errors import ModelUnavailable
from lsp_server.model.host.drafting import Drafter, Holding, StepCosts
from lsp_server.model.host.grammar import Grammars
from lsp_server.model.host.job import Job, Send
from lsp_server.model.host.ngrams import IndexedTexts, NGrams
from lsp_server.model.host.prompt_cache import PromptCache
from lsp_server.model.host.runtime import Runtime
from lsp_server.model.host.vocabulary import Vocabulary
from lsp_server.model.port import Priority
from lsp_server.model.token_boundary import cut_back

PIECES_KEPT = 64  # of the last prompts, as tokens: most of them come again with the next keystroke


class Incoming:
    def __init__(self, runtime: Runtime, vocabulary: Vocabulary, costs: StepCosts) -> None:
        self._runtime = runtime
        self._vocabulary = vocabulary
        self._costs = costs
        self._holding = {False: Holding(), True: Holding()}  # without and with a prompt cache
        self._texts = IndexedTexts(runtime.tokenize)
        self._grammars = Grammars(vocabulary, runtime.tokenize)
        self._tokens_of = lru_cache(PIECES_KEPT)(lambda text: tuple(runtime.tokenize(text)))
        self._copied_as = cache(self._uncached_copied_as)

    def job(self, client: int, message: dict[str, Any], send: Send) -> Job:
        """Raises ModelUnavailable if the request can never be answered."""
        tokens, tail = self._prompt(message["pieces"], is_healed=message["is_healed"])
        room = self._runtime.context_tokens - len(tokens)
        if room < 1:
            raise ModelUnavailable(
                f"The prompt has {len(tokens)} tokens, and the model holds {self._runtime.context_tokens}.",
                hint="Choose a model with a longer context.",
            )
        stops = frozenset(self._token_id(text) for text in message["stop_tokens"])
        share = message["cache_share"]
        schema = message.get("schema", "")
        is_free = message["temperature"] == 0 and not schema
        may_draft = message["may_draft"] and is_free and self._runtime.can_trim
        beside: list[NGrams] = []
        job = Job(
            client=client,
            id=message["id"],
            priority=Priority(message["priority"]),
            arrival=0,
            send=send,
            tokens=tokens,
            prompt_tokens=len(tokens),
            tail=tail,
            max_tokens=message["max_tokens"],
            min_tokens=message["min_tokens"],
            ends=self._vocabulary.ends | stops,
            temperature=message["temperature"],
            cache=PromptCache(share, self._copied_as, beside) if share > 0 else None,
            random=np.random.default_rng(message["seed"]),
            grammar=self._grammars.of(schema) if schema else None,
        )
        if may_draft:
            job.drafter = self._drafter(job, beside)
        if may_draft or share > 0:
            job.prepare = lambda: beside.extend(self._texts.of(message["beside"]))
        return job

    def _drafter(self, job: Job, beside: Sequence[NGrams]) -> Drafter:
        never = job.ends | self._vocabulary.unsayable
        is_copying = job.cache is not None
        prompt = job.cache.prompt if job.cache is not None else NGrams()

        def guess_of(token: int) -> int | None:
            guess = self._copied_as(token) if is_copying else token
            return None if guess in never else guess

        return Drafter(prompt, beside, self._holding[is_copying], self._costs, guess_of)

    def _prompt(self, pieces: list[str | dict[str, str]], *, is_healed: bool) -> tuple[list[int], bytes]:
        tokens: list[int] = []
        tail = b""
        for number, piece in enumerate(pieces, 1):
            if isinstance(piece, dict):
                tokens.append(self._token_id(piece["special"]))
                continue
            of_piece = list(self._tokens_of(piece))
            if is_healed and number == len(pieces):
                kept, tail = cut_back(piece, of_piece, self._vocabulary)
                of_piece = kept if tokens or kept else of_piece
                tail = tail if of_piece is kept else b""
            tokens += of_piece
        begin = self._runtime.begin
        if begin is not None and tokens[:1] != [begin]:
            tokens.insert(0, begin)
        if not tokens:
            raise ModelUnavailable("The prompt is empty.", hint="Write something first.")
        return tokens, tail

    def _uncached_copied_as(self, token: int) -> int | None:
        """What stood before a line's end is copied without it: where a line ended, the answer ends."""
        if token in self._vocabulary.ends:
            return None
        head, line_end, _ = self._vocabulary.piece(token).partition(b"\n")
        if not line_end:
            return token
        return self._vocabulary.token_of(head) if head else min(self._vocabulary.ends, default=None)

    def _token_id(self, text: str) -> int:
        number = self._runtime.token_id(text)
        if number is None:
            raise ModelUnavailable(
                f"The model has no token {text!r}.",
                hint="Choose the prompt format this model was trained with.",
            )
        return number
