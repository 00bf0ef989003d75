"""Everything known of one repository at one moment.

Immutable: a change makes a new Snapshot that shares nearly everything with the old one, so readers
need no lock and never see half a change. Files changed since the last `merged` live in a small
corpus of their own beside the big one.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lsp_server.index.corpus import Corpus, idf
from lsp_server.index.file import IndexedFile, index_file
from lsp_server.index.files import Files
from lsp_server.index.hits import Hits, together
from lsp_server.index.layout import NO_LAYOUT, Layout
from lsp_server.index.modules import Importing, Modules
from lsp_server.index.names import Names
from lsp_server.syntax.outline import Definition, Outline
from lsp_server.syntax.outlining import outline
from lsp_server.text.document import Document

# Beyond this many changed files, every further change costs more than putting them together.
CHANGED_MAX = 48
_SHARES_TRIED = (0.5, 0.25, 0.0)  # of the best score
_EMPTY = Corpus(())


class _Outlines(Mapping[str, Outline]):
    def __init__(self, files: Mapping[str, IndexedFile]) -> None:
        self._files = files

    def __getitem__(self, path: str) -> Outline:
        return self._files[path].outline

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class Snapshot:
    """Use `Snapshot.of` to make the first one."""

    def __init__(
        self,
        *,
        root: Path,
        name: str,
        settled: Corpus,
        changed: Corpus,
        gone: frozenset[str],
        documents: Mapping[str, Document],
        layout: Layout,
        is_complete: bool,
        same_files_as: "Snapshot | None" = None,
        same_paths_as: "Snapshot | None" = None,
    ) -> None:
        self.root = root
        self.name = name  # the repository's, as models know it
        self.documents = MappingProxyType(dict(documents))  # open in the editor, by path
        self.layout = layout
        self.is_complete = is_complete  # False while the first indexing is under way
        self._settled = settled
        self._changed = changed
        self._gone = gone
        # What is worked out when first asked is shared while the files are the same.
        if same_files_as is None:
            self._files = Files(settled, changed, gone)
            self._rarities: dict[str, float] = {}
            self.names = Names(self._files)  # answers what is asked of many names at once
            known = None if same_paths_as is None else same_paths_as.modules
            # Which files an import means.
            self.modules: Modules = Modules(self._files.paths, layout, self._files.at, same_paths_as=known)
        else:
            self._files, self._rarities = same_files_as._files, same_files_as._rarities
            self.names, self.modules = same_files_as.names, same_files_as.modules

    @staticmethod
    def of(
        root: Path,
        files: Iterable[IndexedFile] = (),
        *,
        name: str = "",
        layout: Layout = NO_LAYOUT,
        documents: Mapping[str, Document] = MappingProxyType({}),
        is_complete: bool = True,
    ) -> "Snapshot":
        return Snapshot(
            root=root, name=name or root.name, settled=Corpus(files), changed=_EMPTY, gone=frozenset(),
            documents=documents, layout=layout, is_complete=is_complete,
        )  # fmt: skip

    # What is known of files

    @property
    def outlines(self) -> Mapping[str, Outline]:
        """Of every path; each is made when it is looked at."""
        return _Outlines({file.path: file for file in self.files()})

    @property
    def file_count(self) -> int:
        return self._files.count

    @property
    def changed_count(self) -> int:
        return len(self._changed.files) + len(self._gone)

    def files(self) -> Iterator[IndexedFile]:
        for path, file in self._settled.files.items():
            if path not in self._gone:
                yield file
        yield from self._changed.files.values()

    def file(self, path: str) -> IndexedFile | None:
        return self._files.at(path)

    def known_of(self, document: Document) -> Importing:
        """What is known of it as last indexed, or read now. May lag behind typing by a moment."""
        return self.file(document.path) or outline(document)

    @property
    def paths(self) -> frozenset[str]:
        return self.modules.paths

    # What is known of names

    def definitions(self, name: str) -> Sequence[Definition]:
        """Every definition of *name*, by path and line."""
        return self._files.definitions(name)

    def defined_names(self) -> set[str]:
        """All that files may define, and some that only files that are gone did."""
        return self._settled.defined.names() | self._changed.defined.names()

    def members(self, owner: str) -> Sequence[Definition]:
        """What the classes, types and modules named *owner* hold directly."""
        return self._files.members(owner)

    def is_class(self, name: str) -> bool:
        return name in self._settled.defined.class_names or name in self._changed.defined.class_names

    def classes_like(self, name: str) -> list[str]:
        """Classes that a variable of this *name* likely is one of: `_http_response` → HttpResponse."""
        key = name.replace("_", "").lower()
        settled = self._settled.defined.classes_alike.get(key)
        changed = self._changed.defined.classes_alike.get(key) if self._changed.files else None
        return sorted({*(settled or ()), *(changed or ())}) if settled or changed else []

    def modules_named(self, stem: str) -> list[str]:
        """The files that a module called *stem* may be, whatever their language."""
        found = [*self._settled.by_stem.get(stem, ()), *self._changed.by_stem.get(stem, ())]
        return [path for path in dict.fromkeys(found) if path in self.paths] if found else []

    def top_level(self, path: str) -> Sequence[Definition]:
        """What the file at *path* defines outside of any class or function."""
        file = self.file(path)
        return () if file is None else self.names.definitions_of(self.names.numbers_of(file.top_level))

    def files_with(self, name: str) -> list[str]:
        """The paths of all files that use *name*, strings and comments included."""
        settled, changed = (set(it.places(it.windows_with(name))[0]) for it in (self._settled, self._changed))
        return sorted((settled - self._gone) | changed)

    def rarity(self, name: str) -> float:
        """From 0, in every file, upwards: how much it says that two places share *name*."""
        known = self._rarities.get(name)
        if known is None:
            files = self._settled.file_count(name) + self._changed.file_count(name)
            known = self._rarities[name] = math.log(1 + self.file_count / (1 + files))
        return known

    def imported_paths(self, path: str) -> list[str]:
        """The files of this repository that the file at *path* imports, in order, without repetition."""
        file = self.file(path)
        return [] if file is None else self.modules.resolve_all(file)

    # Search

    def search(
        self,
        weights: Mapping[str, float],
        *,
        limit: int,
        exclude: Collection[str] = (),
        favoured: Mapping[str, float] = MappingProxyType({}),
    ) -> Hits:
        """The best windows for a query of weighted identifiers.

        *favoured* has paths whose windows' scores are multiplied.
        """
        total = len(self._settled.windows) + len(self._changed.windows)
        query = {
            name: weight * idf(self._settled.window_count(name) + self._changed.window_count(name), total)
            for name, weight in weights.items()
        }
        found: list[Hits] = []
        for corpus, hidden in ((self._settled, self._gone), (self._changed, frozenset[str]())):
            if not corpus.files:
                continue
            scores = corpus.scores(query)
            for path, factor in (*favoured.items(), *((it, 0.0) for it in (*exclude, *hidden))):
                first = corpus.first_window.get(path)
                if first is not None:
                    scores[first : first + len(corpus.files[path].windows)] *= factor
            windows = _best(scores, limit)
            found.append(Hits(*corpus.places(windows), scores[windows].astype(np.float64)))
        return together(found).at(np.s_[:limit])

    def work_ahead(self) -> None:
        """Make now what the first who asks would wait for: what is defined, counted through, and by word."""
        for corpus in (self._settled, self._changed):
            corpus.work_ahead()

    # Changes, each a new Snapshot

    def with_file(self, file: IndexedFile) -> "Snapshot":
        return self.with_files([file])

    def with_files(self, files: Iterable[IndexedFile], removed: Collection[str] = ()) -> "Snapshot":
        """With *files* in place of what was known of their paths, and without the *removed* paths."""
        fresh = {file.path: file for file in files}
        if not fresh and not removed:
            return self
        kept = [it for path, it in self._changed.files.items() if path not in fresh and path not in removed]
        settled = self._settled.files
        gone = self._gone | {path for path in (*fresh, *removed) if path in settled}
        is_same = self.paths.issuperset(fresh) and self.paths.isdisjoint(removed)
        return self._replaced(
            changed=Corpus([*kept, *fresh.values()]), gone=gone, same_paths_as=self if is_same else None
        )

    def with_outline(self, document: Document) -> "Snapshot":
        """With *document* read again; costs as much as its length, so not for every keystroke."""
        return self.with_file(index_file(document))

    def with_document(self, document: Document) -> "Snapshot":
        """With *document* open in the editor. Cheap: the index is not touched."""
        return self._replaced(documents={**self.documents, document.path: document})

    def with_documents(self, documents: Mapping[str, Document]) -> "Snapshot":
        return self._replaced(documents=documents)

    def without_document(self, path: str) -> "Snapshot":
        return self._replaced(documents={key: it for key, it in self.documents.items() if key != path})

    def with_layout(self, layout: Layout) -> "Snapshot":
        return self._replaced(layout=layout)

    def merged(self) -> "Snapshot":
        """The same knowledge in one corpus. Takes a second for a million lines."""
        return Snapshot(
            root=self.root, name=self.name, settled=Corpus(self.files()), changed=_EMPTY,
            gone=frozenset(), documents=self.documents, layout=self.layout, is_complete=self.is_complete,
            same_paths_as=self,
        )  # fmt: skip

    def _replaced(
        self,
        *,
        same_paths_as: "Snapshot | None" = None,
        changed: Corpus | None = None,
        gone: frozenset[str] | None = None,
        documents: Mapping[str, Document] | None = None,
        layout: Layout | None = None,
    ) -> "Snapshot":
        is_same_index = changed is None and gone is None and layout is None
        return Snapshot(
            root=self.root,
            name=self.name,
            settled=self._settled,
            changed=self._changed if changed is None else changed,
            gone=self._gone if gone is None else gone,
            documents=self.documents if documents is None else documents,
            layout=self.layout if layout is None else layout,
            is_complete=self.is_complete,
            same_files_as=self if is_same_index else None,
            same_paths_as=same_paths_as,
        )


def _best(scores: NDArray[np.float32], limit: int) -> NDArray[np.intp]:
    """The numbers of the *limit* highest of *scores*, or of all that are not 0; equal ones ascending."""
    # Nearly all share but a common word or two: what is far below the best need not be put in order.
    best = scores.max(initial=0.0)
    for share in _SHARES_TRIED:
        hits = np.flatnonzero(scores > share * best)
        if len(hits) >= limit:
            break
    if len(hits) > limit:
        hits = np.sort(hits[np.argpartition(scores[hits], -limit)[-limit:]])
    return hits[np.argsort(-scores[hits], kind="stable")]
