"""A project as the server sees it while somebody types: its own code chooses and cuts what a prompt shows.

So what the model is trained on cannot differ from what it is asked, down to the order of signatures.
"""

import hashlib
import json
import os
import pickle
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from lsp_server.completion.limits import AUTOMATIC_CONTEXT_SHARE, SUFFIX_SHARE
from lsp_server.context.gather import gather
from lsp_server.context.snippet import Snippet
from lsp_server.index.encoding import SCHEMA
from lsp_server.index.file import IndexedFile, index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.prompting.comments import comment_mark
from lsp_server.prompting.families import Family, families
from lsp_server.prompting.window import Window, fit, visible_range
from lsp_server.syntax.languages import language_of
from lsp_server.syntax.outlining import IDENTIFIER
from lsp_server.text.document import Document

NAME_MIN_CHARACTERS = 4
DEFINITIONS_MAX = 3  # a name defined more often (`get`, `__init__`) does not tell which one is meant
CONTEXT_TOKENS_MIN = 60  # with less room hardly a signature fits


class Repository:
    """The index of one project."""

    def __init__(self, name: str, files: Sequence[IndexedFile], tokenizer: Tokenizer) -> None:
        self._whole = Snapshot.of(Path("/project"), files, name=name)
        self._tokenizer = tokenizer

    def names_from_elsewhere(self, text: str, path: str) -> set[str]:
        """Return the names in *text* that other files than *path* define, and this one does not."""
        return {
            name
            for name in set(IDENTIFIER.findall(text))
            if len(name) >= NAME_MIN_CHARACTERS
            and 0 < len(found := self._whole.definitions(name)) <= DEFINITIONS_MAX
            and all(it.path != path for it in found)
        }

    def context(self, path: str, text: str, offset: int, *, prompt_tokens: int) -> list[Snippet]:
        """Return what the server shows of the repository at *offset* of *text*, in a prompt of that size."""
        budget = int(prompt_tokens * AUTOMATIC_CONTEXT_SHARE)
        if budget < CONTEXT_TOKENS_MIN:
            return []
        document = _document(path, text)
        seen = self._whole.with_outline(document).with_document(document)
        visible = visible_range(document, offset, tokens=prompt_tokens - budget, suffix_share=SUFFIX_SHARE)
        return gather(
            seen, document, offset, budget_tokens=budget, count_tokens=self.count_tokens, visible=visible
        )

    def window(
        self, path: str, prefix: str, suffix: str, snippets: Sequence[Snippet], *, prompt_tokens: int
    ) -> Window:
        """Return how much of *prefix*, *suffix* and *snippets* the server shows in a prompt of that size."""
        return fit(
            bundled_family(), prefix=prefix, suffix=suffix, snippets=snippets,
            header=f"{self._whole.name}\n{path}\n", mark=comment_mark(language_of(path), path),
            prompt_tokens=prompt_tokens, suffix_share=SUFFIX_SHARE, count_tokens=self.count_tokens,
        )  # fmt: skip

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(it) for it in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def indexed(files: Sequence[tuple[str, str]], kept_at: Path) -> list[IndexedFile]:
    """Return the index of *files*, (path, text) each: 4 ms a file, a tenth of that from then on."""
    key = hashlib.sha256(json.dumps([SCHEMA, *files]).encode()).hexdigest()
    if kept_at.exists():
        saved_key, found = pickle.loads(kept_at.read_bytes())
        if saved_key == key:
            return list(found)
    made = [index_file(_document(path, text)) for path, text in files]
    kept_at.parent.mkdir(parents=True, exist_ok=True)
    partial = kept_at.with_suffix(f".{os.getpid()}")
    partial.write_bytes(pickle.dumps((key, made)))
    partial.replace(kept_at)
    return made


def bundled_family() -> Family:
    return next(it for it in families() if it.name == "kibitz")


def _document(path: str, text: str) -> Document:
    return Document(path=path, text=text, language=language_of(path))
