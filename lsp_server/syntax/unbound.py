"""Names that a file uses and nowhere binds: what it still has to import, and what is there everywhere.

Whatever is bound anywhere in the file counts as bound in all of it, and so does all that stands in a pattern;
a name may be missed, but hardly one is made up.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import tree_sitter

from lsp_server.syntax.languages import LANGUAGES
from lsp_server.syntax.matches import parts_of
from lsp_server.syntax.outlining import IDENTIFIER
from lsp_server.syntax.tree import DEPTH_MAX, grammar, parse

_FOLDER = Path(__file__).parent / "queries"


@lru_cache(maxsize=4)  # while a line is written the others stay as they are
def unbound_names(text: str, language: str) -> Mapping[str, bool]:
    """Name → whether it is used as a type only; in order of first use.

    Empty where the language has no query for it, or the text cannot be parsed.
    """
    query = _query(language)
    tree = parse(text, language) if query is not None else None
    if query is None or tree is None:
        return {}
    cursor = tree_sitter.QueryCursor(query)
    cursor.set_max_start_depth(DEPTH_MAX)
    used: list[tuple[int, str, bool]] = []
    bound: set[str] = set()
    for part in parts_of(tree):
        captures = cursor.captures(part)
        members = {it.start_byte for it in captures.get("member", ())}
        in_types = {it.start_byte for it in captures.get("type", ())}
        used += [
            (it.start_byte, tree.text_of(it), it.type == "type_identifier" or it.start_byte in in_types)
            for it in captures.get("used", ())
            if it.start_byte not in members
        ]
        for it in captures.get("bound", ()):
            bound.update(IDENTIFIER.findall(tree.text_of(it)))
    found: dict[str, bool] = {}
    for _, name, is_type in sorted(used):
        if name not in bound:
            found[name] = found.get(name, True) and is_type
    return found


@cache
def _query(language: str) -> tree_sitter.Query | None:
    folder = LANGUAGES[language].queries
    file = _FOLDER / folder / "bindings.scm"
    return (
        tree_sitter.Query(grammar(language), file.read_text("utf-8")) if folder and file.is_file() else None
    )
