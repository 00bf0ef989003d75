"""Hostile Markdown of a model, as a real renderer understands what is left of it. Counted in texts.

What is shown holds no image, no link and no HTML, and no character that hides or reorders others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lsp_server.explanation.safe_markdown import safe
from tests.fuzz.effort import Effort
from tests.fuzz.model_output import ACTIVE, hidden

PIECES = [
    "![x](http://e.com/a.png)", "![", "](", ")", "[x](command:run)", "[x][1]", "[1]: http://e.com", "[x]", "[1]",
    "[a]:", "[a]: /etc/x", "[a\nb]:\n x", "[a\\]b]:", "<img src=x>", "<", ">", "<script>", "<!--", "-->", "<a href=x",
    "http://e.com/?q=", "https:", "//", "://", "www.e.com", "command:", "data:text/html,", "javascript:", "mailto:a@b.c",
    "<mailto:a@b.c>", "file:///etc/passwd", "vscode://x/y", "ftp://", "&#58;", "&colon;", "command&#58;run",
    "[x](<command:run>)", "[x] (command:run)", "[x](\ncommand:run)", "[x](/there)", "&lt;", "&#60;", "&#x3c;img&#62;",
    "\n", "\n\n", "`", "```", "~~~", "!", "[", "]", "(", " ", "a", "\\", "\\[", "\\]", "> ", "- ", "1. ", "    ", "\t",
    "| a | b |\n|--|--|\n", "***", "\u202e", "\u2066", "\u200b", "\U000e0041", "\x1b]8;;http://x\x07", "\0", "\r",
]  # fmt: skip
ACTIVE_TOKENS = {"image", "link_open", "html_inline", "html_block"}


def fuzz(effort: Effort) -> None:
    renderer = MarkdownIt("commonmark", {"html": True}).enable("table")
    for random in effort:
        text = "".join(random.choices(PIECES, k=random.randrange(1, 24)))
        shown = safe(text)
        where = f"seed {effort.seed}, try {effort.number}: {text!r} became {shown!r}"
        assert not [it.type for it in tokens(renderer.parse(shown)) if it.type in ACTIVE_TOKENS], where
        assert not ACTIVE.search(shown), where
        assert not hidden(shown), where
        assert safe(shown) == shown, where
        effort.done += 1


def tokens(found: Sequence[Token]) -> Iterator[Token]:
    for token in found:
        yield token
        yield from tokens(token.children or ())
