"""Read one file's outline: what it defines, what it imports, which names it uses."""

import re
import sys
from collections import Counter
from functools import lru_cache

from lsp_server.syntax.definitions import definitions_in
from lsp_server.syntax.imports import imports_in
from lsp_server.syntax.outline import Outline
from lsp_server.syntax.tree import parse
from lsp_server.text.document import Document
from lsp_server.text.lines import lines_of

IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_NAME_MAX_CHARACTERS = 80  # longer ones are data


@lru_cache(maxsize=8)  # an action looks at the same text several times
def outline(document: Document) -> Outline:
    """The outline of *document*; without a grammar, only its identifiers."""
    lines = lines_of(document.text)
    tree = parse(document.text, document.language)
    return Outline(
        path=document.path,
        language=document.language,
        line_count=len(lines),
        definitions=() if tree is None else definitions_in(tree, document.path, document.language, lines),
        imports=() if tree is None else imports_in(tree, document.language),
        identifiers=identifiers_in(document.text),
    )


def identifiers_in(text: str) -> dict[str, int]:
    """How often each identifier occurs, strings and comments included, in order of first use."""
    counts = Counter(IDENTIFIER.findall(text))
    return {sys.intern(name): count for name, count in counts.items() if len(name) <= _NAME_MAX_CHARACTERS}
