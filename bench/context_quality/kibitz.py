"""Kibitz as it answers in an editor: a snapshot of the project, the place's file open and half written."""

import math
from collections.abc import Sequence
from pathlib import Path

from bench.context_quality.places import Place
from bench.context_quality.project import Project
from bench.context_quality.providers import CHARACTERS_PER_TOKEN, Piece
from lsp_server.context.gather import gather
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import Snapshot
from lsp_server.syntax.languages import language_of
from lsp_server.text.document import Document


class Kibitz:
    name = "Kibitz"

    def __init__(self, project: Project) -> None:
        files = [index_file(_document(file.path, file.text)) for file in project.files.values()]
        self._whole = Snapshot.of(Path("/project"), files)
        self.seen = self._whole
        self.document = _document("", "")

    def prepare(self, place: Place) -> None:
        """The file is indexed as it is now, as the server does while one types."""
        self.document = _document(place.path, place.before + place.after)
        self.seen = self._whole.with_outline(self.document).with_document(self.document)
        _ = self.seen.modules.paths

    def pieces(self, place: Place, characters: int) -> Sequence[Piece]:
        snippets = gather(
            self.seen, self.document, place.offset,
            budget_tokens=int(characters / CHARACTERS_PER_TOKEN), count_tokens=count_tokens,
            visible=place.visible,
        )  # fmt: skip
        return [Piece(it.path, it.start_line, it.end_line, it.text) for it in snippets]


def count_tokens(texts: Sequence[str]) -> list[int]:
    """The ruler's tokens: every provider gets the same characters."""
    return [math.ceil(len(it) / CHARACTERS_PER_TOKEN) for it in texts]


def _document(path: str, text: str) -> Document:
    return Document(path=path, text=text, language=language_of(path))
