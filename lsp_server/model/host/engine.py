"""The one thread that owns llama.cpp's context: it takes one step of the most urgent job at a time.

A step is a part of a prompt or one generated token. Between steps the engine looks for cancelled
jobs and for more urgent ones; a job that has to wait keeps its place in memory and goes on later.
"""

import threading
import time
from typing import Any

import numpy as np

from lsp_server.errors import ModelUnavailable
from lsp_server.model.host import policy
from lsp_server.model.host.healing import candidates, cut_back
from lsp_server.model.host.job import Job, Send
from lsp_server.model.host.prompt_cache import PromptCache
from lsp_server.model.host.runtime import ABORTED, NO_ROOM, OK, Runtime
from lsp_server.model.host.sampling import choose
from lsp_server.model.host.sequences import Sequences
from lsp_server.model.host.threads import ThreadChoice, worth_trying
from lsp_server.model.host.vocabulary import Vocabulary
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.port import Priority

FAILURES_MAX = 2  # llama.cpp may fail this often at one job before the job is given up


class Engine:
    def __init__(
        self, runtime: Runtime, vocabulary: Vocabulary, settings: HostSettings, threads_max: int
    ) -> None:
        self._runtime = runtime
        self._vocabulary = vocabulary
        self._sequences = Sequences(runtime, settings.sequences)
        self._pace = policy.Pace(settings.step_tokens)
        counts = [settings.threads] if settings.threads else worth_trying(threads_max)
        self._threads_for_prompts = ThreadChoice(counts)
        self._threads_for_tokens = ThreadChoice(counts)
        self._changed = threading.Condition()
        self._jobs: list[Job] = []
        self._arrivals = 0
        self._current: Job | None = None
        self._step_began: float | None = None
        self._is_closing = False
        self.generated_tokens = 0
        self.evaluated_tokens = 0

    # Called by the clients' threads.

    def submit(self, client: int, message: dict[str, Any], send: Send) -> None:
        """Raises ModelUnavailable if the request can never be answered."""
        job = self._job(client, message, send)
        with self._changed:
            self._arrivals += 1
            job.arrival = self._arrivals
            for older in policy.replaced_by(job, self._jobs):
                older.stop = older.stop or "cancelled"
            self._jobs.append(job)
            self._abort_for(job)
            self._changed.notify_all()

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

    def wait_until_busy(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._jobs)

    def step_age_s(self) -> float:
        """For how long the step that runs now has been running."""
        began = self._step_began
        return time.monotonic() - began if began is not None else 0.0

    # The owner's thread.

    def run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._is_closing)
                if self._is_closing:
                    return
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
        tokens = job.tokens[position : position + self._pace.step_tokens()]
        is_last = position + len(tokens) == len(job.tokens)
        choice = self._threads_for_tokens if len(tokens) == 1 else self._threads_for_prompts
        threads = choice.next()
        self._runtime.compute_with(threads)
        began = self._step_began = time.monotonic()
        code = self._runtime.decode(tokens, position, slot.number, wants_logits=is_last)
        self._step_began = None
        if code == OK:
            seconds = time.monotonic() - began
            self._pace.saw(len(tokens), seconds)
            if len(tokens) == 1 or len(tokens) >= policy.STEP_TOKENS_MIN:
                choice.saw(threads, seconds / len(tokens))
            self._sequences.extend(slot, tokens)
            self.evaluated_tokens += len(tokens)
            if is_last:
                self._choose(job)
        elif code == NO_ROOM:
            self._make_room(job)
        elif code != ABORTED or not self._sequences.agrees(slot):
            self._recover(job, code)

    def _start(self, job: Job) -> None:
        slot = self._sequences.claim(job.tokens)
        if slot is None:
            self._suspend_for(job)
            slot = self._sequences.claim(job.tokens)
        assert slot is not None
        job.slot = slot
        if not job.started:
            job.reused = len(slot.tokens)
            job.tell_started()

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

    def _choose(self, job: Job) -> None:
        if job.max_tokens <= 0:
            job.stop = "length"  # only to have the prompt in memory
            return
        scores = self._runtime.logits()
        scores[self._vocabulary.forbidden] = -np.inf
        allowed = candidates(job.tail, self._vocabulary) if job.tail else None
        if allowed is not None and not len(allowed):
            allowed, job.tail = None, b""  # nothing spells it: the model goes on without
        if allowed is None and len(job.logprobs) < job.min_tokens:
            scores[list(job.ends)] = -np.inf
        if job.cache is not None:
            scores = job.cache.mixed(scores, job.tokens)
        try:
            token, logprob = choose(scores, allowed, job.temperature, job.random)
        except ValueError as error:
            job.stop = "failed"
            job.tell_failed(f"The model failed: {error}.", "Choose another model.")
            return
        job.first_token = job.first_token or time.monotonic()
        self.generated_tokens += 1
        if token in job.ends:
            job.stop = job.stop or "end"
            return
        job.tokens.append(token)
        piece = self._vocabulary.piece(token)
        spelled, job.tail = piece[: len(job.tail)], job.tail[len(piece) :]
        if len(piece) > len(spelled):
            job.logprobs.append(logprob)
            job.tell_text(piece[len(spelled) :])
        if len(job.logprobs) >= job.max_tokens or len(job.tokens) >= self._runtime.context_tokens:
            job.stop = job.stop or "length"

    def _finish(self, job: Job) -> None:
        if job.stop != "failed":
            job.tell_done()
        if job.slot is not None:
            self._sequences.release(job.slot)
            job.slot = None

    def _stop(self, job: Job, why: str) -> None:
        job.stop = job.stop or why
        # A cancelled completion is mostly followed by one with the same beginning: its step is not wasted.
        if job is self._current and job.priority is not Priority.COMPLETION:
            self._abort_if_long(job)

    def _abort_for(self, newcomer: Job) -> None:
        """Make the step that runs now end if it is in the way, unless the newcomer can use its result."""
        current = self._current
        if current is None or not (current.stop or current.priority > newcomer.priority):
            return
        done = len(current.tokens) - current.left
        step = current.tokens[: done + min(current.left, self._pace.step_tokens())]
        if newcomer.tokens[: len(step)] != step:
            self._abort_if_long(current)

    def _abort_if_long(self, job: Job) -> None:
        """A short step is better finished: its result is kept. Called with the lock held."""
        tokens = min(job.left, self._pace.step_tokens())
        if self._pace.expected_s(tokens) > policy.WORTH_ABORTING_S:
            self._runtime.abort()

    def _job(self, client: int, message: dict[str, Any], send: Send) -> Job:
        tokens, tail = self._prompt(message["pieces"], is_healed=message["is_healed"])
        room = self._runtime.context_tokens - len(tokens)
        if room < 1:
            raise ModelUnavailable(
                f"The prompt has {len(tokens)} tokens, and the model holds {self._runtime.context_tokens}.",
                hint="Choose a model with a longer context.",
            )
        stops = frozenset(self._token_id(text) for text in message["stop_tokens"])
        return Job(
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
            cache=PromptCache(share, self._copied_as) if (share := message["cache_share"]) > 0 else None,
            random=np.random.default_rng(message["seed"]),
        )

    def _prompt(self, pieces: list[str | dict[str, str]], *, is_healed: bool) -> tuple[list[int], bytes]:
        tokens: list[int] = []
        tail = b""
        for number, piece in enumerate(pieces, 1):
            if isinstance(piece, dict):
                tokens.append(self._token_id(piece["special"]))
                continue
            of_piece = self._runtime.tokenize(piece)
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

    def _copied_as(self, token: int) -> int | None:
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
