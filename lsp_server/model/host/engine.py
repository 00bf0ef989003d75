"""The one thread that owns llama.cpp's context: it takes one step of the most urgent job at a time.

A step is a part of a prompt or one generated token. Between steps the engine looks for cancelled
jobs and for more urgent ones; a job that has to wait keeps its place in memory and goes on later.
"""

import threading
import time
from typing import Any

import numpy as np

from lsp_server.model.host import policy
from lsp_server.model.host.drafting import StepCosts
from lsp_server.model.host.healing import candidates
from lsp_server.model.host.incoming import Incoming
from lsp_server.model.host.job import Job, Send
from lsp_server.model.host.measured import Measured
from lsp_server.model.host.runtime import ABORTED, NO_ROOM, OK, Runtime
from lsp_server.model.host.sampling import Scores, choose, is_close
from lsp_server.model.host.saved import SavedPrompts
from lsp_server.model.host.sequences import Sequences, Slot
from lsp_server.model.host.threads import ThreadChoice, worth_trying
from lsp_server.model.host.vocabulary import Vocabulary
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.port import Priority

RESTORED_TOKENS_MIN = 64  # fewer are read again about as fast as they are taken from disk
SAVING_S_MAX = 10.0
CHECKPOINT_BEFORE_END = 6  # tokens of a prompt's end that typing a word may change
FAILURES_MAX = 2  # llama.cpp may fail this often at one job before the job is given up


class Engine:
    def __init__(
        self,
        runtime: Runtime,
        vocabulary: Vocabulary,
        settings: HostSettings,
        threads_max: int,
        saved: SavedPrompts | None = None,
        measured: Measured | None = None,
    ) -> None:
        measured = measured or Measured()
        self._runtime = runtime
        self._vocabulary = vocabulary
        self._costs = StepCosts()
        self._incoming = Incoming(runtime, vocabulary, self._costs)
        self._sequences = Sequences(runtime, settings.sequences, saved)
        self._saved = saved
        self._pace = policy.Pace(settings.step_tokens, measured.step_token_s)
        counts = [settings.threads] if settings.threads else worth_trying(threads_max)
        self._threads_for_prompts = ThreadChoice(counts, measured.prompt_s)
        self._threads_for_tokens = ThreadChoice(counts, measured.token_s)
        self._changed = threading.Condition()
        self._jobs: list[Job] = []
        self._arrivals = 0
        self._current: Job | None = None
        self._step_began: float | None = None
        self._step_ends = 0.0  # as expected
        self._is_closing = False
        self.generated_tokens = 0
        self.evaluated_tokens = 0

    # Called by the clients' threads.

    def submit(self, client: int, message: dict[str, Any], send: Send) -> None:
        """Raises ModelUnavailable if the request can never be answered."""
        job = self._incoming.job(client, message, send)
        with self._changed:
            self._arrivals += 1
            job.arrival = self._arrivals
            for older in policy.replaced_by(job, self._jobs):
                older.stop = older.stop or "cancelled"
            self._jobs.append(job)
            self._abort_for(job)
            self._changed.notify_all()
        try:
            job.prepare()
        finally:
            job.is_prepared.set()

    def stop(self, client: int, number: int, why: str) -> None:
        with self._changed:
            for job in self._jobs:
                if job.client == client and job.id == number:
                    self._stop(job, why)
            self._changed.notify_all()

    def drop_client(self, client: int) -> None:
        with self._changed:
            for job in self._jobs:
                if job.client == client:
                    self._stop(job, "cancelled")
            self._changed.notify_all()

    def count_tokens(self, texts: list[str]) -> list[int]:
        return [len(self._runtime.tokenize(text)) for text in texts]

    def jobs(self) -> int:
        """Requests that wait or are worked on."""
        with self._changed:
            return len(self._jobs)

    def measured(self) -> Measured:
        return Measured(
            prompt_s=self._threads_for_prompts.measured(),
            token_s=self._threads_for_tokens.measured(),
            step_token_s=self._pace.seconds_per_token,
        )

    def wait_until_busy(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._jobs)

    def step_age_s(self) -> float:
        """For how long the step that runs now has been running."""
        began = self._step_began
        return time.monotonic() - began if began is not None else 0.0

    # The owner's thread.

    def run(self) -> None:
        """Until `close`; then the prompts in memory are saved."""
        self._runtime.touch_weights()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._is_closing)
                if self._is_closing:
                    break
                stopped = [job for job in self._jobs if job.stop]
                self._jobs = [job for job in self._jobs if not job.stop]
                job = self._current = policy.next_of(self._jobs)
                self._runtime.allow()
            for over in stopped:
                self._finish(over)
            if job is not None:
                self._step(job)
                if job.stop:
                    with self._changed:
                        self._current = None
                        self._jobs.remove(job)
                    self._finish(job)

        if self._saved is not None:
            self._sequences.save_all()
            self._saved.close(SAVING_S_MAX)

    def close(self) -> None:
        with self._changed:
            self._is_closing = True
            self._runtime.abort()
            self._changed.notify_all()

    def _step(self, job: Job) -> None:
        if job.slot is None:
            self._start(job)
        slot = job.slot
        assert slot is not None
        position = len(slot.tokens)
        step_tokens = self._pace.step_tokens()
        tokens = job.tokens[position : min(position + step_tokens, self._next_checkpoint(job, position))]
        is_last = position + len(tokens) == len(job.tokens)
        draft = self._draft(job, step_tokens - len(tokens)) if is_last else []
        choice = self._threads_for_tokens if len(tokens) == 1 else self._threads_for_prompts
        threads = choice.next()
        self._runtime.compute_with(threads)
        began = self._step_began = time.monotonic()
        self._step_ends = began + self._pace.expected_s(len(tokens) + len(draft))
        wanted = len(draft) + 1 if is_last else 0
        computed = time.thread_time()
        code = self._runtime.decode(tokens + draft, position, slot.number, wanted=wanted)
        self._step_began, self._step_ends = None, 0.0
        if code == OK:
            seconds = time.monotonic() - began
            evaluated = len(tokens) + len(draft)
            self._pace.saw(evaluated, seconds)
            self._costs.saw(evaluated, time.thread_time() - computed)
            if evaluated == 1 or evaluated >= policy.STEP_TOKENS_MIN:
                choice.saw(threads, seconds / evaluated)
            self._sequences.extend(slot, tokens)
            self.evaluated_tokens += len(tokens)
            if len(slot.tokens) == self._next_checkpoint(job, position):
                self._sequences.checkpoint(slot)
            if is_last:
                self._read_scores(job, slot, draft)
        elif code == NO_ROOM:
            self._make_room(job)
        elif code != ABORTED or not self._sequences.agrees(slot):
            self._recover(job, code)

    def _next_checkpoint(self, job: Job, position: int) -> int:
        """Where a memory that cannot be cut is remembered: a little before the end of the prompt."""
        end = len(job.tokens)
        if self._runtime.can_trim:
            return end + 1
        before_end = job.prompt_tokens - CHECKPOINT_BEFORE_END
        return before_end if position < before_end else end + 1

    def _start(self, job: Job) -> None:
        if self._saved is not None and not job.started:
            self._restore_for(job, self._saved)
        slot = self._sequences.claim(job.tokens)
        if slot is None:
            self._suspend_for(job)
            slot = self._sequences.claim(job.tokens)
        assert slot is not None
        job.slot = slot
        slot.is_worth_saving = slot.is_worth_saving or job.priority <= Priority.PREWARM
        if not job.started:
            job.reused = len(slot.tokens)
            job.tell_started()

    def _restore_for(self, job: Job, saved_prompts: SavedPrompts) -> None:
        """Take a saved prompt back into memory if it spares *job* much reading."""
        saved, length = saved_prompts.longest(job.tokens)
        if saved is not None and length - self._sequences.holds(job.tokens) >= RESTORED_TOKENS_MIN:
            state = saved_prompts.state(saved)
            if state is not None:
                self._sequences.restore(saved.tokens, state)

    def _suspend_for(self, job: Job) -> bool:
        """Take the slot of a less urgent job, which will begin again; False if there is none."""
        holders = [it for it in self._jobs if it.slot is not None and it is not job]
        loser = policy.gives_way_to(job, holders)
        if loser is None or loser.slot is None:
            return False
        self._sequences.release(loser.slot)
        loser.slot = None
        return True

    def _make_room(self, job: Job) -> None:
        if self._sequences.forget_oldest() or (self._suspend_for(job) and self._sequences.forget_oldest()):
            return
        self._recover(job, NO_ROOM)

    def _recover(self, job: Job, code: int) -> None:
        """Nothing in memory can be trusted: all jobs begin again."""
        self._sequences.forget_everything()
        job.failures += 1
        if job.failures >= FAILURES_MAX:
            job.stop = "failed"
            job.tell_failed(f"llama.cpp failed to evaluate a prompt (code {code}).", "Try again.")

    def _draft(self, job: Job, room: int) -> list[int]:
        """Tokens to evaluate with the last known one, in the hope that the model says just these."""
        if job.drafter is None or job.tail or job.is_doubtful or not job.is_prepared.is_set():
            return []
        context_left = self._runtime.context_tokens - len(job.tokens) - 1
        return job.drafter.draft(job.tokens, min(room, job.max_tokens - len(job.logprobs) - 1, context_left))

    def _read_scores(self, job: Job, slot: Slot, draft: list[int]) -> None:
        """Choose a token for every place of a step that has scores, as far as the guesses hold."""
        if job.cache is not None:
            job.is_prepared.wait()  # what it says depends on all that it may copy
        known = len(slot.tokens)
        accepted, job.is_doubtful = 0, False
        for number in range(len(draft) + 1):
            token = self._choose(job, self._runtime.logits(len(draft) + 1 - number), is_batch=bool(draft))
            if token is None or number == len(draft) or token != draft[number]:
                break
            accepted += 1
        if draft:
            assert job.drafter is not None
            job.drafter.saw(len(draft), accepted)
            job.drafted += len(draft)
            job.accepted += accepted
            self._sequences.extend(slot, draft)
            self._sequences.cut(slot, known + accepted - job.is_doubtful)
        job.tell_text()

    def _choose(self, job: Job, scores: Scores, *, is_batch: bool) -> int | None:
        """The next token of the answer; None if it is over, or if the scores of a batch leave it open."""
        if job.max_tokens <= 0:
            job.stop = "length"  # only to have the prompt in memory
            return None
        for row in self._vocabulary.forbidden:
            scores[row] = -np.inf
        allowed = candidates(job.tail, self._vocabulary) if job.tail else None
        if allowed is not None and not len(allowed):
            allowed, job.tail = None, b""  # nothing spells it: the model goes on without
        if job.grammar is not None:
            allowed = job.grammar.allowed()
        if allowed is None and len(job.logprobs) < job.min_tokens:
            scores[list(job.ends)] = -np.inf
        if job.cache is not None:
            scores = job.cache.mixed(scores, job.tokens)
        if is_batch and is_close(scores):
            job.is_doubtful = True  # several tokens at once are rounded otherwise than one: ask again, alone
            return None
        try:
            token, logprob = choose(scores, allowed, job.temperature, job.random)
        except ValueError as error:
            job.stop = "failed"
            job.tell_failed(f"The model failed: {error}.", "Choose another model.")
            return None
        job.first_token = job.first_token or time.monotonic()
        self.generated_tokens += 1
        if token in job.ends:
            job.stop = job.stop or "end"
            return None
        job.tokens.append(token)
        if job.grammar is not None:
            job.grammar.take(token)
            if job.grammar.is_whole:
                job.stop = job.stop or "end"
        piece = self._vocabulary.piece(token)
        spelled, job.tail = piece[: len(job.tail)], job.tail[len(piece) :]
        if len(piece) > len(spelled):
            job.logprobs.append(logprob)
            job.add_text(piece[len(spelled) :])
        if len(job.logprobs) >= job.max_tokens or len(job.tokens) >= self._runtime.context_tokens:
            job.stop = job.stop or "length"
        return None if job.stop else token

    def _finish(self, job: Job) -> None:
        if job.stop != "failed":
            job.tell_done()
        if job.slot is not None:
            self._sequences.release(job.slot)
            job.slot = None

    def _stop(self, job: Job, why: str) -> None:
        job.stop = job.stop or why
        if job is not self._current:
            return
        if job.priority is not Priority.COMPLETION:
            self._abort_if_long()
        elif self._step_began is not None:  # one that is nearly over, too: it may take longer than expected
            timer = threading.Timer(policy.REPLACED_WITHIN_S, self._abort_unless_replaced, (job,))
            timer.daemon = True
            timer.start()

    def _abort_unless_replaced(self, job: Job) -> None:
        with self._changed:
            if job is self._current and not any(self._serves(it) for it in self._jobs if not it.stop):
                self._abort_if_long()

    def _abort_for(self, newcomer: Job) -> None:
        """Make the step that runs now end if it is in the way, unless the newcomer can use its result."""
        current = self._current
        if current is None or not (current.stop or current.priority > newcomer.priority):
            return
        if not self._serves(newcomer):
            self._abort_if_long()

    def _serves(self, job: Job) -> bool:
        """Whether *job* begins with what the step that runs now evaluates."""
        current = self._current
        if current is None:
            return False
        done = len(current.tokens) - current.left
        step = current.tokens[: done + min(current.left, self._pace.step_tokens())]
        return job.tokens[: len(step)] == step

    def _abort_if_long(self) -> None:
        """A step that is nearly over is better finished: its result is kept. Called with the lock held."""
        if self._is_long():
            self._runtime.abort()

    def _is_long(self) -> bool:
        """Also a step that should be over already: nobody knows how long it still takes."""
        left = self._step_ends - time.monotonic()
        return self._step_began is not None and not 0 < left <= policy.WORTH_ABORTING_S
