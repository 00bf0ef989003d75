"""Read a whole repository: what is saved and unchanged from the store, the rest through workers."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lsp_server.errors import UnreadableFile
from lsp_server.index.encoding import DamagedEntryError, decoded
from lsp_server.index.file import IndexedFile
from lsp_server.index.layout import LAYOUT_FILES, Layout, read_layout
from lsp_server.workspace.files import INDEXED_MAX_BYTES, read_source
from lsp_server.workspace.index_worker import read_and_index
from lsp_server.workspace.store import Store
from lsp_server.workspace.walk import WHOLE, FoundFile, found_file, walk
from lsp_server.workspace.workers import Indexed, IndexWorkers, worker_count

_log = logging.getLogger(__name__)

IN_PROCESS_MAX_FILES = 24  # so few are read before a worker has started
_FIRST_PUBLISHED_FILES = 64  # what is known is published at 64, 256, 1024 … files
_PUBLISHED_GROWTH = 4  # all of that together costs a third of the last time
_SAVED_AT_ONCE = 200
_REPORT_SECONDS = 0.2
_SKIPPED_SHOWN = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far indexing has come; a new value for every report."""

    files: int = 0  # worth reading
    done: int = 0
    unchanged: int = 0  # of them, taken from the saved index
    lines: int = 0
    definitions: int = 0
    by_language: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # language → (files, lines)
    skipped: Mapping[str, int] = field(default_factory=dict)  # reason → files and folders
    skipped_paths: tuple[tuple[str, str], ...] = ()  # (path, reason), not more than a screenful or forty
    is_finished: bool = False
    trouble: str = ""  # why the index is not saved; what is known is complete all the same


Report = Callable[[Progress], None]


@dataclass(slots=True)
class _Known:
    """The files read so far, counted as they come: there may be many, and what there is is told often."""

    files: dict[str, IndexedFile] = field(default_factory=dict)
    by_language: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    definitions: int = 0

    def add(self, file: IndexedFile) -> None:
        self.files[file.path] = file
        self.by_language[file.language] += 1
        self.lines[file.language] += file.line_count
        self.definitions += len(file.definitions)


class Indexing:
    """Owns the store and the workers of one repository. One thread uses it; any may `stop` it."""

    def __init__(
        self, root: Path, exclude: Sequence[str], store_folder: Path, folders: Sequence[str] = WHOLE
    ) -> None:
        self._root = root
        self._exclude = exclude
        self._folders = folders
        self._store = Store(store_folder, root, folders)
        self._workers: IndexWorkers | None = None
        self._is_stopped = False
        self._found: dict[str, FoundFile] = {}
        self._layout_texts: dict[str, str] = {}
        self._skipped: list[tuple[str, str]] = []
        self.is_complete = False

    def everything(self, first: Sequence[str], report: Report) -> Iterator[tuple[list[IndexedFile], Layout]]:
        """Yield all files known so far, more each time; the folders of the paths *first* come first."""
        for found in walk(self._root, exclude=self._exclude, skip=self._skip, folders=self._folders):
            if self._is_stopped:
                return
            if found.is_layout:
                self._read_layout_file(found.path)
            else:
                self._found[found.path] = found
        layout = read_layout(self._layout_texts)
        known = _Known()
        saved = self._store.known()
        unchanged = [it.path for it in self._found.values() if saved.get(it.path) == (it.size, it.mtime_ns)]
        unchanged.sort(key=self._order(first))
        next_published = _FIRST_PUBLISHED_FILES
        for path, data in self._store.entries(unchanged):
            try:
                file = decoded(data)
            except DamagedEntryError:
                continue
            if file.path == path:
                known.add(file)
            if len(known.files) >= next_published:
                next_published *= 8  # soon something, and the whole not much later for it
                yield list(known.files.values()), layout
        taken = len(known.files)
        report(self._progress(known, taken))
        if known.files:
            yield list(known.files.values()), layout
        next_published = max(_FIRST_PUBLISHED_FILES, _PUBLISHED_GROWTH * taken)
        next_report = 0.0
        rows: list[tuple[str, int, int, bytes]] = []
        unread = sorted((it for it in self._found if it not in known.files), key=self._order(first))
        for result in self._indexed(unread):
            if self._is_stopped:
                break
            if result.data is None:
                self._skip(result.path, result.refusal.removeprefix(f"{result.path} "))
                self._found.pop(result.path, None)
            else:
                known.add(decoded(result.data))
                found = self._found[result.path]
                rows.append((found.path, found.size, found.mtime_ns, result.data))
            if len(rows) >= _SAVED_AT_ONCE:
                self._store.save(rows, ())
                rows = []
            if time.monotonic() >= next_report:
                report(self._progress(known, taken))
                next_report = time.monotonic() + _REPORT_SECONDS
            if len(known.files) >= next_published:
                next_published *= _PUBLISHED_GROWTH
                yield list(known.files.values()), layout
        self._store.save(rows, [path for path in saved if path not in known.files])
        self.is_complete = not self._is_stopped
        report(replace(self._progress(known, taken), is_finished=self.is_complete))
        yield list(known.files.values()), layout

    def again(self, paths: Sequence[str]) -> tuple[list[IndexedFile], list[str], Layout | None]:
        """(files read again, paths that are gone, the layout if it may have changed)."""
        files: list[IndexedFile] = []
        gone: list[str] = []
        rows: list[tuple[str, int, int, bytes]] = []
        is_layout = False
        for path in dict.fromkeys(paths):
            if path.rpartition("/")[2] in LAYOUT_FILES:
                is_layout = True
                self._read_layout_file(path)
            found = found_file(self._root, path, exclude=self._exclude, folders=self._folders)
            data = None
            if found is not None and not found.is_layout:
                data = next(iter(self._indexed([path]))).data
            if found is None or data is None:
                gone.append(path)
            else:
                files.append(decoded(data))
                rows.append((path, found.size, found.mtime_ns, data))
        self._store.save(rows, gone)
        return files, gone, read_layout(self._layout_texts) if is_layout else None

    def stop(self) -> None:
        self._is_stopped = True
        workers = self._workers
        if workers is not None:
            workers.stop()

    def close(self) -> None:
        self._store.close()

    def _indexed(self, paths: Sequence[str]) -> Iterator[Indexed]:
        if len(paths) <= IN_PROCESS_MAX_FILES:
            for path in paths:
                yield self._indexed_here(path)
            return
        self._workers = IndexWorkers(self._root, paths, processes=worker_count(len(paths)))
        if self._is_stopped:
            self._workers.stop()
        yield from self._workers.results()
        self._workers = None

    def _indexed_here(self, path: str) -> Indexed:
        try:
            return Indexed(path, read_and_index(self._root, path))
        except UnreadableFile as error:
            return Indexed(path, None, str(error))

    def _order(self, first: Sequence[str]) -> Callable[[str], tuple[bool, int]]:
        """The folders of *first*, then what was changed last."""
        folders = {path.rpartition("/")[0] for path in first}
        return lambda path: (path.rpartition("/")[0] not in folders, -self._found[path].mtime_ns)

    def _read_layout_file(self, path: str) -> None:
        try:
            self._layout_texts[path] = read_source(self._root, path, max_bytes=INDEXED_MAX_BYTES).text
        except UnreadableFile:
            self._layout_texts.pop(path, None)

    def _skip(self, path: str, reason: str) -> None:
        self._skipped.append((path, reason))

    def _progress(self, known: "_Known", taken: int) -> Progress:
        return Progress(
            files=len(self._found),
            done=len(known.files),
            unchanged=taken,
            lines=known.lines.total(),
            definitions=known.definitions,
            by_language={name: (known.by_language[name], lines) for name, lines in known.lines.most_common()},
            skipped=dict(Counter(reason for _, reason in self._skipped).most_common()),
            skipped_paths=tuple(self._skipped[:_SKIPPED_SHOWN]),
            trouble=self._store.trouble,
        )
