"""Run the queries kept as data in queries/<language>/ and hand out their matches."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tree_sitter

from lsp_server.syntax.languages import LANGUAGES
from lsp_server.syntax.tree import DEPTH_MAX, Tree, grammar

_FOLDER = Path(__file__).parent / "queries"

# Matching takes the square of the number of children of one node. Rules of a grammar keep that small;
# an ERROR node of broken text can have 100,000. (A progress callback would end it, but tree-sitter 0.26
# crashes when one is given to `matches`.)
_WIDE = 2_000
_PARTS_MAX = 20_000

Match = Mapping[str, list[tree_sitter.Node]]  # capture name → nodes


@dataclass(frozen=True, slots=True)
class Matches:
    """Both in source order."""

    definitions: list[Match]
    imports: list[Match]


def matches(tree: Tree, language: str) -> Matches:
    """What both queries of *language* find in one walk: walking is nearly all that a query costs."""
    query, definition_patterns = _query(language)
    cursor = tree_sitter.QueryCursor(query)
    cursor.set_max_start_depth(DEPTH_MAX)
    found = Matches([], [])
    for part in parts_of(tree):
        for pattern, captures in cursor.matches(part):
            (found.definitions if pattern < definition_patterns else found.imports).append(captures)
    return found


def parts_of(tree: Tree) -> list[tree_sitter.Node]:
    """The whole tree; around a very wide error, only the parts that hold no error at all."""
    parts: list[tree_sitter.Node] = []
    is_wide = False
    cursor = tree.root.walk()
    depth = 0
    while True:
        node = cursor.node
        assert node is not None
        if node.has_error and depth < DEPTH_MAX and cursor.goto_first_child():
            is_wide = is_wide or node.child_count > _WIDE
            depth += 1
            continue
        if not node.has_error and node.child_count and len(parts) < _PARTS_MAX:
            parts.append(node)
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return parts if is_wide else [tree.root]
            depth -= 1


@cache
def _query(language: str) -> tuple[tree_sitter.Query, int]:
    """The patterns for definitions, then those for imports, and how many the former are."""
    folder = _FOLDER / LANGUAGES[language].queries
    texts = [(folder / f"{kind}.scm").read_text("utf-8") for kind in ("definitions", "imports")]
    count = tree_sitter.Query(grammar(language), texts[0]).pattern_count
    return tree_sitter.Query(grammar(language), "\n".join(texts)), count
