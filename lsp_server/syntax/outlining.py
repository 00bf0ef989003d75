"""Read one file's outline: what it defines, what it imports, which names it uses."""

import re
import sys
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from lsp_server.syntax.definitions import definitions_in, with_owners
from lsp_server.syntax.imports import imports_in
from lsp_server.syntax.item_macros import with_items_of_macros
from lsp_server.syntax.matches import matches
from lsp_server.syntax.outline import Definition, Import, Outline
from lsp_server.syntax.python_statements import defining_words_in, definitions_and_imports
from lsp_server.syntax.tree import Offsets, Tree, parse
from lsp_server.text.document import Document
from lsp_server.text.lines import lines_of

IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
NAME_MAX_CHARACTERS = 80  # longer ones are data


@lru_cache(maxsize=8)  # an action looks at the same text several times
def outline(document: Document) -> Outline:
    """The outline of *document*; without a grammar, only its identifiers."""
    lines = lines_of(document.text)
    definitions, imports = syntax_in(document, lines, parse(document.text, document.language), None)
    return Outline(
        path=document.path,
        language=document.language,
        line_count=len(lines),
        definitions=definitions,
        imports=imports,
        identifiers=identifiers_in(document.text),
    )


def syntax_in(
    document: Document, lines: Sequence[str], tree: Tree | None, defining_words: Offsets | None
) -> tuple[tuple[Definition, ...], tuple[Import, ...]]:
    """What *document*, cut into *lines* and parsed as *tree*, defines and imports; nothing without a tree.

    *defining_words*: where those of `python_statements` begin in the text, if that is known.
    """
    if tree is None:
        return (), ()
    if document.language == "python" and not tree.root.has_error:
        words = defining_words_in(tree.source) if defining_words is None else tree.bytes_of(defining_words)
        entries, statements = definitions_and_imports(tree, words)
        definitions = with_owners(entries, document.path, document.language, lines)
        return definitions, imports_in(tree, statements)
    tree = with_items_of_macros(tree, document.language)
    found = matches(tree, document.language)
    return (
        definitions_in(tree, found.definitions, document.path, document.language, lines),
        imports_in(tree, found.imports),
    )


def identifiers_in(text: str) -> dict[str, int]:
    """How often each identifier occurs, strings and comments included, in order of first use."""
    counts = Counter(IDENTIFIER.findall(text))
    return {sys.intern(name): count for name, count in counts.items() if len(name) <= NAME_MAX_CHARACTERS}
