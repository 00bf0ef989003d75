"""A shipped file is enough to go on training from. Needs training/requirements.txt."""

# ruff: noqa: E402 - what follows needs the packages that are looked for first
import sysconfig
from itertools import islice
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("tokenizers")
gguf = pytest.importorskip("gguf")

from training.export.__main__ import write
from training.export.restore import network_of, tokenizer_of
from training.places import SHIPPED_MODEL
from training.tokenizer.check import compared

LINES = 10_000


@pytest.fixture(scope="module")
def shipped():
    return gguf.GGUFReader(SHIPPED_MODEL)


def library_lines():
    """Yield real lines: those of Python's own library."""
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        yield from path.read_text("utf-8", errors="replace").splitlines(keepends=True)


def test_the_tokenizer_of_the_shipped_file_splits_ten_thousand_lines_as_llama_cpp_does(shipped):
    count, wrong = compared(SHIPPED_MODEL, tokenizer_of(shipped), islice(library_lines(), LINES))
    assert (count, wrong) == (LINES, [])


def test_exporting_what_was_restored_gives_the_shipped_file_again(shipped, tmp_path):
    write(network_of(shipped), tokenizer_of(shipped), tmp_path / "again.gguf")
    again = gguf.GGUFReader(tmp_path / "again.gguf")
    assert [it.name for it in again.tensors] == [it.name for it in shipped.tensors]
    for before, after in zip(shipped.tensors, again.tensors, strict=True):
        assert before.tensor_type == after.tensor_type
        assert (before.data == after.data).all(), before.name
    # What training never changes: names, vocabulary, merges, shape.
    assert again.fields.keys() == shipped.fields.keys()
    for name, field in shipped.fields.items():
        if name.startswith(("tokenizer.", "qwen3.")):
            assert again.fields[name].contents() == field.contents(), name
