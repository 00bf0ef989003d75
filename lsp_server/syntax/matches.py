"""Run the queries kept as data in queries/<language>/ and hand out their matches."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import tree_sitter

from lsp_server.syntax.languages import LANGUAGES
from lsp_server.syntax.tree import DEPTH_MAX, Tree, grammar

_FOLDER = Path(__file__).parent / "queries"

Match = Mapping[str, list[tree_sitter.Node]]  # capture name → nodes


def matches(tree: Tree, language: str, kind: str) -> list[Match]:
    """The matches of the query *kind* ("definitions", "imports") in source order."""
    cursor = tree_sitter.QueryCursor(_query(language, kind))
    cursor.set_max_start_depth(DEPTH_MAX)
    return [captures for _, captures in cursor.matches(tree.root)]


@cache
def _query(language: str, kind: str) -> tree_sitter.Query:
    path = _FOLDER / LANGUAGES[language].queries / f"{kind}.scm"
    return tree_sitter.Query(grammar(language), path.read_text("utf-8"))
