"""One inline completion, start to finish: context, prompt, model, post-processing.

Blocking; call it off the event loop. Thread-safe as far as the model is: the engine itself keeps
nothing between requests but what it showed, to the user and to the model. With an `IdleWork` it goes on
when it has answered: it makes ready what would follow the suggestion if that were accepted, and better
prompts than time allowed.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum

from lsp_server.answers.kept import Asked
from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.completion.completion import Completion, Milliseconds
from lsp_server.completion.confidence import confidence, shown_logprobs
from lsp_server.completion.deadline import Deadlines
from lsp_server.completion.framing import FramedPrompt, FramedPrompts
from lsp_server.completion.idle import IdleWork
from lsp_server.completion.importing.writing import import_rest
from lsp_server.completion.kept import KeptCompletions, answered
from lsp_server.completion.limits import CompletionLimits
from lsp_server.completion.remembered import RememberedFrames
from lsp_server.completion.typing_along import ShownSuggestions, accepted
from lsp_server.context.gather import hidden_by
from lsp_server.context.recent import NOTHING_RECENT, Recent
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.port import Generation, GenerationRequest, Model, Priority
from lsp_server.postprocess.pipeline import Cleaned, clean, is_finished, whole_lines
from lsp_server.postprocess.unknown_names import without_unknown_names
from lsp_server.prompting.families import Family
from lsp_server.text.document import Document


class Trigger(Enum):
    AUTOMATIC = "automatic"  # while typing: one try, a deadline, silence is fine
    INVOKED = "invoked"  # the user asked: no deadline, an empty answer is tried again
    AHEAD = "ahead"  # nobody asked yet: in idle time, for when a suggestion gets accepted


# An explicit request whose greedy answer was empty or cut away is sampled this often again.
SECOND_TRIES = 3
SECOND_TRY_TEMPERATURE = 0.6
# Who asked may choose: beside the first, so many more are sampled within this time.
OTHERS, OTHERS_MS = 2, 1_500

DOCUMENTS_KEPT = 16  # whose last suggestions are remembered

# How long nobody may have asked for anything before the machine works ahead: the pause between two
# keystrokes of a fast typist, and one that somebody makes to think.
AHEAD_QUIET_S = 0.1
REFRESH_QUIET_S = 0.4
REMEMBER_QUIET_S = 3.0


class CompletionEngine:
    """Completes with one model. Make a new one when the model or its limits change."""

    def __init__(
        self,
        model: Model,
        family: Family,
        limits: CompletionLimits,
        exclude: Sequence[str] = (),
        idle: IdleWork | None = None,
        remembered: RememberedFrames | None = None,
        kept: KeptCompletions | None = None,
        recent: Callable[[], Recent] = lambda: NOTHING_RECENT,
        *,
        is_writing_imports: bool = True,
    ) -> None:
        self._model = model
        self._family = family
        self._limits = limits
        self._idle = idle
        self._is_remembered = remembered is not None or kept is not None
        self._kept = kept
        self._is_writing_imports = is_writing_imports
        self._is_hidden = hidden_by(exclude)
        self._shown = ShownSuggestions(documents=DOCUMENTS_KEPT)
        self._prompts = FramedPrompts(
            model, family, limits, exclude, can_wait=idle is not None, remembered=remembered, recent=recent
        )

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
        if self._idle is not None:
            self._idle.interrupt()
        completion = self._shown.rest(document, offset)
        completion = completion or self._imported(snapshot, document, offset, trigger)
        could_be_better = False
        if completion is not None:
            completion = replace(completion, milliseconds=Milliseconds(total=_milliseconds_since(started)))
        else:
            looking: list[Asked | None] = []

            def look() -> None:
                if self._kept is not None and trigger is Trigger.AUTOMATIC:
                    looking.append(self._kept.look(document, offset))

            prompt = self._prompts.prompt(
                snapshot, document, offset, may_be_quick=trigger is Trigger.AUTOMATIC, on_cold=look
            )
            known = answered(looking[0]) if looking else None
            could_be_better = prompt.could_be_better or known is not None
            completion = self._asked(prompt, document, offset, trigger, cancellation, started, known)
        if self._idle is not None:
            self._work_ahead(self._idle, snapshot, document, completion, could_be_better=could_be_better)
        return completion

    def _imported(
        self, snapshot: Snapshot, document: Document, offset: int, trigger: Trigger
    ) -> Completion | None:
        """The import that the file lacks, where one is written: the repository tells, no model is asked."""
        if not self._is_writing_imports or self._limits.context_tokens <= 0:
            return None
        rest = import_rest(snapshot, document, offset, self._is_hidden)
        is_doubtful = rest is not None and rest.confidence < self._limits.confidence_min
        if rest is None or (is_doubtful and trigger is not Trigger.INVOKED):
            return None
        line = document.line_of(offset)
        column = offset - document.line_starts[line]
        completion = Completion(
            path=document.path, document_version=document.version, text=rest.text, source="imports",
            offset=offset, replace_end_offset=offset + rest.replaces, confidence=rest.confidence,
            model_name=self._model.info.name, model_sha256=self._model.info.sha256,
            line=line, column=column, replace_end_column=column + rest.replaces,
        )  # fmt: skip
        self._shown.remember(document, completion)
        return completion

    def _asked(
        self,
        prompt: FramedPrompt,
        document: Document,
        offset: int,
        trigger: Trigger,
        cancellation: Cancellation,
        started: float,
        known: Generation | None = None,
    ) -> Completion:
        """*known*: what the model said at such a place before; then it is not asked."""
        context_ms = _milliseconds_since(started)
        cancellation.check()
        if known is not None:
            prompt = replace(prompt, source="remembered")
            generation, cleaned = known, self._cleaned(known, document, offset)
        else:
            generation, cleaned = self._try(prompt, document, offset, trigger, cancellation)
            self._prompts.saw(generation)
            if self._kept is not None and trigger is Trigger.AUTOMATIC and prompt.source != "kept":
                self._kept.note(document, offset, generation)
        if trigger is Trigger.INVOKED:
            for seed in range(SECOND_TRIES):
                if cleaned.text:
                    break
                before = generation
                generation, cleaned = self._try(prompt, document, offset, trigger, cancellation, seed=seed)
                generation = _with_cost_of(generation, before)
        completion = self._completion(document, offset, prompt, generation, cleaned)
        if trigger is not Trigger.INVOKED:
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

    def others(
        self,
        snapshot: Snapshot,
        document: Document,
        offset: int,
        first: Completion,
        cancellation: Cancellation,
    ) -> list[Completion]:
        """Further completions beside *first*, for who asked: sampled, each with a text of its own.

        Raises as `complete`.
        """
        prompt = self._prompts.prompt(snapshot, document, offset, may_be_quick=True)
        found: list[Completion] = []
        with _with_deadline(cancellation, OTHERS_MS, Trigger.AUTOMATIC) as either:
            for seed in range(1, OTHERS + 1):
                try:
                    generation, cleaned = self._try(
                        prompt, document, offset, Trigger.INVOKED, either, seed=seed
                    )
                except Cancelled:
                    cancellation.check()
                    break  # no time for more
                completion = self._completion(document, offset, prompt, generation, cleaned)
                if completion.text and completion.text not in (first.text, *(it.text for it in found)):
                    found.append(completion)
        return found

    def remember(self) -> None:
        """Have the prompts that the model knows, and what it answered, there after a restart, too."""
        self._prompts.remember()
        if self._kept is not None:
            self._kept.write()

    def forget_shown(self) -> None:
        """Ask the model again next time, even for what a shown suggestion would answer."""
        self._shown.forget()

    def _work_ahead(
        self,
        idle: IdleWork,
        snapshot: Snapshot,
        document: Document,
        shown: Completion,
        *,
        could_be_better: bool,
    ) -> None:
        # What follows an import is looked up in no time, and a model's guess would be in its place.
        if shown.text and shown.source != "imports" and idle.may_work_ahead():
            then, end = accepted(document, shown)
            idle.plan(
                lambda cancellation: self._make_ready(snapshot, then, end, cancellation),
                quiet_s=AHEAD_QUIET_S,
            )
        if could_be_better:
            idle.plan(
                lambda cancellation: self._refresh(snapshot, document, shown.offset, cancellation),
                quiet_s=REFRESH_QUIET_S,
            )
        if self._is_remembered:
            idle.plan(lambda _cancellation: self.remember(), quiet_s=REMEMBER_QUIET_S)

    def _make_ready(
        self, snapshot: Snapshot, then: Document, offset: int, cancellation: Cancellation
    ) -> None:
        """Answer what would be asked if the shown suggestion were accepted."""
        if self._shown.rest(then, offset) is None:
            prompt = self._prompts.prompt(snapshot, then, offset, may_be_quick=True)
            made = self._asked(prompt, then, offset, Trigger.AHEAD, cancellation, time.perf_counter())
            if made.text:
                self._shown.remember(then, replace(made, source="ahead"))

    def _refresh(
        self, snapshot: Snapshot, document: Document, offset: int, cancellation: Cancellation
    ) -> None:
        """Have the model read a better prompt for the place, and keep it from then on."""
        frame, prompt = self._prompts.refreshed(snapshot, document, offset)
        generation = self._model.generate(
            GenerationRequest(pieces=prompt.pieces, max_tokens=0, priority=Priority.PREWARM, is_healed=True),
            cancellation,
        )
        cancellation.check()
        self._prompts.saw(generation)
        self._prompts.keep(frame)

    def _try(
        self,
        prompt: FramedPrompt,
        document: Document,
        offset: int,
        trigger: Trigger,
        cancellation: Cancellation,
        seed: int | None = None,
    ) -> tuple[Generation, Cleaned]:
        """Ask the model once: greedily, or with *seed* by sampling. The prompt is cached after the first."""
        request = GenerationRequest(
            pieces=prompt.pieces,
            max_tokens=self._limits.max_tokens,
            priority=Priority.PREFETCH if trigger is Trigger.AHEAD else Priority.COMPLETION,
            stop_tokens=self._family.end_tokens,
            is_healed=True,
            min_tokens=1 if trigger is Trigger.INVOKED else 0,
            cache_share=self._family.cache_share,
            beside=prompt.beside,
            temperature=0.0 if seed is None else SECOND_TRY_TEMPERATURE,
            seed=seed or 0,
        )
        lines = self._limits.max_lines
        with _with_deadline(cancellation, self._limits.deadline_ms, trigger) as either:
            generation = self._model.generate(
                request, either, lambda text: not is_finished(text, document, offset, max_lines=lines)
            )
        cancellation.check()
        return generation, self._cleaned(generation, document, offset)

    def _cleaned(self, generation: Generation, document: Document, offset: int) -> Cleaned:
        lines = self._limits.max_lines
        is_cut_off = generation.stop in ("length", "cancelled")
        text = whole_lines(generation.text) if is_cut_off else generation.text
        cleaned = clean(text, document, offset, max_lines=lines)
        if self._family.names_must_be_known:
            cleaned = without_unknown_names(cleaned, document, offset, max_lines=lines)
        return cleaned

    def _completion(
        self,
        document: Document,
        offset: int,
        prompt: FramedPrompt,
        generation: Generation,
        cleaned: Cleaned,
    ) -> Completion:
        line = document.line_of(offset)
        start_of_line = document.line_starts[line]
        info = self._model.info
        calibration = self._family.calibration
        logprobs = tuple(shown_logprobs(generation.logprobs, generation.text, cleaned.text))
        return Completion(
            path=document.path,
            document_version=document.version,
            offset=offset,
            replace_end_offset=cleaned.replace_end_offset,
            text=cleaned.text,
            model_name=info.name,
            model_sha256=info.sha256,
            tokens=generation.tokens,
            context=prompt.snippets,
            source=prompt.source,
            dropped_by=cleaned.dropped_by,
            logprobs=logprobs,
            confidence=None if calibration is None else confidence(calibration, logprobs),
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


_DEADLINES = Deadlines()


@contextmanager
def _with_deadline(outer: Cancellation, deadline_ms: int, trigger: Trigger) -> Iterator[Cancellation]:
    """A cancellation that *outer* raises, and the deadline too when nobody asked explicitly."""
    with Cancellation() as either:
        outer.on_cancel(either.cancel)
        if trigger is Trigger.INVOKED:
            yield either
            return
        with _DEADLINES.after(deadline_ms / 1000, either):
            yield either


def _milliseconds_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
