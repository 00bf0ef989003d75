"""The model on this machine: asks a host process, starts it if there is none, and again if it dies."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from lsp_server.cancellation import Cancellation
from lsp_server.errors import ModelUnavailable
from lsp_server.model.answer import CANCELLED, Answer
from lsp_server.model.deaths import WITHIN_S, Deaths, Strikes
from lsp_server.model.facts import read_model_info
from lsp_server.model.host_settings import HostSettings
from lsp_server.model.link import LOOK_S, Link, Message
from lsp_server.model.machine import SMALLER
from lsp_server.model.place import place_of
from lsp_server.model.port import Generation, GenerationRequest, ModelInfo, OnText, SpecialToken
from lsp_server.model.spawning import last_words, open_host, wrong_build

State = Literal["off", "loading", "ready", "down"]
OnStatus = Callable[[State, str], None]

COUNTS_KEPT = 8192
COUNTED_CHARACTERS_KEPT = 16_000_000
CLOSE_S_MAX = 5.0


class _NotBegunError(ModelUnavailable):
    """The host went before it began with this."""


class LocalModel:
    """Raises ModelUnavailable at once if the file at *path* cannot be used; starts nothing yet.

    `start()`, or the first question, starts the host or joins one that is there. *on_status* is
    called from threads of ours: "loading" with how far, "ready", "down" with why. Down is what it
    is if the model cannot be loaded, or dies again and again; `retry()` makes it try once more.
    """

    def __init__(
        self,
        path: Path,
        *,
        settings: HostSettings | None = None,
        on_status: OnStatus | None = None,
        folder: Path | None = None,  # where clients and hosts meet; this user's own by default
    ) -> None:
        self._info = read_model_info(path)
        self._path = Path(self._info.path)
        self._stamp = _stamp(self._path)
        self._settings = settings or HostSettings()
        self._place = place_of(self._info.sha256, self._settings, folder)
        self._on_status = on_status or (lambda _state, _message: None)
        self._changed = threading.Condition()
        self._state: State = "off"
        self._problem: ModelUnavailable | None = None
        self._link: Link | None = None
        self._keeper: threading.Thread | None = None
        self._is_closed = False
        self._deaths = Deaths()
        self._strikes = Strikes()
        self._counts = OrderedDict[str, int]()
        self._counted_characters = 0

    @property
    def info(self) -> ModelInfo:
        return self._info

    @property
    def state(self) -> State:
        return self._state

    def start(self) -> None:
        """Have the model loaded in the background, if it is not yet."""
        with self._changed:
            if self._keeper is None and self._state != "down" and not self._is_closed:
                self._keeper = threading.Thread(target=self._keep, name="model keeper", daemon=True)
                self._keeper.start()

    def retry(self) -> None:
        """Try again after it went down."""
        with self._changed:
            self._deaths.forget()
            if self._state == "down":
                self._state, self._problem = "off", None
        self.start()

    def close(self) -> None:
        """Leave the host; it goes if nobody else needs it. Whoever waits for an answer gets none."""
        with self._changed:
            self._is_closed = True
            self._problem = ModelUnavailable("The model is closed.", hint="Start Kibitz again.")
            self._changed.notify_all()
            link, keeper = self._link, self._keeper
        if link is not None:
            link.close()
        if keeper is not None and keeper is not threading.current_thread():
            keeper.join(CLOSE_S_MAX)

    def generate(
        self, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None = None
    ) -> Generation:
        try:
            return self._generate(request, cancellation, on_text)
        except _NotBegunError:  # others ended that host: the next one is asked
            return self._generate(request, cancellation, on_text)

    def _generate(
        self, request: GenerationRequest, cancellation: Cancellation, on_text: OnText | None
    ) -> Generation:
        answer = Answer(on_text)
        prompt = hash(request.pieces)
        link = self._ready_link(cancellation)
        if link is None:
            return answer.generation("cancelled")
        if self._strikes.is_out(prompt):  # asked now: a death is recorded before the next host is ready
            raise ModelUnavailable(
                "This text ended the model's process twice.", hint="Change the text around the cursor."
            )
        mailbox = link.open_mailbox()
        mailbox.prompt = prompt
        cancellation.on_cancel(lambda: mailbox.messages.put(CANCELLED))
        try:
            link.send({"do": "generate", "id": mailbox.number, **_body(request)})
            while True:
                message = link.receive(mailbox)
                if message["is"] == "gone":
                    gone = self._gone()
                    raise gone if mailbox.is_started else _NotBegunError(str(gone), hint=gone.hint)
                stop = answer.add(message)
                if stop is None:
                    continue
                if message["is"] != "done":
                    link.send({"do": "cancel", "id": mailbox.number})
                return answer.generation(stop)
        except BaseException:
            link.send({"do": "cancel", "id": mailbox.number})
            raise
        finally:
            link.close_mailbox(mailbox)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        with self._changed:
            known = {text: self._counts[text] for text in texts if text in self._counts}
            for text in known:
                self._counts.move_to_end(text)
        missing = list(dict.fromkeys(text for text in texts if text not in known))
        if missing:
            counted = dict(zip(missing, self._ask({"do": "count", "texts": missing})["counts"], strict=True))
            self._remember(counted)
            known |= counted
        return [known[text] for text in texts]

    def stats(self) -> dict[str, Any]:
        """What the host did so far: `clients`, `jobs`, `generated_tokens`, `evaluated_tokens`, `pid`."""
        return self._ask({"do": "stats"})

    def _ask(self, question: Message) -> Message:
        link = self._ready_link(Cancellation())
        assert link is not None
        mailbox = link.open_mailbox()
        try:
            link.send({**question, "id": mailbox.number})
            message = link.receive(mailbox)
        finally:
            link.close_mailbox(mailbox)
        if message["is"] == "gone":
            raise self._gone()
        if message["is"] == "error":
            raise ModelUnavailable(message["message"], hint=message["hint"])
        return message

    def _ready_link(self, cancellation: Cancellation) -> Link | None:
        """Wait until the model is loaded; None if *cancellation* came first."""
        with self._changed:
            if self._is_ready():
                return None if cancellation.is_cancelled else self._link
        self.start()
        cancellation.on_cancel(self._notify)
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_ready() or self._problem is not None or cancellation.is_cancelled
            )
            if cancellation.is_cancelled:
                return None
            if self._problem is not None:
                raise ModelUnavailable(str(self._problem), hint=self._problem.hint)
            return self._link

    def _is_ready(self) -> bool:
        """A host that died a moment ago is not, though the keeper may not have said so yet."""
        link = self._link
        return self._state == "ready" and link is not None and not link.is_gone.is_set()

    def _keep(self) -> None:
        try:
            self._keep_alive()
        except (OSError, RuntimeError, MemoryError) as error:  # no memory, no thread, no place to write to
            reason = str(error) or type(error).__name__
            self._go_down(
                ModelUnavailable(
                    f"The model's process cannot be started or looked after: {reason}.",
                    hint=f"If memory is short: {SMALLER}",
                )
            )

    def _keep_alive(self) -> None:
        """Keep the host there: one turn of the loop for each of its lives."""
        while not self._is_closed:
            self._tell("loading", "")
            try:
                self._check_unchanged()
                connection, first = open_host(self._place, self._path, self._settings)
            except ModelUnavailable as problem:
                self._go_down(problem)
                return
            link = Link(connection, self._on_host_state)
            with self._changed:
                self._link = link
            link.start(first)
            delay_s = self._outlive(link)
            if delay_s is None:
                return
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed, delay_s)

    def _outlive(self, link: Link) -> float | None:
        """Return when the host has gone: after how many seconds to start again, None for not at all."""
        if self._is_closed:  # by somebody who could not know this link yet
            link.close()
        while not link.is_gone.wait(LOOK_S if self._state == "loading" else None):
            if self._state == "loading":
                link.end_host_if_silent()
        with self._changed:
            was_loading = self._state == "loading"
            self._link, self._state = None, "loading"
            if self._is_closed or self._problem is not None:
                self._state = "off" if self._problem is None or self._is_closed else "down"
                return None
        if problem := wrong_build(self._place):
            self._go_down(problem)
            return None
        for prompt in link.started_when_gone:
            self._strikes.add(prompt)
        delay_s = self._deaths.record(time.monotonic(), was_loading=was_loading)
        words = last_words(self._place)
        because = f" Its last words: {words}" if words else ""
        if delay_s is None:
            times = "while loading" if was_loading else f"several times within {WITHIN_S / 60:.0f} minutes"
            self._go_down(
                ModelUnavailable(
                    f"The model's process died {times}.{because}",
                    hint=f"If memory is short: {SMALLER}",
                )
            )
            return None
        self._tell("loading", f"The model's process died; it is being started again.{because}")
        return delay_s

    def _on_host_state(self, message: Message) -> None:
        match message["is"]:
            case "loading":
                self._tell("loading", f"{message['share']:.0%}")
            case "ready":
                self._tell("ready", "")
            case "failed":
                self._go_down(ModelUnavailable(message["message"], hint=message["hint"]))

    def _go_down(self, problem: ModelUnavailable) -> None:
        with self._changed:
            if self._is_closed:
                return
            self._problem, self._keeper = problem, None
        self._tell("down", f"{problem} {problem.hint}")

    def _tell(self, state: State, message: str) -> None:
        with self._changed:
            self._state = state
            self._changed.notify_all()
        if not self._is_closed:
            self._on_status(state, message)

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _gone(self) -> ModelUnavailable:
        return (
            self._problem
            or wrong_build(self._place)
            or ModelUnavailable(
                "The model's process died while it answered.",
                hint="It is being started again: try once more.",
            )
        )

    def _check_unchanged(self) -> None:
        if _stamp(self._path) != self._stamp:
            raise ModelUnavailable(
                f"The model file {self._path} has changed or gone since it was chosen.",
                hint="Choose it again.",
            )

    def _remember(self, counted: dict[str, int]) -> None:
        with self._changed:
            for text, count in counted.items():
                if text not in self._counts:
                    self._counted_characters += len(text)
                self._counts[text] = count
            while len(self._counts) > COUNTS_KEPT or self._counted_characters > COUNTED_CHARACTERS_KEPT:
                self._counted_characters -= len(self._counts.popitem(last=False)[0])


def _body(request: GenerationRequest) -> Message:
    return {
        "pieces": [
            {"special": piece.text} if isinstance(piece, SpecialToken) else piece for piece in request.pieces
        ],
        "max_tokens": request.max_tokens,
        "priority": int(request.priority),
        "stop_tokens": list(request.stop_tokens),
        "is_healed": request.is_healed,
        "min_tokens": request.min_tokens,
        "cache_share": request.cache_share,
        "beside": list(request.beside),
        "schema": request.schema,
        "temperature": request.temperature,
        "seed": request.seed,
        "may_draft": request.may_draft,
    }


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns, stat.st_ino
