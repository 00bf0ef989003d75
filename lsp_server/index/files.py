"""Which files hold: most in one large corpus, those that changed since in a small one beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.index.corpus import Corpus
from lsp_server.index.defined import ManyDefinitions
from lsp_server.index.file import IndexedFile
from lsp_server.syntax.outline import Definition


@dataclass(frozen=True, slots=True)
class Files:
    """What answers for a snapshot asks these and no snapshot: a snapshot that something of its own refers to
    waits for the garbage collector, and keeps a whole index until then."""

    settled: Corpus
    changed: Corpus
    gone: frozenset[str]  # paths whose settled entry no longer holds

    @property
    def count(self) -> int:
        return len(self.settled.files) - len(self.gone) + len(self.changed.files)

    def paths(self) -> frozenset[str]:
        return (frozenset(self.settled.files) - self.gone) | frozenset(self.changed.files)

    def at(self, path: str) -> IndexedFile | None:
        changed = self.changed.files.get(path)
        if changed is not None or path in self.gone:
            return changed
        return self.settled.files.get(path)

    def gone_numbers(self) -> list[int]:
        """The numbers in the settled corpus of the files that are gone."""
        return [self.settled.file_number[it] for it in self.gone]

    def definitions(self, name: str) -> Sequence[Definition]:
        return self._merged(self.settled.defined.definitions(name), self.changed.defined.definitions(name))

    def members(self, owner: str) -> Sequence[Definition]:
        return self._merged(self.settled.defined.members(owner), self.changed.defined.members(owner))

    def _merged(self, settled: Sequence[Definition], changed: Sequence[Definition]) -> Sequence[Definition]:
        if not self.gone and not changed:
            return settled
        if isinstance(settled, ManyDefinitions):
            return settled.changed(self.gone_numbers(), changed)
        return [*(it for it in settled if it.path not in self.gone), *changed]
