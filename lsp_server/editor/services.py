"""What the editor's side asks of the rest of Kibitz. The composition root implements it.

Everything is in the core's terms: documents, offsets, plain text. What is marked blocking is called
in a thread, and returns soon after its cancellation says so, if need be by raising Cancelled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from lsp_server.cancellation import Cancellation
from lsp_server.completion.completion import Completion
from lsp_server.completion.engine import Trigger
from lsp_server.explanation.places import Place
from lsp_server.settings import Settings
from lsp_server.text.document import Document

State = Literal["starting", "loading", "ready", "busy", "noModel", "error", "off"]
Severity = Literal["error", "warning", "information", "hint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How Kibitz is, in words for a person; what `kibitz/status` carries."""

    state: State
    message: str
    hint: str = ""  # what to do about it
    model: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One step of something that takes a while. The first with a *token* begins it."""

    token: str  # "index", "model"
    title: str
    message: str = ""
    percentage: int | None = None  # 0..100
    is_done: bool = False
    cancel: Callable[[], None] | None = None  # what a person's click on "cancel" does


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another place that the tool points at."""

    path: str  # as in Document.path
    line: int  # 0-based
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What any tool says is wrong with a piece of a document."""

    start: int
    end: int
    message: str
    source: str = ""
    code: str = ""
    severity: Severity = "error"
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Text for a person to read."""

    title: str
    markdown: str
    places: tuple[Place, ...] = ()  # that it names and that can be opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """*text* in place of what stands from *start* to *end* of one document version."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFix:
    title: str  # to follow "Fix: "
    replacements: tuple[Replacement, ...]
    is_verified: bool  # applied to a copy, the problem was gone and no new one had come
    is_by_model: bool = False
    checked_by: str = ""  # the person's own checker, where it said so


OnText = Callable[[str], None]


class Services(Protocol):
    def configure(self, settings: Settings, root: Path | None, extra_roots: Sequence[Path]) -> None:
        """Called once after the handshake and again when something changed. Returns at once."""
        ...

    def open_document(self, document: Document) -> None: ...

    def change_document(self, document: Document) -> None: ...

    def close_document(self, path: str) -> None: ...

    def refresh(self, paths: Sequence[str]) -> None:
        """These files were made, changed or removed on disk."""
        ...

    def complete(
        self, document: Document, offset: int, *, trigger: Trigger, cancellation: Cancellation
    ) -> Completion | None:
        """Blocking. *document* need not be the one that is open: a menu's choice may be in it already."""
        ...

    def other_completions(
        self, document: Document, offset: int, first: Completion, *, cancellation: Cancellation
    ) -> Sequence[Completion]:
        """Blocking. What else could stand there, for a person who wants to choose."""
        ...

    def explain(
        self, document: Document, problem: Problem, *, cancellation: Cancellation, on_text: OnText
    ) -> Answer:
        """Blocking. Raises KibitzError only if nothing at all can be said."""
        ...

    def explain_code(
        self, document: Document, start: int, end: int, *, cancellation: Cancellation, on_text: OnText
    ) -> Answer:
        """Blocking. What stands from *start* to *end*; where that is empty, the definition around it."""
        ...

    def explain_output(self, text: str, *, cancellation: Cancellation, on_text: OnText) -> Answer:
        """Blocking. *text*: what a program or a checker printed. Raises KibitzError if no error is in it."""
        ...

    def ask(self, question: str, *, cancellation: Cancellation, on_text: OnText) -> Answer:
        """Blocking. A question about the repository in free words."""
        ...

    def fixes(
        self, document: Document, problem: Problem, *, cancellation: Cancellation
    ) -> Sequence[OfferedFix]:
        """Blocking but quick: an editor asks at each move of the cursor."""
        ...

    def checked_fixes(
        self, document: Document, problem: Problem, *, cancellation: Cancellation
    ) -> Sequence[OfferedFix]:
        """As `fixes`, and tried with the person's own checker, if one is set: a person waits for the menu."""
        ...

    def may_ask_model(self) -> bool:
        """Whether a model is there that could propose a fix. Quick."""
        ...

    def model_fixes(
        self, document: Document, problem: Problem, *, cancellation: Cancellation
    ) -> Sequence[OfferedFix]:
        """Blocking. What a model proposes and what was verified. Raises KibitzError if that is nothing."""
        ...

    def docstring_offer(self, document: Document, line: int) -> str:
        """For the head of a definition that has none, or one that says otherwise than the code: "Write
        docstring" or "Update docstring"; "" if there is nothing to do. Blocking but quick."""
        ...

    def docstring(
        self, document: Document, line: int, *, cancellation: Cancellation
    ) -> Sequence[Replacement]:
        """Blocking. Raises KibitzError."""
        ...

    def document_file(self, document: Document, *, cancellation: Cancellation) -> Sequence[Replacement]:
        """Blocking. The docstrings that its public functions and classes lack."""
        ...

    def show_context(self, document: Document, offset: int, *, cancellation: Cancellation) -> Answer:
        """Blocking."""
        ...

    def last_request(self) -> Mapping[str, object] | None: ...

    def restart_model(self) -> None:
        """Blocking. Raises KibitzError."""
        ...

    def on_status(self, listener: Callable[[Status], None]) -> None:
        """*listener* is told the present status at once, and each new one, from any thread."""
        ...

    def on_progress(self, listener: Callable[[Progress], None]) -> None:
        """As `on_status`."""
        ...

    def close(self) -> None:
        """Stop everything, model host included. Returns within a second."""
        ...
