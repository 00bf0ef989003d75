"""A document with the cursor at `│`, and an engine over a scripted model."""

from pathlib import Path

from lsp_server.cancellation import Cancellation
from lsp_server.completion.completion import Completion
from lsp_server.completion.engine import CompletionEngine, Trigger
from lsp_server.completion.limits import CompletionLimits
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.scripted import ScriptedModel
from lsp_server.prompting.families import family_for
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document

LIMITS = CompletionLimits(
    max_tokens=64,
    max_lines=4,
    deadline_ms=5_000,
    prompt_tokens=800,
    context_tokens=200,
    suffix_share=0.25,
    confidence_min=0.0,
)


def document(marked: str, path: str = "shop/cart.py", version: int = 1) -> tuple[Document, int]:
    before, mark, after = marked.partition("│")
    assert mark, "the text needs a │ where the cursor is"
    return Document(path=path, text=before + after, language=language_of(path), version=version), len(before)


class Place:
    """One repository whose model says what it is told."""

    def __init__(self, *says: str, files: dict[str, str] | None = None, limits: CompletionLimits = LIMITS):
        self.model = ScriptedModel(says)
        self.engine = CompletionEngine(self.model, family_for(self.model.info), limits)
        others = [
            index_file(Document(path=path, text=text, language=language_of(path)))
            for path, text in (files or {}).items()
        ]
        self.snapshot = Snapshot.of(Path("/repository"), others, name="shop")

    def complete(
        self, marked: str, trigger: Trigger = Trigger.AUTOMATIC, cancellation: Cancellation | None = None
    ) -> Completion:
        at, offset = document(marked)
        snapshot = self.snapshot.with_document(at)
        return self.engine.complete(snapshot, at, offset, trigger, cancellation or Cancellation())

    @property
    def last_prompt(self) -> str:
        return "".join(
            piece if isinstance(piece, str) else piece.text for piece in self.model.requests[-1].pieces
        )
