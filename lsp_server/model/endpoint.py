"""Completions from a server that the user runs and named, in the best way that it offers.

llama-server is asked with tokens if its model's family is known, and through `/infill` if only it knows how
(`model.served`); every other server through `/v1/completions` with the prompt as text. A frame only grows at
its end, so a server that keeps its cache evaluates a few tokens per keystroke, too.
"""

import hashlib
import http.client
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import PurePath, PureWindowsPath
from typing import Any

from lsp_server.cancellation import Cancellation
from lsp_server.errors import ModelUnavailable
from lsp_server.model.port import Generation, GenerationRequest, ModelInfo, OnText, TokenCounts
from lsp_server.model.served.as_tokens import AsTokens
from lsp_server.model.served.infill import MARKERS, Infill
from lsp_server.model.served.llama_server import LlamaServer
from lsp_server.model.served.raw_text import RawText
from lsp_server.model.served.way import Way
from lsp_server.model.web import ServerFailed, WebLimits, WebServer, heard
from lsp_server.prompting.families import families, family_of

_log = logging.getLogger(__name__)

CHARACTERS_PER_TOKEN_MAX = 24
LOADING_PAUSE_S = 0.5

OnTrouble = Callable[[str], None]


class EndpointModel:
    """Raises ModelUnavailable if nobody is there to name the model.

    *context_tokens*: of a server that does not say it. *on_trouble* hears why the server did not answer, and
    "" once it answers again.
    """

    def __init__(
        self,
        server: WebServer,
        limits: WebLimits,
        *,
        model: str = "",
        context_tokens: int,
        on_trouble: OnTrouble = lambda trouble: None,
    ) -> None:
        self._on_trouble = on_trouble
        self._is_in_trouble = False
        self._server = server
        self._limits = limits
        self._look: Callable[[], _Served] = partial(_served, server, limits, model, context_tokens)
        self._served = self._look()

    @property
    def info(self) -> ModelInfo:
        return self._served.info

    @property
    def way(self) -> Way:
        """How it is asked."""
        return self._served.way

    def generate(
        self, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None = None
    ) -> Generation:
        try:
            if self._is_in_trouble:
                self._look_again()
            answer = self._answer(request, cancellation, on_text)
        except ModelUnavailable as problem:
            self._is_in_trouble = True
            self._on_trouble(f"{problem} {problem.hint}")
            raise
        if self._is_in_trouble and answer.text:
            self._is_in_trouble = False
            self._on_trouble("")
        return answer

    def _look_again(self) -> None:
        """It may have been started anew, with another model: nothing that was known of it holds."""
        now, before = self._look(), self._served
        if now.info != before.info:
            raise ModelUnavailable(
                f"The server at {self._server.host} has {now.info.name} now, no longer {before.info.name}.",
                hint="Restart the model.",
            )
        self._served = now

    def _answer(
        self, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None
    ) -> Generation:
        if request.max_tokens == 0:  # only to be read ahead, which would keep the server from others
            return Generation(
                text="", stop="length", tokens=TokenCounts(), queue_ms=0, prompt_ms=0, generation_ms=0
            )
        asked = time.monotonic()
        heard_first = asked
        text, tokens, stop = "", TokenCounts(), ""
        logprobs: list[float] = []
        with Cancellation() as gone:
            cancellation.on_cancel(gone.cancel)
            words = self.way.words(request, gone)
            for word in heard(words, self._server.host, self._limits, cancellation):
                heard_first = heard_first if text else time.monotonic()
                text += word.text
                logprobs += word.logprobs
                generated = tokens.generated + word.tokens
                tokens = word.counts or replace(tokens, generated=generated)
                stop = "length" if word.is_cut else stop
                if on_text is not None and word.text and not on_text(text):
                    stop = "stopped"
                    break
                if len(text) >= request.max_tokens * CHARACTERS_PER_TOKEN_MAX:
                    stop = "length"
                    break
        return _generation(
            text, "cancelled" if cancellation.is_cancelled else stop or "end", tokens, logprobs,
            waited_s=heard_first - asked, wrote_s=time.monotonic() - heard_first,
        )  # fmt: skip

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self.way.count_tokens(texts)

    def close(self) -> None:
        self.way.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    info: ModelInfo
    way: Way


def _served(server: WebServer, limits: WebLimits, model: str, context_tokens: int) -> _Served:
    """What the server has and how it is best asked. Raises ModelUnavailable."""
    looked = (_llama_served(server, limits, model) for _ in range(1))
    patient = replace(limits, silence_s=limits.seconds)
    served = next(heard(looked, server.host, patient, Cancellation()), None)
    if served is not None:
        return served
    client = cache(lambda: server.client(limits.silence_s))
    name = model or _first_listed(server, limits, client)
    info = _info(server, name, context_tokens=context_tokens, special_tokens={}, fim_tokens={})
    return _Served(info=info, way=RawText(client, name))


def _llama_served(server: WebServer, limits: WebLimits, model: str) -> _Served | None:
    """None if it is no llama-server, or one whose model nobody knows how to ask."""
    llama = LlamaServer(server, silence_s=limits.silence_s)
    try:
        facts = _facts(llama, limits.seconds)
        context = int(facts["default_generation_settings"]["n_ctx"])
        name = model or _stem(str(facts.get("model_alias") or facts["model_path"]))
        texts = {text for family in families() for text in (*family.recognition.needs, *family.end_tokens)}
        found = {text: llama.special_token(text) for text in sorted(texts)}
    except (KeyError, TypeError, ValueError, http.client.HTTPException, ServerFailed) as problem:
        _log.info("%s is asked as any server: %r", server.host, problem)
        return None
    special = {text: number for text, number in found.items() if number is not None}
    if not special:
        return None
    info = _info(server, name, context_tokens=context, special_tokens=special, fim_tokens={})
    if family_of(info) is not None:
        return _Served(info=info, way=AsTokens(llama, special))
    if not _fills_in(llama):
        return None
    return _Served(info=replace(info, fim_tokens=MARKERS), way=Infill(llama, special))


def _facts(llama: LlamaServer, seconds: float) -> Mapping[str, Any]:
    """Once its model is loaded, which may take a while."""
    ends = time.monotonic() + seconds
    while True:
        try:
            return llama.facts()
        except ServerFailed as problem:
            if problem.status != http.client.SERVICE_UNAVAILABLE or time.monotonic() >= ends:
                raise
            time.sleep(LOADING_PAUSE_S)


def _fills_in(llama: LlamaServer) -> bool:
    try:
        llama.asked("/infill", {"input_prefix": "", "input_suffix": "", "n_predict": 0})
    except ServerFailed:
        return False
    return True


def _stem(path: str) -> str:
    name = PureWindowsPath(path).name if "\\" in path else PurePath(path).name
    return name.removesuffix(".gguf")


def _first_listed(server: WebServer, limits: WebLimits, client: Callable[[], Any]) -> str:
    listed = heard((list(client().models.list()) for _ in range(1)), server.host, limits, Cancellation())
    models = next(listed, [])
    if not models:
        raise ModelUnavailable(f"The server at {server.host} has no model.", hint="Load one there.")
    return str(models[0].id)


def _info(
    server: WebServer,
    name: str,
    *,
    context_tokens: int,
    special_tokens: Mapping[str, int],
    fim_tokens: Mapping[str, str],
) -> ModelInfo:
    return ModelInfo(
        name=name,
        path="",
        sha256=hashlib.sha256(f"{server.url}\n{name}".encode()).hexdigest(),
        size_bytes=0,
        architecture="",
        parameters=None,
        quantization=f"at {server.host}",
        context_length=context_tokens,
        vocabulary_size=0,
        special_tokens=special_tokens,
        fim_tokens=fim_tokens,
    )


def _generation(
    text: str, stop: Any, tokens: TokenCounts, logprobs: list[float], *, waited_s: float, wrote_s: float
) -> Generation:
    return Generation(
        text=text,
        stop=stop,
        tokens=tokens,
        queue_ms=0.0,
        prompt_ms=1000 * waited_s,
        generation_ms=1000 * wrote_s,
        logprobs=tuple(logprobs),
    )
