"""Finding a model's file, and knowing it again."""

import hashlib
import os
from pathlib import Path

import pytest

from lsp_server.errors import ModelUnavailable
from lsp_server.model import catalog
from lsp_server.model.digest import sha256_of


def test_a_model_is_found_by_its_name_or_its_path(tmp_path: Path):
    own = tmp_path / "qwen-coder.gguf"
    own.touch()

    assert catalog.resolve("qwen-coder", tmp_path) == own
    assert catalog.resolve("qwen-coder.gguf", tmp_path) == own
    assert catalog.resolve(str(own), tmp_path / "elsewhere") == own
    assert "qwen-coder" in catalog.names(tmp_path)


def test_a_missing_model_says_which_there_are(tmp_path: Path):
    (tmp_path / "qwen-coder.gguf").touch()

    with pytest.raises(ModelUnavailable, match="no model named 'gwen'") as missing:
        catalog.resolve("gwen", tmp_path)
    assert "qwen-coder" in missing.value.hint
    with pytest.raises(ModelUnavailable, match="no model file at"):
        catalog.resolve("./gwen.gguf", tmp_path)
    with pytest.raises(ModelUnavailable, match="is a folder"):
        catalog.resolve(str(tmp_path), tmp_path)


def test_no_model_folder_is_no_problem(tmp_path: Path):
    assert catalog.names(tmp_path / "none") in ([], [catalog.BUNDLED])


def test_a_digest_is_computed_once_per_content(tmp_path: Path):
    path, memory = tmp_path / "model.gguf", tmp_path / "digests.json"
    path.write_bytes(b"weights")
    assert sha256_of(path, memory) == hashlib.sha256(b"weights").hexdigest()
    remembered = memory.read_text()

    memory.write_text(remembered.replace(hashlib.sha256(b"weights").hexdigest(), "f" * 64))
    assert sha256_of(path, memory) == "f" * 64, "it was remembered"

    path.write_bytes(b"Weights")
    os.utime(path, ns=(1, 1))
    assert sha256_of(path, memory) == hashlib.sha256(b"Weights").hexdigest(), "but the file changed"


@pytest.mark.parametrize("content", ["", "[]", "{not json", '{"a": 1}', "\x00"])
def test_a_damaged_memory_is_forgotten(tmp_path: Path, content: str):
    path, memory = tmp_path / "model.gguf", tmp_path / "digests.json"
    path.write_bytes(b"weights")
    memory.write_text(content)

    assert sha256_of(path, memory) == hashlib.sha256(b"weights").hexdigest()


def test_a_cache_folder_that_cannot_be_written_is_done_without(tmp_path: Path):
    path = tmp_path / "model.gguf"
    path.write_bytes(b"weights")

    assert sha256_of(path, path / "no folder" / "digests.json") == hashlib.sha256(b"weights").hexdigest()
