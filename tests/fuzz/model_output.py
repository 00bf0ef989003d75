"""Whatever a model may write, through everything between it and a person. Counted in texts.

What is shown is a plain text on one line or none, of characters that can be seen; and Markdown of a
model shows text and does nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from random import Random

from lsp_server.explanation.safe_markdown import safe
from lsp_server.postprocess.pipeline import clean
from lsp_server.text.document import Document
from tests.fuzz.effort import Effort

LANGUAGES = ["python", "typescript", "go", "rust", "java", "c", "bash", "plain"]
PIECES = [
    "x = ", "foo(", ")", "]", "}", "{", "\n", "\n    ", "\n\t", "    return a\n", "def f():", "```python\n", "```",
    "<|fim_middle|>", "<|endoftext|>", "\x1b[31m", "\x1b]8;;http://x\x07", "\u202e", "\u2066", "\u200b", "\U000e0041",
    "\ufffd", "\0", "\r", "\r\n", "\u2028", "é", "😀", "\ud83d", "${1:x}", "$0", '{"tool": "run"}', "'", '"', '"""', "#",
    "//", " ", "a" * 300, "nan", "\\",
]  # fmt: skip
MARKDOWN = [
    "![x](http://e.com/a.png)", "![", "](", ")", "[x](command:run)", "[x][1]", "[1]: http://e.com", "<img src=x>", "<",
    ">", "<script>", "http://e.com/?q=", "https:", "//", "www.e.com", "command:", "data:text/html,", "javascript:", "\n",
    "`", "```", "!", "[", "]", "(", " ", "a", "\u202e", "\\", "&lt;", "mailto:a@b.c", "file:///etc/passwd",
    "vscode://x/y", "ftp://", "HTTP://E.COM", "\u200b", "://",
]  # fmt: skip
ACTIVE = re.compile(
    r"!\[[^\]]*\]\(|\]\(|<[a-zA-Z/!?]|\b[a-z][a-z0-9+.-]*://\S|\bwww\.\S|\b(?:command|javascript|data|mailto):\S",
    re.I,
)


def fuzz(effort: Effort) -> None:
    for random in effort:
        where = f"seed {effort.seed}, try {effort.number}"
        suggestion(random, where)
        markdown = "".join(random.choices(MARKDOWN, k=random.randrange(14)))
        shown = safe(markdown)
        assert not ACTIVE.search(shown), f"{where}: {markdown!r} became {shown!r}"
        assert not hidden(shown), where
        effort.done += 2


def suggestion(random: Random, where: str) -> None:
    text = "".join(random.choices(PIECES, k=random.randrange(12))).replace("\ud83d", "")
    document = Document(path="a", text=text, language=random.choice(LANGUAGES))
    offset = random.randrange(len(text) + 1)
    said = "".join(random.choices(PIECES, k=random.randrange(25)))
    cleaned = clean(said, document, offset, max_lines=5)
    replaced = text[offset : cleaned.replace_end_offset]
    assert offset <= cleaned.replace_end_offset <= len(text), where
    assert not re.search(r"[\r\n]", replaced), where
    own = re.split(r"[\r\n]", text[:offset])[-1]  # pushed down with the cursor's line, it comes again
    new = cleaned.text.removesuffix(own)
    before = set(hidden(own + replaced))
    assert set(hidden(new)) <= before, f"{where}: {said!r} became {cleaned.text!r}"


def hidden(text: str) -> str:
    text = text.replace("\r\n", "\n")
    return "".join(it for it in text if unicodedata.category(it).startswith("C") and it not in "\n\t")
