"""One repository and one model for the length of one command."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lsp_server.answers.remembering import RememberingModel
from lsp_server.app.loaded_model import LoadedModel, recognised
from lsp_server.app.local_models import kept_answers, open_model
from lsp_server.cancellation import Cancellation
from lsp_server.completion.completion import Completion
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.limits import limits_for
from lsp_server.errors import ModelUnavailable, UnreadableFile
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document
from lsp_server.workspace.files import READ_MAX_BYTES, read_source
from lsp_server.workspace.repository import Workspace
from lsp_server.workspace.roots import find_root

Say = Callable[[str], None]

# A command waits this long for the index and then goes on with what is there.
INDEX_WAIT_S = 20.0
MAX_TOKENS = 96
DEADLINE_MS = 60_000  # who runs a command would rather wait than get nothing
SUGGESTION_LINES = 8


@dataclass(frozen=True, kw_only=True)
class Session:
    """Use `open_session`."""

    workspace: Workspace
    loaded: LoadedModel | None  # None: the command does without a model
    max_lines: int
    context_tokens: int

    @property
    def snapshot(self) -> Snapshot:
        return self.workspace.snapshot

    def document(self, path: Path, text: str | None = None) -> Document:
        """The file at *path*, or *text* in its place. Raises UnreadableFile."""
        relative = self.relative(path)
        if text is None:
            text = read_source(self.workspace.root, relative, max_bytes=READ_MAX_BYTES).text
        return Document(path=relative, text=text, language=language_of(relative))

    def read(self, path: str) -> Document | None:
        """The repository's file *path*; None if it cannot be read."""
        try:
            return self.document(self.workspace.root / path)
        except UnreadableFile:
            return None

    def encoding(self, path: Path) -> str:
        """How the file at *path* is encoded. Raises UnreadableFile."""
        return read_source(self.workspace.root, self.relative(path), max_bytes=READ_MAX_BYTES).encoding

    def relative(self, path: Path) -> str:
        """Raises UnreadableFile if *path* is not below the root."""
        absolute = path if path.is_absolute() else Path.cwd() / path
        try:
            # The folder may be reached through links; the file itself may not be one.
            return (absolute.parent.resolve() / absolute.name).relative_to(self.workspace.root).as_posix()
        except ValueError:
            raise UnreadableFile(
                f"{path} is not below {self.workspace.root}", hint="Name its repository with --root."
            ) from None

    def engine(self) -> CompletionEngine:
        """Raises ModelUnavailable when the model cannot fill in."""
        if self.loaded is None:
            raise ModelUnavailable("no model is loaded", hint="Name one with --model.")
        if self.loaded.family is None:
            assert self.loaded.cannot_complete is not None
            raise self.loaded.cannot_complete
        limits = limits_for(
            self.loaded.model.info.context_length,
            max_tokens=MAX_TOKENS,
            max_lines=self.max_lines,
            deadline_ms=DEADLINE_MS,
            context_tokens=self.context_tokens,
        )
        return CompletionEngine(self.loaded.model, self.loaded.family, limits)

    def complete(self, document: Document, offset: int, cancellation: Cancellation) -> Completion:
        """As a user who asks for it: no deadline, and an empty answer is tried again."""
        return self.engine().complete(self.snapshot, document, offset, Trigger.INVOKED, cancellation)


@contextmanager
def open_session(
    path: Path,
    *,
    root: Path | None = None,
    model: str | None,
    max_lines: int = SUGGESTION_LINES,
    context_tokens: int = 0,
    say: Say = lambda words: None,
) -> Iterator[Session]:
    """Index the repository around *path* and load *model* (None: no model). Raises KibitzError."""
    if not path.exists() and not path.parent.exists():
        raise UnreadableFile(f"there is no file {path}", hint="Check the path.")
    workspace = Workspace(_checked_root(root) if root is not None else find_root(path))
    workspace.start(
        lambda progress: say(f"Reading the repository, {progress.done} of {progress.files} files …")
    )
    loaded = None
    try:
        if model is not None:
            loaded = recognised(RememberingModel(open_model(model), kept_answers(workspace.root)))
        workspace.wait_until_indexed(INDEX_WAIT_S)
        yield Session(workspace=workspace, loaded=loaded, max_lines=max_lines, context_tokens=context_tokens)
    finally:
        if loaded is not None:
            loaded.model.close()
        workspace.close()


def _checked_root(root: Path) -> Path:
    if not root.is_dir():
        raise UnreadableFile(f"there is no folder {root}", hint="--root names the repository's folder.")
    return root
