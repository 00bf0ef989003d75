"""What a package offers is remembered from keystroke to keystroke, and keeps no file of the past alive."""

import gc
import weakref

from lsp_server.context.exports import exported
from lsp_server.index.file import _top_level_of
from tests.index.check import document_of, snapshot_of

FILES = {"shop/__init__.py": "from shop.tax import *\n", "shop/tax.py": "def deducted(gross): ...\n"}


def names(snapshot):
    return [it.name for it in exported(snapshot, "shop/__init__.py")]


def test_a_changed_part_changes_what_the_package_passes_on():
    snapshot = snapshot_of(FILES)
    assert names(snapshot) == ["deducted"]
    changed = snapshot.with_outline(document_of("shop/tax.py", "def added(net): ...\n"))
    assert names(changed) == ["added"]
    assert names(snapshot) == ["deducted"]


def test_files_of_a_snapshot_that_is_gone_are_gone():
    snapshot = snapshot_of(FILES | {f"shop/more{number}.py": "x = 1\n" for number in range(3)})
    assert names(snapshot)
    files = [weakref.ref(it) for it in snapshot.files()]
    del snapshot
    # The names at the top of the last files are kept in a cache of a fixed size; what is passed on is not.
    _top_level_of.cache_clear()
    gc.collect()
    assert [it for it in files if it() is not None] == []
