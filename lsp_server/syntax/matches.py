"""Run the queries kept as data in queries/<language>/ and hand out their matches."""

from collections.abc import Mapping
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


def matches(tree: Tree, language: str, kind: str) -> list[Match]:
    """The matches of the query *kind* ("definitions", "imports") in source order."""
    cursor = tree_sitter.QueryCursor(_query(language, kind))
    cursor.set_max_start_depth(DEPTH_MAX)
    return [captures for part in _parts(tree) for _, captures in cursor.matches(part)]


def _parts(tree: Tree) -> list[tree_sitter.Node]:
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
def _query(language: str, kind: str) -> tree_sitter.Query:
    path = _FOLDER / LANGUAGES[language].queries / f"{kind}.scm"
    return tree_sitter.Query(grammar(language), path.read_text("utf-8"))
