"""A model file is believed nothing before it was checked; whatever is wrong is said in one sentence."""

import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from lsp_server.errors import ModelUnavailable
from lsp_server.model.facts import context_bytes_per_token, read_model_info
from lsp_server.model.gguf import read_header
from tests.model.tiny_gguf import LAYERS, SPECIAL, gguf_bytes, write_tiny_model

Change = Callable[[bytes], bytes]


def changed(path: Path, tmp_path: Path, change: Change) -> Path:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(change(path.read_bytes()))
    return bad


def number_at(offset: int, value: int, form: str = "<Q") -> Change:
    size = struct.calcsize(form)
    return lambda data: data[:offset] + struct.pack(form, value) + data[offset + size :]


def test_what_a_file_says_of_itself(tiny: Path):
    info = read_model_info(tiny)

    assert (info.name, info.architecture) == ("Tiny", "qwen3")
    assert (info.quantization, info.licence) == ("F32", "CC0-1.0")
    assert (info.context_length, info.size_bytes) == (2048, tiny.stat().st_size)
    assert info.parameters is not None
    assert 4 * info.parameters < info.size_bytes
    assert list(info.special_tokens) == SPECIAL
    assert [info.special_tokens[text] for text in SPECIAL] == list(range(len(SPECIAL)))
    assert info.fim_tokens == {
        "prefix": "<|fim_prefix|>", "suffix": "<|fim_suffix|>", "middle": "<|fim_middle|>",
        "pad": "<|fim_pad|>", "repo": "<|repo_name|>", "sep": "<|file_sep|>",
    }  # fmt: skip
    assert not info.has_chat_template
    assert len(info.sha256) == 64
    assert context_bytes_per_token(read_header(tiny)) == LAYERS * 2 * (32 + 32) * 2


def test_what_the_file_states_of_its_fim_tokens_counts_before_what_we_know(tmp_path: Path):
    ids = {"tokenizer__ggml__fim_pre_token_id": 7}
    path = write_tiny_model(tmp_path / "stated.gguf", **ids, tokenizer__chat_template="{{ messages }}")

    info = read_model_info(path)

    assert info.fim_tokens["prefix"] == "<|im_start|>"
    assert info.has_chat_template


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: b"", "not a GGUF file"),
        (lambda data: b"PK\x03\x04" + data[4:], "not a GGUF file"),
        (lambda data: b"version https://git-lfs.github.com/spec/v1\n", "not a GGUF file"),
        (lambda data: data[:10], "ends inside its header"),
        (lambda data: data[:3000], "ends inside its header"),
        (lambda data: data[:-1], "1 of its"),
        (lambda data: data[: len(data) // 2], "are missing"),
        (number_at(4, 1, "<I"), "GGUF version 1"),
        (number_at(4, 0x03000000, "<I"), "big-endian"),
        (number_at(8, 2**63), "claims"),
        (number_at(16, 2**63), "claims"),
        (number_at(24, 2**62), "a text of"),
        (number_at(24, 0), "key is empty"),
        (number_at(32 + len("general.architecture"), 99, "<I"), "unknown type, 99"),
    ],
)
def test_a_damaged_file_is_refused_with_the_reason(tiny: Path, tmp_path: Path, change: Change, reason: str):
    with pytest.raises(ModelUnavailable, match=reason) as refused:
        read_model_info(changed(tiny, tmp_path, change))

    assert refused.value.hint


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"split__count": 3}, "one of 3 parts"),
        ({"general__type": "adapter"}, "is a adapter"),
        ({"general__architecture": ""}, "does not say what model"),
        ({"general__alignment": 24}, "alignment is 24"),
    ],
)
def test_a_file_that_is_no_whole_model_is_refused(tmp_path: Path, entries: dict[str, int | str], reason: str):
    with pytest.raises(ModelUnavailable, match=reason):
        read_model_info(write_tiny_model(tmp_path / "part.gguf", **entries))


def test_a_vocabulary_without_weights_is_refused(tmp_path: Path):
    path = tmp_path / "vocabulary.gguf"
    path.write_bytes(gguf_bytes({"general.architecture": "qwen2", "tokenizer.ggml.tokens": ["a"]}, {}))

    with pytest.raises(ModelUnavailable, match="holds no weights"):
        read_model_info(path)


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="does not exist"):
        read_model_info(tmp_path / "none.gguf")
    with pytest.raises(ModelUnavailable, match="is a folder"):
        read_model_info(tmp_path)


def test_no_change_of_a_few_bytes_gets_anything_but_an_answer_or_a_refusal(tiny: Path, tmp_path: Path):
    """Nor does it take long, or memory: nothing is made by what the file claims."""
    whole = tiny.read_bytes()
    dice = random.Random(1)
    refused = 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(4, 12_000)] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
        try:
            read_header(changed(tiny, tmp_path, lambda _whole, data=data: bytes(data)))  # type: ignore[misc]
        except ModelUnavailable:
            refused += 1

    assert refused > 10
