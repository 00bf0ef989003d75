"""Parse text with tree-sitter, within limits that hostile text cannot exceed.

tree-sitter counts UTF-8 bytes, we count code points; `Tree` converts. Its rows equal a Document's
lines. A tree is immutable and may be read from any thread.
"""

import importlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from functools import cache, cached_property
from time import monotonic
from typing import Any

import numpy as np
import tree_sitter
from numpy.typing import NDArray

from lsp_server.syntax.languages import LANGUAGES
from lsp_server.text.lines import has_line_beyond

TEXT_MAX_CHARACTERS = 1_000_000
LINE_MAX_CHARACTERS = 20_000
PARSE_MAX_SECONDS = 0.5  # of one core; ordinary code of the largest size takes a tenth
DEPTH_MAX = 1_000

# Below this, the slowest hostile input seen (2.3 MB/s) ends in 30 ms, and no watch has to be kept.
_UNWATCHED_BYTES = 64_000
_CHUNK_BYTES = 1 << 16
_KEPT_TREES = 8
_LONE_RETURN = re.compile(rb"\r(?!\n)")
# Their scanners look characters up in tables that end at 255 and die of others: they are shown letters.
_ASCII_ONLY = frozenset({"bash"})
_AS_LETTERS = bytes(byte if byte < 0x80 else ord("x") for byte in range(256))


Offsets = NDArray[np.integer[Any]]


class Tree:
    """The syntax tree of one text."""

    def __init__(self, text: str, source: bytes, tree: tree_sitter.Tree) -> None:
        self.text = text
        self.source = source
        self._tree = tree  # keeps the nodes alive

    @property
    def root(self) -> tree_sitter.Node:
        return self._tree.root_node

    def offset_of(self, byte: int) -> int:
        """The code-point offset of a byte offset."""
        return byte if self._starts is None else int(np.searchsorted(self._starts, byte))

    def byte_of(self, offset: int) -> int:
        """The byte offset of a code-point offset."""
        if self._starts is None:
            return min(offset, len(self.source))
        return int(self._starts[offset]) if offset < len(self._starts) else len(self.source)

    def bytes_of(self, offsets: Offsets) -> list[int]:
        """The byte offsets of characters of the text, many at once."""
        numbers: list[int] = (offsets if self._starts is None else self._starts[offsets]).tolist()
        return numbers

    def text_of(self, node: tree_sitter.Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    @cached_property
    def _starts(self) -> "np.ndarray[tuple[int], np.dtype[np.int64]] | None":
        """The byte offset of each code point; None if they are the same."""
        if len(self.source) == len(self.text):
            return None
        data = np.frombuffer(self.source, dtype=np.uint8)
        return np.flatnonzero((data & 0xC0) != 0x80)


def parse(text: str, language: str) -> Tree | None:
    """Parse *text*, however broken. None if it cannot be parsed: no grammar, too large, too slow."""
    if not _may_be_parsed(text, language):
        return None
    known = _recent.get((language, text))
    if known is None:
        known = (_parsed(text, language),)
        _recent.put((language, text), known)
    return known[0]


def parse_once(text: str, language: str) -> Tree | None:
    """As `parse`, not remembered: whoever reads file after file parses each in the memory of the last one,
    which the processor has at hand. A tenth faster."""
    if not _may_be_parsed(text, language):
        return None
    known = _recent.get((language, text))
    return _parsed(text, language) if known is None else known[0]


def has_grammar(language: str) -> bool:
    return bool(LANGUAGES[language].grammar)


def walk_errors(tree: Tree) -> Iterator[tree_sitter.Node]:
    """The outermost ERROR and MISSING nodes, in order."""
    cursor = tree.root.walk()
    depth = 0
    while True:
        node = cursor.node
        assert node is not None
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error and depth < DEPTH_MAX and cursor.goto_first_child():
            depth += 1
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            depth -= 1


@cache
def grammar(language: str) -> tree_sitter.Language:
    known = LANGUAGES[language]
    function = getattr(importlib.import_module(known.grammar), known.grammar_function)
    return tree_sitter.Language(function())


def _may_be_parsed(text: str, language: str) -> bool:
    return has_grammar(language) and len(text) <= TEXT_MAX_CHARACTERS


def _parsed(text: str, language: str) -> Tree | None:
    if has_line_beyond(text, LINE_MAX_CHARACTERS):
        return None
    # A lone \r ends a line for editors; one code point for another, so that no offset moves. A lone
    # surrogate becomes "?", for the same reason.
    source = text.encode("utf-8", "replace")
    if b"\r" in source:
        source = _LONE_RETURN.sub(b"\n", source)
    shown = source.translate(_AS_LETTERS) if language in _ASCII_ONLY else source
    parser = _parser(language)
    if len(source) <= _UNWATCHED_BYTES:
        return Tree(text, source, parser.parse(shown))
    # Asked tens of thousands of times a second. Until so much time has passed at all, none of it can have
    # been this thread's, and that costs less to know.
    soonest = monotonic() + PARSE_MAX_SECONDS
    deadline = time.thread_time() + PARSE_MAX_SECONDS
    try:
        parsed = parser.parse(
            lambda byte, _: shown[byte : byte + _CHUNK_BYTES],
            progress_callback=lambda byte, _: monotonic() > soonest and time.thread_time() > deadline,
        )
    except ValueError:  # how the binding says that the callback stopped it
        parser.reset()
        return None
    return Tree(text, source, parsed)


_per_thread = threading.local()


def _parser(language: str) -> tree_sitter.Parser:
    parsers: dict[str, tree_sitter.Parser] = _per_thread.__dict__.setdefault("parsers", {})
    if language not in parsers:
        parsers[language] = tree_sitter.Parser(grammar(language))
    return parsers[language]


class _Recent:
    """The last few trees, and failures: one request asks for the same text several times."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._trees: OrderedDict[tuple[str, str], tuple[Tree | None]] = OrderedDict()

    def get(self, key: tuple[str, str]) -> tuple[Tree | None] | None:
        if not self._trees:  # as in a process that only reads: nothing need be known of the text
            return None
        with self._lock:
            known = self._trees.get(key)
            if known is not None:
                self._trees.move_to_end(key)
            return known

    def put(self, key: tuple[str, str], known: tuple[Tree | None]) -> None:
        with self._lock:
            self._trees[key] = known
            while len(self._trees) > _KEPT_TREES:
                self._trees.popitem(last=False)


_recent = _Recent()
