"""A workspace reads a repository, follows its changes, and survives what is in it."""

import gc
import os
import sqlite3
import sys
import time
import weakref

import pytest

from lsp_server.cancellation import Cancellation, Cancelled
from lsp_server.index.encoding import decoded
from lsp_server.index.snapshot import CHANGED_MAX
from lsp_server.text.document import Document
from lsp_server.workspace.repository import Workspace
from lsp_server.workspace.workers import BATCH_FILES, IndexWorkers
from tests.workspace.check import PATIENCE_SECONDS, opened, written

SHOP = {
    "shop/price.py": "def net(): ...\n",
    "shop/cart.py": "from shop.price import net\n",
    "README.md": "Shop\n",
}


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def shop(tmp_path):
    return written(tmp_path / "shop", SHOP)


def eventually(is_true) -> None:
    """Wait for a background thread; there is no event for every step it takes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def names(workspace, name):
    return [it.path for it in workspace.snapshot.definitions(name)]


def test_everything_is_known_once_it_is_indexed(shop, store):
    with opened(shop, store) as workspace:
        assert names(workspace, "net") == ["shop/price.py"]
        assert workspace.snapshot.imported_paths("shop/cart.py") == ["shop/price.py"]
        assert workspace.snapshot.is_complete
        assert workspace.progress.files == workspace.progress.done == 3
        assert workspace.progress.by_language["python"] == (2, 4)


def test_a_second_start_reads_only_what_changed(shop, store):
    with opened(shop, store):
        pass
    (shop / "shop/price.py").write_text("def gross(rate): ...\n")
    (shop / "README.md").unlink()
    with opened(shop, store) as workspace:
        assert workspace.progress.unchanged == 1
        assert names(workspace, "gross") == ["shop/price.py"]
        assert names(workspace, "net") == []
        assert workspace.snapshot.file("README.md") is None


@pytest.mark.parametrize("damage", ["noise", "truncated", "rows", "other schema", "empty", "a folder"])
def test_a_damaged_saved_index_is_made_again(shop, store, damage):
    with opened(shop, store):
        pass
    (saved,) = store.glob("*.sqlite")
    if damage == "noise":
        saved.write_bytes(os.urandom(9_000))
    elif damage == "truncated":
        saved.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    elif damage == "empty":
        saved.write_bytes(b"")
    elif damage == "a folder":
        saved.unlink()
        saved.mkdir()
    else:
        with sqlite3.connect(saved) as database:
            if damage == "rows":
                database.execute("UPDATE file SET entry = x'00112233445566778899'")
            else:
                database.execute("PRAGMA user_version = 999")
        database.close()
    with opened(shop, store) as workspace:
        assert names(workspace, "net") == ["shop/price.py"]


def test_a_store_that_cannot_be_written_is_done_without(shop, tmp_path):
    (tmp_path / "file").write_text("")
    with opened(shop, tmp_path / "file" / "store") as workspace:
        assert names(workspace, "net") == ["shop/price.py"]


def test_an_open_document_counts_before_it_is_saved(shop, store):
    with opened(shop, store) as workspace:
        workspace.open_document(Document(path="shop/price.py", text="def vat(): ...\n", language="python"))
        assert workspace.snapshot.documents["shop/price.py"].text == "def vat(): ...\n"
        eventually(lambda: names(workspace, "vat") == ["shop/price.py"])
        workspace.change_document(Document(path="shop/price.py", text="def duty(): ...\n", language="python"))
        eventually(lambda: names(workspace, "duty") == ["shop/price.py"])
        workspace.close_document("shop/price.py")
        assert not workspace.snapshot.documents
        eventually(lambda: names(workspace, "net") == ["shop/price.py"])
        assert names(workspace, "duty") == []


def test_files_made_changed_and_removed_are_followed(shop, store):
    with opened(shop, store) as workspace:
        written(shop, {"shop/tax.py": "def vat(): ...\n", "shop/price.py": "def gross(): ...\n"})
        (shop / "README.md").unlink()
        workspace.refresh(["shop/tax.py", "shop/price.py", "README.md", "../outside.py", "never/was.py"])
        eventually(lambda: names(workspace, "vat") == ["shop/tax.py"])
        assert names(workspace, "gross") == ["shop/price.py"]
        assert names(workspace, "net") == []
        assert workspace.snapshot.file("README.md") is None


def test_what_waits_for_the_collector_does_not_stay_when_the_index_is_put_together(tmp_path, store):
    """What is alive then is taken out of the collector's rounds."""

    class Ring:
        pass

    files = {f"m{number}.py": f"def f{number}(): ...\n" for number in range(CHANGED_MAX + 2)}
    root = written(tmp_path / "root", files)
    with opened(root, store) as workspace:
        gc.disable()  # the rounds themselves might come first
        try:
            ring = Ring()
            ring.itself = ring
            gone = weakref.ref(ring)
            del ring
            assert gone() is not None
            written(root, {path: text.replace("def f", "def g") for path, text in files.items()})
            workspace.refresh(list(files))
            eventually(lambda: names(workspace, "g0") == ["m0.py"] and not workspace.snapshot.changed_count)
            assert gone() is None
        finally:
            gc.enable()


def test_a_document_opened_while_indexing_is_not_lost(shop, store):
    workspace = Workspace(shop, store_folder=store)
    workspace.open_document(Document(path="shop/new.py", text="def early(): ...\n", language="python"))
    workspace.start()
    assert workspace.wait_until_indexed(PATIENCE_SECONDS)
    assert "shop/new.py" in workspace.snapshot.documents
    eventually(lambda: names(workspace, "early") == ["shop/new.py"])
    workspace.close()


def test_an_open_file_that_is_secret_or_ignored_is_never_indexed(shop, store):
    written(shop, {".gitignore": "made/\n"})
    with opened(shop, store) as workspace:
        workspace.open_document(Document(path="made/new.py", text="def made(): ...\n", language="python"))
        workspace.open_document(
            Document(path="/elsewhere/x.py", text="def outside(): ...\n", language="python")
        )
        workspace.open_document(Document(path=".env", text="DATABASE = net\n", language="plain"))
        workspace.open_document(Document(path="shop/a.py", text="def later(): ...\n", language="python"))
        eventually(lambda: names(workspace, "later") == ["shop/a.py"])
        for path in (".env", "made/new.py", "/elsewhere/x.py"):
            assert workspace.snapshot.file(path) is None


def test_many_files_are_read_by_workers(tmp_path, store):
    files = {f"pkg/m{number}.py": f"def f{number}(): ...\n" for number in range(150)}
    files["pkg/binary.py"] = "\0\0"
    files["pkg/minified.js"] = "x=1;" * 5_000
    with opened(written(tmp_path / "many", files), store) as workspace:
        assert workspace.snapshot.file_count == 150
        assert names(workspace, "f149") == ["pkg/m149.py"]
        assert dict(workspace.progress.skipped_paths)["pkg/minified.js"] == "is minified or data"
        assert "pkg/binary.py" in dict(workspace.progress.skipped_paths)


def test_hostile_files_cost_neither_the_others_nor_the_process(tmp_path, store):
    files = {f"ok{number}.py": "def fine(): ...\n" for number in range(30)}
    files |= {
        "deep.py": "(\n" * 100_000,
        "long.py": "x" * 300_000,
        "quotes.rs": '"\n' * 100_000,
        "latin.py": b"# \xe9\xe8\ndef latin(): ...\n",
        "surrogate.py": b"x = '\xed\xa0\x80'\ndef odd(): ...\n",
        "big.py": b" " * 50_000_000,
    }
    with opened(written(tmp_path / "hostile", files), store) as workspace:
        assert len(names(workspace, "fine")) == 30
        assert names(workspace, "latin") == ["latin.py"]
        assert names(workspace, "odd") == ["surrogate.py"]


KILLERS = [{"m7.py"}, {"m0.py", "m7.py", "m8.py", "m31.py", "m39.py"}]


@pytest.mark.skipif(sys.platform == "win32", reason="the fake worker is a script")
@pytest.mark.parametrize("killers", KILLERS, ids=["one", "several"])
def test_a_file_that_kills_its_reader_twice_is_named_and_the_rest_is_read(tmp_path, killers):
    """Parsers crash; what they were reading is left alone from then on."""
    root = written(tmp_path / "root", {f"m{number}.py": "def f(): ...\n" for number in range(40)})
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import os, lsp_server.workspace.index_worker as it\n"
        "real = it.read_and_index\n"
        "def read_and_index(root, path):\n"
        f"    if path in {killers}:\n"
        "        os.kill(os.getpid(), 9)\n"
        "    return real(root, path)\n"
        "it.read_and_index = read_and_index\n"
        "it.main()\n"
    )
    workers = IndexWorkers(
        root, [f"m{number}.py" for number in range(40)], processes=2, command=[sys.executable, str(worker)]
    )
    results = {it.path: it for it in workers.results()}
    assert len(results) == 40
    dead = {path for path, it in results.items() if it.data is None}
    assert dead == killers
    assert "ended its reader 2 times" in results["m7.py"].refusal
    assert decoded(results["m9.py"].data or b"").outline.definitions[0].name == "f"


@pytest.mark.skipif(sys.platform == "win32", reason="the fake worker is a script")
def test_a_worker_has_its_next_files_before_it_answered_for_the_first(tmp_path):
    """It would wait for this process between any two batches, and this process is busy."""
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import json, sys, lsp_server.workspace.index_worker as it\n"
        "_, *batches = [json.loads(sys.stdin.buffer.readline()) for _ in range(3)]\n"
        "for batch in batches:\n"
        "    for path in batch:\n"
        "        sys.stdout.buffer.write(it.FRAME.pack(4, it.REFUSED) + b'here')\n"
        "sys.stdout.flush()\n"
    )
    paths = [f"m{number}.py" for number in range(2 * BATCH_FILES)]
    workers = IndexWorkers(tmp_path, paths, processes=1, command=[sys.executable, str(worker)])
    assert [(it.path, it.refusal) for it in workers.results()] == [(path, "here") for path in paths]


def test_waiting_ends_with_the_timeout_or_with_cancellation(shop, store):
    workspace = Workspace(shop, store_folder=store)  # never started
    assert not workspace.wait_until_indexed(0.01)
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(Cancelled):
        workspace.wait_until_indexed(None, cancellation)
    workspace.close()


def test_closing_in_the_middle_of_indexing_is_quick(tmp_path, store):
    root = written(tmp_path / "many", {f"m{number}.py": "x = 1\n" * 200 for number in range(400)})
    workspace = Workspace(root, store_folder=store)
    workspace.start()
    started = time.monotonic()
    workspace.close()
    assert time.monotonic() - started < 8


def test_a_read_only_folder_without_git_is_read(shop, store):
    shop.chmod(0o555)
    try:
        with opened(shop, store) as workspace:
            assert names(workspace, "net") == ["shop/price.py"]
    finally:
        shop.chmod(0o755)
