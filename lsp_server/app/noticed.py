"""What an editor says of where work is done: which files were used lately, and which lines were edited."""

from collections.abc import Collection, Sequence

from lsp_server.context.recent import Recent, RecentlyUsed
from lsp_server.explanation.edits import EditedLately, Edits
from lsp_server.text.document import Document


class Noticed:
    """In memory only. Safe to use from any thread."""

    def __init__(self) -> None:
        self._edits = EditedLately()
        self._used = RecentlyUsed()

    def opened(self, path: str) -> None:
        self._used.used(path)

    def changed(self, old: Document | None, new: Document) -> None:
        self._used.used(new.path)
        if old is not None:
            self._edits.changed(old, new)

    def saved(self, paths: Sequence[str], opened: Collection[str]) -> None:
        """Of *paths*, those *opened*: others changed on disk by themselves."""
        for path in paths:
            if path in opened:
                self._used.used(path)

    def closed(self, path: str) -> None:
        self._edits.closed(path)

    def edits(self) -> Edits:
        return self._edits.now()

    def recent(self) -> Recent:
        return self._used.now(self._edits.lines())
