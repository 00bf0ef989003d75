"""One inline completion, start to finish: context, prompt, model, post-processing.

Blocking; call it off the event loop. Thread-safe as far as the model is: the engine itself keeps
nothing between requests but what it showed, to the user and to the model.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum

from lsp_server.cancellation import Cancellation
from lsp_server.completion.completion import Completion, Milliseconds
from lsp_server.completion.confidence import confidence, shown_logprobs
from lsp_server.completion.kept_context import KeptContext
from lsp_server.completion.limits import CompletionLimits
from lsp_server.completion.typing_along import ShownSuggestions
from lsp_server.context.gather import gather
from lsp_server.context.snippet import Snippet
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.port import Generation, GenerationRequest, Model, Priority
from lsp_server.postprocess.pipeline import Cleaned, clean, is_finished, whole_lines
from lsp_server.prompting.families import Family
from lsp_server.prompting.pieces import Piece
from lsp_server.prompting.window import window_prompt
from lsp_server.text.document import Document
from lsp_server.text.secrets import redact


class Trigger(Enum):
    AUTOMATIC = "automatic"  # while typing: one try, a deadline, silence is fine
    INVOKED = "invoked"  # the user asked: no deadline, an empty answer is tried again


# An explicit request whose greedy answer was empty or cut away is sampled this often again.
SECOND_TRIES = 3
SECOND_TRY_TEMPERATURE = 0.6

# Text further away than this is in no prompt, so nobody looks through it for secrets at every keystroke. The
# steps keep what a window begins with the same while lines are typed.
FAR_LINES, FAR_STEP_LINES = 2_048, 64
FAR_CHARACTERS = 100_000

DOCUMENTS_KEPT = 16  # whose last suggestion and context are remembered


class CompletionEngine:
    """Completes with one model. Make a new one when the model or its limits change."""

    def __init__(
        self, model: Model, family: Family, limits: CompletionLimits, exclude: Sequence[str] = ()
    ) -> None:
        self._model = model
        self._family = family
        self._limits = limits
        self._exclude = tuple(exclude)
        self._shown = ShownSuggestions(documents=DOCUMENTS_KEPT)
        self._context = KeptContext(documents=DOCUMENTS_KEPT)

    def complete(
        self,
        snapshot: Snapshot,
        document: Document,
        offset: int,
        trigger: Trigger,
        cancellation: Cancellation,
    ) -> Completion:
        """Return what to show at *offset*; its text is empty when there is nothing worth showing.

        Raises ModelUnavailable, and Cancelled once *cancellation* says so.
        """
        started = time.perf_counter()
        rest = self._shown.rest(document, offset)
        if rest is not None:
            return rest
        snippets = self._snippets(snapshot, document, offset)
        cancellation.check()
        pieces = window_prompt(
            self._family,
            repository=snapshot.name,
            document=document,
            prefix=redact(document.text[_far_before(document, offset) : offset]),
            suffix=redact(document.text[offset : offset + FAR_CHARACTERS]),
            snippets=snippets,
            prompt_tokens=self._limits.prompt_tokens,
            suffix_share=self._limits.suffix_share,
            count_tokens=self._model.count_tokens,
        )
        context_ms = _milliseconds_since(started)
        cancellation.check()

        generation, cleaned = self._try(pieces, document, offset, trigger, cancellation)
        if trigger is Trigger.INVOKED:
            for seed in range(SECOND_TRIES):
                if cleaned.text:
                    break
                before = generation
                generation, cleaned = self._try(pieces, document, offset, trigger, cancellation, seed=seed)
                generation = _with_cost_of(generation, before)
        completion = self._completion(document, offset, snippets, generation, cleaned)
        if trigger is Trigger.AUTOMATIC:
            completion = self._without_doubtful(completion)
        if completion.text:
            self._shown.remember(document, completion)
        total_ms = _milliseconds_since(started)
        model_ms = generation.queue_ms + generation.prompt_ms + generation.generation_ms
        return replace(
            completion,
            milliseconds=Milliseconds(
                total=total_ms,
                context=context_ms,
                queue=generation.queue_ms,
                prompt=generation.prompt_ms,
                generation=generation.generation_ms,
                postprocess=max(0.0, total_ms - context_ms - model_ms),
            ),
        )

    def forget_shown(self) -> None:
        """Ask the model again next time, even for what a shown suggestion would answer."""
        self._shown.forget()

    def _snippets(self, snapshot: Snapshot, document: Document, offset: int) -> tuple[Snippet, ...]:
        if self._limits.context_tokens <= 0:
            return ()
        return self._context.snippets(
            snapshot,
            document,
            offset,
            lambda: gather(
                snapshot,
                document,
                offset,
                budget_tokens=self._limits.context_tokens,
                count_tokens=self._model.count_tokens,
                exclude=self._exclude,
            ),
        )

    def _try(
        self,
        pieces: tuple[Piece, ...],
        document: Document,
        offset: int,
        trigger: Trigger,
        cancellation: Cancellation,
        seed: int | None = None,
    ) -> tuple[Generation, Cleaned]:
        """Ask the model once: greedily, or with *seed* by sampling. The prompt is cached after the first."""
        request = GenerationRequest(
            pieces=pieces,
            max_tokens=self._limits.max_tokens,
            priority=Priority.COMPLETION,
            stop_tokens=self._family.end_tokens,
            is_healed=self._family.continues_prefix,
            min_tokens=1 if trigger is Trigger.INVOKED else 0,
            cache_share=self._family.cache_share,
            temperature=0.0 if seed is None else SECOND_TRY_TEMPERATURE,
            seed=seed or 0,
        )
        lines = self._limits.max_lines
        with _with_deadline(cancellation, self._limits.deadline_ms, trigger) as either:
            generation = self._model.generate(
                request, either, lambda text: not is_finished(text, document, offset, max_lines=lines)
            )
        cancellation.check()
        is_cut_off = generation.stop in ("length", "cancelled")
        text = whole_lines(generation.text) if is_cut_off else generation.text
        return generation, clean(text, document, offset, max_lines=self._limits.max_lines)

    def _completion(
        self,
        document: Document,
        offset: int,
        snippets: Sequence[Snippet],
        generation: Generation,
        cleaned: Cleaned,
    ) -> Completion:
        line = document.line_of(offset)
        start_of_line = document.line_starts[line]
        info = self._model.info
        calibration = self._family.calibration
        certainty = shown_logprobs(generation.logprobs, generation.text, cleaned.text)
        return Completion(
            path=document.path,
            document_version=document.version,
            offset=offset,
            replace_end_offset=cleaned.replace_end_offset,
            text=cleaned.text,
            model_name=info.name,
            model_sha256=info.sha256,
            tokens=generation.tokens,
            context=tuple(snippets),
            dropped_by=cleaned.dropped_by,
            confidence=None if calibration is None else confidence(calibration, certainty),
            line=line,
            column=offset - start_of_line,
            replace_end_column=cleaned.replace_end_offset - start_of_line,
        )

    def _without_doubtful(self, completion: Completion) -> Completion:
        """Nobody asked for it: what is more likely wrong than the user's limit allows stays hidden."""
        sure = completion.confidence is None or completion.confidence >= self._limits.confidence_min
        return (
            completion
            if sure or not completion.text
            else replace(completion, text="", dropped_by="confidence")
        )


def _far_before(document: Document, offset: int) -> int:
    line = max(0, document.line_of(offset) - FAR_LINES) // FAR_STEP_LINES * FAR_STEP_LINES
    return document.line_starts[line]


def _with_cost_of(last: Generation, earlier: Generation) -> Generation:
    """*last*, as if it had cost what both did; its own prompt counts are those of a warm cache."""
    counts = replace(
        last.tokens,
        reused=earlier.tokens.reused,
        evaluated=earlier.tokens.evaluated,
        generated=last.tokens.generated + earlier.tokens.generated,
    )
    return replace(
        last,
        tokens=counts,
        queue_ms=last.queue_ms + earlier.queue_ms,
        prompt_ms=last.prompt_ms + earlier.prompt_ms,
        generation_ms=last.generation_ms + earlier.generation_ms,
    )


@contextmanager
def _with_deadline(outer: Cancellation, deadline_ms: int, trigger: Trigger) -> Iterator[Cancellation]:
    """A cancellation that *outer* raises, and the deadline too when nobody asked explicitly."""
    with Cancellation() as either:
        outer.on_cancel(either.cancel)
        if trigger is Trigger.INVOKED:
            yield either
            return
        timer = threading.Timer(deadline_ms / 1000, either.cancel)
        timer.daemon = True
        timer.start()
        try:
            yield either
        finally:
            timer.cancel()


def _milliseconds_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
