"""Hostile source files through the processes that read a repository. Counted in files.

Every file is answered, whether or not its reader survived; and the readers that die are few.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from random import Random

from lsp_server.index.encoding import decoded
from lsp_server.workspace.workers import IndexWorkers
from tests.fuzz.effort import Effort

FILES_PER_TRY = 60
SUFFIXES = ["py", "ts", "tsx", "js", "go", "rs", "java", "c", "cpp", "sh", "txt", "md", "json"]
PIECES = [
    "def f(a):", "class A:", "return", "if x:", "else", "{", "}", "(", ")", "[", "]", "<", ">", "\n", "\n    ", "\n\t",
    "\r", "\"", "'", '"""', "`", "${", "//", "/*", "*/", "#", "import a.b as c", "from . import *", "fn", "func",
    "impl<'a>", "template<", "#define X(", "\\\n", "=>", "::", "async", "λ", "😀", "\u202e", "\ufeff", "\0", "\x0c",
    "<<EOF\n", "case", ";", ",", "@", "lambda: ", "0x", "1e", "r'", "f'{",
]  # fmt: skip


def fuzz(effort: Effort) -> None:
    root = Path(tempfile.mkdtemp(prefix="kibitz-fuzz-"))
    try:
        for random in effort:
            paths = [f"{number}.{random.choice(SUFFIXES)}" for number in range(FILES_PER_TRY)]
            for path in paths:
                (root / path).write_bytes(content(random))
            answered = list(IndexWorkers(root, paths, processes=1).results())
            assert sorted(it.path for it in answered) == sorted(paths), where(effort)
            for it in answered:
                assert it.refusal or decoded(it.data or b"").path == it.path, where(effort)
                assert "ended its reader" not in it.refusal, f"{where(effort)}: {it.refusal}"
            for path in paths:
                (root / path).unlink()
            effort.done += FILES_PER_TRY
    finally:
        shutil.rmtree(root)


def where(effort: Effort) -> str:
    return f"seed {effort.seed}, try {effort.number}"


def content(random: Random) -> bytes:
    kind = random.randrange(8)
    if kind == 0:
        return random.randbytes(random.randrange(2_000))
    if kind == 1:  # deep
        return (random.choice(PIECES) * random.randrange(1, 40_000)).encode()[:390_000]
    if kind == 2:
        opening, closing = random.choice([("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ("if x:\n", "")])
        depth = random.randrange(1, 3_000)
        separator = random.choice(["", "\n", " "])
        return (separator.join([opening] * depth) + separator.join([closing] * depth)).encode()
    text = random.choice(["", " ", "\n"]).join(random.choices(PIECES, k=random.randrange(600)))
    data = text.encode()
    if kind == 3 and data:  # halves of characters, other encodings
        at = random.randrange(len(data))
        data = data[:at] + random.randbytes(3) + data[at:]
    if kind == 4:
        data = random.choice([b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"]) + data
    return data
