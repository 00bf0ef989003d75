"""What the background works out ahead, no request has to."""

import sys

from lsp_server.context.ahead import work_ahead
from lsp_server.context.exports import exported
from tests.index.check import snapshot_of

PARTS = [f"part{number}" for number in range(20)]
FILES = {
    "shop/__init__.py": "".join(f"from shop.{it} import *\n" for it in PARTS),
    **{f"shop/{it}.py": f"def {it}_total(cart): ...\n" for it in PARTS},
    "main.py": f"from shop import {', '.join(f'{it}_total' for it in PARTS)}\n",
}


def calls(snapshot) -> int:
    """How many functions of Python asking takes, at whatever speed."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(counted)
    try:
        assert snapshot.imported_paths("main.py")
        assert exported(snapshot, "shop/__init__.py")
    finally:
        sys.setprofile(None)
    return count


def test_imports_and_what_packages_pass_on_are_known_before_they_are_asked_for():
    unprepared, prepared = snapshot_of(FILES), snapshot_of(FILES)
    work_ahead(prepared, ["main.py"])
    assert calls(prepared) < calls(unprepared) / 10


def test_a_document_that_is_in_no_index_needs_nothing():
    work_ahead(snapshot_of(FILES), ["new.py"])
