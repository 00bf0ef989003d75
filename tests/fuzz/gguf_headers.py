"""Damaged model files into our reader of their headers. Counted in files.

Whatever a file claims, it is read or refused in a sentence, at once and within little memory.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
import time
from pathlib import Path
from random import Random

from lsp_server.errors import ModelUnavailable
from lsp_server.model.facts import read_model_info
from tests.fuzz.effort import Effort
from tests.model.tiny_gguf import write_tiny_model

ANSWER_MAX_S = 2.0
SIZES = [0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1]


def fuzz(effort: Effort) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kibitz-fuzz-"))
    try:
        whole = write_tiny_model(folder / "whole.gguf").read_bytes()
        header_end = (
            whole.rindex(b"output_norm.weight") if b"output_norm.weight" in whole else len(whole) // 2
        )
        target = folder / "damaged.gguf"
        for random in effort:
            target.write_bytes(damaged(random, whole, header_end))
            started = time.monotonic()
            try:
                info = read_model_info(target)
                is_sound = info.context_length >= 0
            except ModelUnavailable as refused:
                is_sound = bool(str(refused) and refused.hint)
            assert is_sound, f"seed {effort.seed}, try {effort.number}"
            took = time.monotonic() - started
            assert took < ANSWER_MAX_S, f"seed {effort.seed}, try {effort.number}: took {took:.1f} s"
            target.unlink()
            effort.done += 1
    finally:
        shutil.rmtree(folder)


def damaged(random: Random, whole: bytes, header_end: int) -> bytes:
    data = bytearray(whole)
    for _ in range(random.choice((1, 1, 2, 5))):
        at = random.randrange(min(header_end, random.choice((64, 1_000, header_end))))
        kind = random.randrange(5)
        if kind == 0:
            data[at] = random.randrange(256)
        elif kind == 1:
            data[at : at + 8] = struct.pack("<Q", random.choice(SIZES))
        elif kind == 2:
            data[at : at + 4] = struct.pack("<I", random.randrange(20))
        elif kind == 3:
            del data[at : at + random.randrange(1, 50)]
        else:
            data = data[: random.randrange(len(data))]
            break
    return bytes(data)
