"""Everything of one editor window, plugged together: what the editor's side calls `Services`."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import platformdirs

from lsp_server.answers.kept import KeptAnswers
from lsp_server.answers.remembering import RememberingModel
from lsp_server.app import actions, fixing
from lsp_server.app.counting import CLOSING_S_MAX, Counting
from lsp_server.app.kept_here import KeptHere
from lsp_server.app.loaded_model import LoadedModel
from lsp_server.app.model_slot import MakeModel, ModelSlot
from lsp_server.app.noticed import Noticed
from lsp_server.app.talking import Endpoint, chat_of, endpoint_of, storyteller
from lsp_server.cancellation import Cancellation
from lsp_server.chat.port import Chat
from lsp_server.completion.completion import Completion, as_json
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.idle import IdleWork
from lsp_server.completion.limits import CompletionLimits, limits_for
from lsp_server.completion.remembered import RememberedFrames
from lsp_server.editor.services import Answer, OfferedFix, OnText, Problem, Progress, Replacement, Status
from lsp_server.errors import KibitzError, ModelUnavailable, UnreadableFile
from lsp_server.fixes.own_checker import OwnChecker
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.machine import is_on_battery
from lsp_server.settings import Settings, settings_of
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document
from lsp_server.workspace.files import READ_MAX_BYTES, read_source
from lsp_server.workspace.indexing import Progress as IndexProgress
from lsp_server.workspace.repository import Workspace
from lsp_server.workspace.roots import together

_log = logging.getLogger(__name__)

# A context this small still holds the signatures that the cursor's line needs.
SHOWN_CONTEXT_TOKENS = 1_024
INDEX_WAIT_S = 5.0
CHECKING_S_MAX = 10.0  # a person looks at an empty menu meanwhile


class Kibitz:
    """Thread-safe. Nothing is global: two of these in one process know nothing of each other."""

    def __init__(self, make_model: MakeModel, *, store_folder: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._settings = settings_of(None)[0]
        self._store_folder = store_folder
        self._workspace: Workspace | None = None
        self._roots: Sequence[Path] = ()
        self._engine: tuple[object, CompletionLimits, CompletionEngine] | None = None
        self._last: Completion | None = None
        self._idle = IdleWork(may_work_ahead=lambda: not is_on_battery())
        self._status = Status(state="starting", message="Starting")
        self._trouble = ""  # with the index
        self._counting = Counting(self._text_of)
        self._noticed = Noticed()
        self._kept = KeptHere()
        self._status_listeners: list[Callable[[Status], None]] = []
        self._progress_listeners: list[Callable[[Progress], None]] = []
        self._slot = ModelSlot(make_model, self._say)

    # Set-up

    def configure(self, settings: Settings, root: Path | None, extra_roots: Sequence[Path]) -> None:
        with self._lock:
            before, self._settings = self._settings, settings
            roots = () if root is None else (root, *extra_roots)
            is_moved, self._roots = roots != self._roots, roots
        if self._workspace is None or is_moved or before.context_exclude != settings.context_exclude:
            self._open_workspace(roots, settings)
        self._counting.is_on = settings.statistics_enabled
        self._slot.use(settings)

    def on_status(self, listener: Callable[[Status], None]) -> None:
        self._status_listeners.append(listener)
        listener(self._shown_status())

    def on_progress(self, listener: Callable[[Progress], None]) -> None:
        self._progress_listeners.append(listener)

    def restart_model(self) -> None:
        self._slot.restart(self._settings)

    def close(self) -> None:
        self._idle.close()
        self._counting.close()
        if self._engine is not None:
            self._engine[2].remember()
        self._kept.close(CLOSING_S_MAX)
        self._slot.close()
        if self._workspace is not None:
            self._workspace.close()

    # Documents

    def open_document(self, document: Document) -> None:
        self._noticed.opened(document.path)
        if self._workspace is not None:
            self._workspace.open_document(document)

    def change_document(self, document: Document) -> None:
        self._idle.interrupt()
        self._counting.changed(document)
        if self._workspace is not None:
            self._noticed.changed(self._workspace.snapshot.documents.get(document.path), document)
            self._workspace.change_document(document)

    def close_document(self, path: str) -> None:
        self._counting.closed(path)
        self._noticed.closed(path)
        if self._workspace is not None:
            self._workspace.close_document(path)

    def refresh(self, paths: Sequence[str]) -> None:
        if self._workspace is not None:
            self._noticed.saved(paths, self._workspace.snapshot.documents)
            self._workspace.refresh(paths)

    # What a person asks for

    def complete(
        self, document: Document, offset: int, *, trigger: Trigger, cancellation: Cancellation
    ) -> Completion | None:
        if not self._settings.enabled or not self._settings.completion_enabled:
            return None
        engine = self._current_engine()
        completion = engine.complete(self._snapshot(), document, offset, trigger, cancellation)
        self._last = completion
        self._counting.answered(completion, document)
        return completion

    def other_completions(
        self, document: Document, offset: int, first: Completion, *, cancellation: Cancellation
    ) -> Sequence[Completion]:
        return self._current_engine().others(self._snapshot(), document, offset, first, cancellation)

    def explain(
        self, document: Document, problem: Problem, *, cancellation: Cancellation, on_text: OnText
    ) -> Answer:
        snapshot = self._snapshot()
        return actions.explain(
            snapshot, document, problem, storyteller(self._chat(), snapshot), self._settings.language,
            cancellation=cancellation, on_text=on_text, edits=self._noticed.edits(),
        )  # fmt: skip

    def explain_code(
        self, document: Document, start: int, end: int, *, cancellation: Cancellation, on_text: OnText
    ) -> Answer:
        snapshot = self._snapshot()
        return actions.explain_piece(
            snapshot, document, start, end, storyteller(self._chat(), snapshot), self._settings.language,
            cancellation=cancellation, on_text=on_text,
        )  # fmt: skip

    def explain_output(self, text: str, *, cancellation: Cancellation, on_text: OnText) -> Answer:
        snapshot = self._whole_snapshot(cancellation)
        return actions.explain_output(
            snapshot, text, self._read, storyteller(self._chat(), snapshot), self._settings.language,
            cancellation=cancellation, on_text=on_text, edits=self._noticed.edits(),
        )  # fmt: skip

    def ask(self, question: str, *, cancellation: Cancellation, on_text: OnText) -> Answer:
        snapshot = self._whole_snapshot(cancellation)
        return actions.asked(
            snapshot, question, storyteller(self._chat(), snapshot), self._settings.language,
            cancellation=cancellation, on_text=on_text,
        )  # fmt: skip

    def fixes(
        self, document: Document, problem: Problem, *, cancellation: Cancellation
    ) -> Sequence[OfferedFix]:
        return fixing.fixes(self._snapshot(), document, problem)

    def checked_fixes(
        self, document: Document, problem: Problem, *, cancellation: Cancellation
    ) -> Sequence[OfferedFix]:
        return fixing.checked_fixes(
            self._snapshot(), document, problem, self._checker(), self._read, cancellation=cancellation
        )

    def may_ask_model(self) -> bool:
        return bool(self._settings.endpoint_url) or self._slot.get_or_none() is not None

    def model_fixes(
        self, document: Document, problem: Problem, *, cancellation: Cancellation
    ) -> Sequence[OfferedFix]:
        snapshot = self._snapshot()
        asked = fixing.proposers(self._remembering(), self._chat(), snapshot)
        return fixing.model_fixes(
            snapshot, document, problem, asked, self._checker(), self._read, cancellation=cancellation
        )

    def docstring_offer(self, document: Document, line: int) -> str:
        return actions.docstring_offer(document, line)

    def docstring(
        self, document: Document, line: int, *, cancellation: Cancellation
    ) -> Sequence[Replacement]:
        return actions.docstring(
            self._snapshot(), document, line, self._remembering(), cancellation=cancellation
        )

    def document_file(self, document: Document, *, cancellation: Cancellation) -> Sequence[Replacement]:
        def say(step: int, of: int) -> None:
            self._tell(
                Progress(
                    token="document",  # noqa: S106 a progress token, no secret
                    title="Kibitz writes docstrings",
                    message=f"{step} of {of}",
                    percentage=100 * step // max(1, of),
                    is_done=step >= of,
                )
            )

        return actions.document_whole(
            self._snapshot(), document, self._remembering(), cancellation=cancellation, on_step=say
        )

    def show_context(self, document: Document, offset: int, *, cancellation: Cancellation) -> Answer:
        if self._workspace is None:
            raise KibitzError("no folder is open", hint="Open a folder; then its files can be seen.")
        loaded = self._slot.get_or_none()
        budget = self._limits().context_tokens if loaded is not None else SHOWN_CONTEXT_TOKENS
        return actions.show_context(
            self._snapshot(), document, offset, loaded,
            budget_tokens=budget, exclude=self._settings.context_exclude, recent=self._noticed.recent(),
        )  # fmt: skip

    def last_request(self) -> Mapping[str, object] | None:
        return None if self._last is None else as_json(self._last)

    # Inside

    def _checker(self) -> OwnChecker:
        command = self._settings.fixes_checker if self._roots else ()
        return OwnChecker(command=command, seconds=CHECKING_S_MAX)

    def _remembering(self) -> LoadedModel | None:
        """The model, which answers again what it was asked before."""
        loaded, kept = self._slot.get_or_none(), self._kept_answers()
        if loaded is None or kept is None:
            return loaded
        return replace(loaded, model=RememberingModel(loaded.model, kept))

    def _kept_answers(self) -> KeptAnswers | None:
        return self._kept.answers(self._roots, self._settings.cache_url)

    def _chat(self) -> Chat | None:
        loaded = self._remembering()
        try:
            return chat_of(loaded, endpoint_of(self._settings), self._kept_answers())
        except ModelUnavailable as problem:
            _log.warning("%s. %s", problem, problem.hint)
            return chat_of(loaded, Endpoint())

    def _read(self, path: str) -> Document | None:
        """As it is open, or as it lies in the repository."""
        workspace = self._workspace
        opened = self._snapshot().documents.get(path)
        if opened is not None or workspace is None:
            return opened
        try:
            text = read_source(workspace.root, path, max_bytes=READ_MAX_BYTES).text
        except UnreadableFile:
            return None
        return Document(path=path, text=text, language=language_of(path))

    def _text_of(self, path: str) -> str | None:
        document = self._snapshot().documents.get(path)
        return None if document is None else document.text

    def _snapshot(self) -> Snapshot:
        if self._workspace is not None:
            return self._workspace.snapshot
        return Snapshot.of(Path.cwd(), is_complete=False)

    def _whole_snapshot(self, cancellation: Cancellation) -> Snapshot:
        """Of the whole repository, if that is read in a moment: who asks would rather wait than miss."""
        if self._workspace is not None:
            self._workspace.wait_until_indexed(INDEX_WAIT_S, cancellation)
        return self._snapshot()

    def _open_workspace(self, roots: Sequence[Path], settings: Settings) -> None:
        """With other *roots* paths change: the editor's side opens its documents again."""
        old = self._workspace
        documents = [] if old is None else list(old.snapshot.documents.values())
        if old is not None:
            threading.Thread(target=old.close, daemon=True).start()
        if not roots:
            self._workspace = None
            return
        base, folders = together(roots)
        workspace = Workspace(
            base, folders=folders, exclude=settings.context_exclude, store_folder=self._store_folder
        )
        if old is not None and old.root == workspace.root:
            for document in documents:
                workspace.open_document(document)
        self._workspace = workspace
        workspace.start(self._index_progress)

    def _index_progress(self, progress: IndexProgress) -> None:
        if progress.trouble != self._trouble:
            self._trouble = progress.trouble
            self._tell_status()
        share = 100 * progress.done // max(1, progress.files)
        self._tell(
            Progress(
                token="index",  # noqa: S106 a progress token, no secret
                title="Kibitz reads the repository",
                message=f"{progress.done} of {progress.files} files",
                percentage=min(100, share),
                is_done=progress.done >= progress.files,
            )
        )

    def _limits(self) -> CompletionLimits:
        settings = self._settings
        return limits_for(
            self._slot.get().model.info.context_length,
            max_tokens=settings.completion_max_tokens,
            max_lines=settings.completion_max_lines,
            deadline_ms=settings.completion_deadline_ms,
            context_tokens=settings.context_budget_tokens,
            is_with_context=settings.context_enabled,
            confidence_min=settings.completion_min_confidence / 100,
        )

    def _remembered_frames(self, loaded: LoadedModel, limits: CompletionLimits) -> RememberedFrames | None:
        if not self._roots or loaded.family is None:
            return None
        roots = "|".join(map(str, self._roots))
        identity = f"{roots}|{loaded.model.info.sha256}|{loaded.family.name}|{limits}"
        return RememberedFrames(platformdirs.user_cache_path("kibitz") / "frames", identity)

    def _current_engine(self) -> CompletionEngine:
        """Raises ModelUnavailable. The engine is kept while model and limits are: it knows what it showed."""
        loaded = self._slot.get()
        if loaded.family is None:
            assert loaded.cannot_complete is not None
            raise loaded.cannot_complete
        limits = self._limits()
        with self._lock:
            if self._engine is None or self._engine[0] is not loaded or self._engine[1] != limits:
                exclude = self._settings.context_exclude
                remembered = self._remembered_frames(loaded, limits)
                kept = self._kept.completions(self._roots, self._settings.cache_url, loaded, limits)
                engine = CompletionEngine(
                    loaded.model,
                    loaded.family,
                    limits,
                    exclude,
                    self._idle,
                    remembered,
                    kept,
                    self._noticed.recent,
                )
                self._engine = (loaded, limits, engine)
            return self._engine[2]

    def _say(self, status: Status) -> None:
        was_loading, self._status = self._status.state == "loading", status
        if was_loading or status.state == "loading":
            self._tell(
                Progress(
                    token="model",  # noqa: S106 a progress token, no secret
                    title="Kibitz loads its model",
                    message=status.message,
                    is_done=status.state != "loading",
                )
            )
        self._tell_status()

    def _tell_status(self) -> None:
        for listener in self._status_listeners:
            listener(self._shown_status())

    def _shown_status(self) -> Status:
        """With what is wrong beside the model, as long as nothing worse is to be said."""
        if self._trouble and self._status.state == "ready":
            return replace(self._status, hint=self._trouble)
        return self._status

    def _tell(self, progress: Progress) -> None:
        for listener in self._progress_listeners:
            listener(progress)
