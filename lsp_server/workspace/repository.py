"""One open repository: the only mutable reference to what is known of it.

A background thread walks, indexes and replaces the snapshot; whoever reads takes `snapshot` and keeps
it for the whole request. Documents open in the editor lie over the files on disk.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_server.cancellation import Cancellation
from lsp_server.context.ahead import work_ahead
from lsp_server.index.file import index_file
from lsp_server.index.snapshot import CHANGED_MAX, Snapshot
from lsp_server.text.document import Document
from lsp_server.workspace import memory
from lsp_server.workspace.indexing import Indexing, Progress
from lsp_server.workspace.store import default_folder
from lsp_server.workspace.walk import WHOLE, is_left_out

_log = logging.getLogger(__name__)

QUIET_SECONDS = 0.2  # after the last change of a document, before it is read again
REREAD_MAX_CHARACTERS = 300_000  # of a document being typed in; longer ones wait until they are saved

OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class _Refresh:
    paths: tuple[str, ...]


class Workspace:
    """Safe to use from any thread. Call `close` in the end."""

    def __init__(
        self,
        root: Path,
        *,
        exclude: Sequence[str] = (),
        store_folder: Path | None = None,
        name: str = "",
        folders: Sequence[str] = WHOLE,
    ) -> None:
        """Of *root*, only these *folders* are read."""
        self.root = root.resolve()
        self.folders = tuple(folders)
        self._exclude = tuple(exclude)
        self._store_folder = default_folder() if store_folder is None else store_folder
        self._lock = threading.Lock()
        self._snapshot = Snapshot.of(self.root, name=name, is_complete=False)
        self._is_indexed = threading.Event()
        self._is_closed = False
        self._jobs: queue.SimpleQueue[_Refresh | None] = queue.SimpleQueue()
        self._changed_at: dict[str, float] = {}
        self._indexing: Indexing | None = None
        self._thread: threading.Thread | None = None
        self.progress = Progress()

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    # Documents, as the editor has them

    def open_document(self, document: Document) -> None:
        self._with_document(document)

    def change_document(self, document: Document) -> None:
        self._with_document(document)

    def close_document(self, path: str) -> None:
        """Forget the editor's text of *path*: the file on disk counts again."""
        with self._lock:
            self._snapshot = self._snapshot.without_document(path)
            self._changed_at.pop(path, None)
        self.refresh([path])

    def refresh(self, paths: Sequence[str]) -> None:
        """These files, by repository-relative path, may have been made, changed or removed."""
        self._jobs.put(_Refresh(tuple(paths)))

    # Indexing

    def start(self, on_progress: OnProgress | None = None) -> None:
        """Begin to index in the background; returns at once."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run,
                args=(on_progress or (lambda progress: None),),
                name="kibitz-workspace",
                daemon=True,
            )
            self._thread.start()

    def wait_until_indexed(self, timeout: float | None, cancellation: Cancellation | None = None) -> bool:
        """True once every file was read; False when *timeout* seconds passed. Raises Cancelled."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._is_indexed.is_set():
            if cancellation is not None:
                cancellation.check()
            left = 0.1 if deadline is None else min(0.1, deadline - time.monotonic())
            if left <= 0:
                return False
            self._is_indexed.wait(left)
        return True

    def close(self) -> None:
        """Stop everything this workspace started."""
        self._is_closed = True
        self._jobs.put(None)
        if self._indexing is not None:
            self._indexing.stop()
        if self._thread is not None:
            self._thread.join(timeout=10)

    # The background thread

    def _run(self, on_progress: OnProgress) -> None:
        try:
            self._index_all(on_progress)
            memory.give_back()  # what was known before the last files were is only gone now
            self._is_indexed.set()
            if not self._is_closed:
                work_ahead(self._snapshot, self._snapshot.documents)
            while not self._is_closed:
                self._next_job()
        finally:
            self._is_indexed.set()
            if self._indexing is not None:
                self._indexing.close()

    def _index_all(self, on_progress: OnProgress) -> None:
        def report(progress: Progress) -> None:
            self.progress = progress
            on_progress(progress)

        self._indexing = Indexing(self.root, self._exclude, self._store_folder, self.folders)
        if self._is_closed:
            return
        first = list(self._snapshot.documents)
        for files, layout in self._indexing.everything(first, report):
            with self._lock:
                before = self._snapshot
                self._snapshot = Snapshot.of(
                    self.root, files, name=before.name, layout=layout, documents=before.documents,
                    is_complete=self._indexing.is_complete,
                )  # fmt: skip
            memory.settle()
        with self._lock:
            now = time.monotonic() - QUIET_SECONDS
            self._changed_at.update(dict.fromkeys(self._snapshot.documents, now))

    def _next_job(self) -> None:
        try:
            job = self._jobs.get(timeout=self._seconds_until_reread())
        except queue.Empty:
            self._reread_changed()
            return
        if job is not None and job.paths:
            self._refresh_now(job.paths)

    def _seconds_until_reread(self) -> float | None:
        with self._lock:
            times = list(self._changed_at.values())
        return max(0.0, max(times) + QUIET_SECONDS - time.monotonic()) if times else None

    def _reread_changed(self) -> None:
        with self._lock:
            documents = [self._snapshot.documents.get(path) for path in self._changed_at]
            self._changed_at.clear()
        files = [
            index_file(it)
            for it in documents
            if it is not None
            and len(it.text) <= REREAD_MAX_CHARACTERS
            and not is_left_out(self.root, it.path, exclude=self._exclude, folders=self.folders)
        ]
        self._replace(lambda snapshot: snapshot.with_files(files))
        work_ahead(self._snapshot, [it.path for it in files])

    def _refresh_now(self, paths: Sequence[str]) -> None:
        assert self._indexing is not None
        on_disk = [path for path in paths if path not in self._snapshot.documents]
        files, removed, layout = self._indexing.again(on_disk)
        self._replace(lambda snapshot: snapshot.with_files(files, removed))
        if layout is not None:
            self._replace(lambda snapshot: snapshot.with_layout(layout))
        work_ahead(self._snapshot)

    def _replace(self, change: Callable[[Snapshot], Snapshot]) -> None:
        with self._lock:
            self._snapshot = change(self._snapshot)
            snapshot = self._snapshot
        if snapshot.changed_count > max(CHANGED_MAX, snapshot.file_count // 20):
            memory.tidy()
            merged = snapshot.merged()
            memory.settle()
            with self._lock:  # only this thread changes the index; documents may have changed meanwhile
                self._snapshot = merged.with_documents(self._snapshot.documents)

    def _with_document(self, document: Document) -> None:
        with self._lock:
            self._snapshot = self._snapshot.with_document(document)
            self._changed_at[document.path] = time.monotonic()
        self._jobs.put(_Refresh(()))  # wakes the thread, which then waits for quiet
